package sitecheck

import (
	"regexp"
	"slices"
	"strings"
)

// The expressions are those of the extended script, in tracker/src/extended/notnumbers.ts.
var (
	addressBefore = inGo(`(?i)(?:[\w\x{a1}-\x{ffff}]\.[a-z\x{a1}-\x{ffff}]{2,}|:/)[/?#][^\s]*$`)
	nameAfter     = inGo(`(?i)^[\w.+-]*@\w|^\.(?:[\w-]+\.)*(?:com|net|org|info|biz|co|io|ru|de|uk|br|fr|in|pdf|html?|php|jpe?g|png|gif|webp|zip)\b`)
	priceBefore   = inGo(`(?i)(?:[$£¥\x{20a0}-\x{20cf}]|\b(?:USD|EUR|GBP|RUB|BRL|INR|CHF|JPY|PLN))[\s]?$`)
	priceAfter    = inGo(`(?i)^(?:[.,]\d\d)?[\s]?(?:[$£¥\x{20a0}-\x{20cf}]|(?:USD|EUR|GBP|RUB|BRL|INR|CHF|JPY|PLN|kr|zł|lei|руб|грн)(?:[^a-z]|$)|[円元원])`)
	orderBefore   = inGo(`(?i)(?:^|[^\pL])(?:sku|asin|upc|ean|isbn|imei|vin|item|art(?:icle)?|order|invoice|inv|ref(?:erence)?|ticket|tracking|part|serial|` +
		`pedido|artikel|bestellung|rechnung|id|model|code|lot|batch|account|acct|case|claim|policy|licen[cs]e|lic|reg|vat|tax|cpf|cnpj|nip|инн|огрн|кпп|бик|код|арт(?:икул)?|заказ)(?:[\s.]*(?:id|no|nr|number|№))?[\s.:#№_-]*$`)
	signBefore  = inGo(`(?i)[#№][\s]?$|[a-z][-_]$`)
	wordAfter   = inGo(`(?i)^[-_][a-z]`)
	phoneBefore = inGo(`(?i)(?:phone|tel|call|fax|cell|mobile?|ring|тел)[\s.:#№-]*$`)
)

// isPartOf reports whether digits between two parts of a text belong to an address or a
// price.
func isPartOf(head, tail string) bool {
	return strings.ContainsAny(head, "/?#") && addressBefore.MatchString(head) || nameAfter.MatchString(tail) || strings.HasSuffix(head, "@") || priceBefore.MatchString(head) || priceAfter.MatchString(tail)
}

// isOrder reports whether undivided digits between two parts of a text are the number of
// an order.
func isOrder(head, tail string) bool {
	return !phoneBefore.MatchString(head) && (orderBefore.MatchString(head) || signBefore.MatchString(head) || wordAfter.MatchString(tail))
}

// date matches a run that begins with a date, which may have a time after it.
var date = regexp.MustCompile(`^(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:[0-2]?\d|3[01])|(?:[0-2]?\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d\d)(?:\D|$)`)

// looksLikePhone excludes dates, prices and order numbers. A phone number in a text has
// a country code, or is long enough and written in groups.
func looksLikePhone(r run) bool {
	if len(r.digits) > maxDigits {
		return false
	}
	if date.MatchString(r.text) {
		return false
	}
	grouped := slices.Contains(r.starts[1:], true)
	begins := strings.HasPrefix(r.text, "+") || strings.HasPrefix(r.text, "(") || strings.HasPrefix(r.text, "0")
	return strings.HasPrefix(r.text, "+") || grouped && (begins || len(r.digits) >= 10)
}
