package forms

import (
	"regexp"
	"slices"
	"strings"

	"ringback/internal/names"
	"ringback/internal/texts"
	phones "ringback/phone"
)

// The words for the parts of a phone number that have fields of their own.
var (
	codeWords = []string{
		"countrycode", "countrycodeval", "dialcode", "dialingcode", "diallingcode", "callingcode", "phonecode", "telcode", "mobilecode", "phonecountry", "telcountry", "isdcode", "isd", "ddi",
		"phoneprefix", "telprefix", "mobileprefix", "countryprefix", "prefijo", "indicatif", "ländervorwahl", "landesvorwahl", "кодстраны", "codigopais", "códigopaís",
	}
	countryWords = []string{"country", "land", "pais", "país", "pays", "paese", "страна"}
	areaWords    = []string{"areacode", "phonearea", "telarea", "citycode", "stdcode", "ddd", "vorwahl", "ortsvorwahl", "lada", "кодгорода"}
	// elsewhereWords mean a country that is not where the visitor lives.
	elsewhereWords = []string{
		"nationality", "citizenship", "citizen", "birth", "origin", "destination", "travel", "tour", "trip", "visit", "visa", "interest", "interested", "study", "from", "to", "target",
		"staatsangehörigkeit", "reiseziel", "nacionalidad", "nacionalidade", "nacimiento", "nascimento", "destino", "origen", "origem", "interesse", "гражданство", "рождения", "назначения", "направления", "тура", "поездки",
	}
	// endWords mark the end of a number that is no part of it.
	endWords = []string{"ext", "extension", "extn", "ramal", "anexo", "durchwahl", "доб", "добавочный"}
)

// pieceOfNumber matches a value that is a part of a phone number.
var pieceOfNumber = regexp.MustCompile(`^[+(]?\p{Nd}{1,5}\)?$`)

// byNumberPart returns the meaning of a field for a part of a phone number: the calling
// code of its country, or the area code. The value must be one.
func byNumberPart(f Field) meaning {
	if !f.isTyped() && !slices.Contains([]string{"tel", "select", "select-one", "radio"}, strings.ToLower(f.Type)) {
		return unknown
	}
	code := phones.CallingCode(f.Value)
	for _, text := range []string{f.Name, f.Label} {
		words := names.Words(strings.TrimRight(text, "0123456789"))
		switch {
		case code != "" && code == strings.TrimSpace(f.Value):
			return phoneCode // nothing else is written so
		case code != "" && isCode(words) && (strings.ContainsAny(f.Value, "++") || !mayBeMiddle(words)):
			return phoneCode
		case code != "" && digits(f.Value) == 0 && isCountry(words):
			return phoneCode
		case pieceOfNumber.MatchString(f.Value) && isArea(words):
			return phoneArea
		}
	}
	return unknown
}

// isCode reports whether words mean a calling code.
func isCode(words []string) bool {
	of := func(first, second []string) bool { return shared(words, first) && shared(words, second) }
	return isAny(words, codeWords) || of([]string{"código", "codigo"}, []string{"país", "pais"}) || of(phoneWords, []string{"country", "prefix", "dial", "cc"})
}

// mayBeMiddle reports whether words mean the middle of a number as well as its calling
// code.
func mayBeMiddle(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.HasSuffix(word, "prefix") })
}

// isCountry reports whether words mean the country where the visitor lives, or that of the
// number.
func isCountry(words []string) bool {
	return len(words) > 0 && !shared(words, elsewhereWords) && (slices.Contains(countryWords, words[len(words)-1]) || shared(words, countryWords) && shared(words, []string{"code", "iso", "iso2"}) ||
		shared(words, phoneWords) && shared(words, []string{"iso", "iso2", "country"}))
}

// isArea reports whether words mean an area code.
func isArea(words []string) bool {
	return isAny(words, areaWords) || shared(words, []string{"area", "área"}) && shared(words, append([]string{"código", "codigo"}, phoneWords...))
}

// isInternational reports whether a field has the whole number with its country code, as
// scripts for fields of phone numbers add it.
func isInternational(f Field) bool {
	words := names.Words(f.Name)
	return strings.HasPrefix(f.Value, "+") && isPhone(f.Value) &&
		(isAny(words, []string{"fullnumber", "e164", "internationalnumber", "intlnumber", "fullphone", "phonefull", "intlphone", "iti"}))
}

// areOfOneNumber reports whether fields are the pieces of one number: the beginning that
// their names share has a word for a phone number, or is the first name.
func areOfOneNumber(pieces []Field) bool {
	first := pieces[0].Name
	shares := first
	for _, f := range pieces {
		for !strings.HasPrefix(f.Name, shares) {
			shares = shares[:len(shares)-1]
		}
	}
	return shares != "" && shares == first || isAny(names.Words(strings.TrimRight(shares, "0123456789")), phoneWords)
}

// isSameNumber reports whether two texts end with the same digits, as a number does with
// and without its country code.
func isSameNumber(a, b string) bool {
	const tail = 7
	a, b = onlyDigits(a), onlyDigits(b)
	n := min(len(a), len(b), tail)
	return n >= fewestDigits && a[len(a)-n:] == b[len(b)-n:]
}

func onlyDigits(text string) string { return texts.Digits(phones.PlainDigits(text)) }

// lacksArea reports whether a number can be one without its area code: it has no country
// code, does not begin with the area code, and is short enough.
func lacksArea(number, area string) bool {
	n, a := onlyDigits(number), onlyDigits(area)
	const longestLocal, longestNational = 9, 12
	if number == "" || strings.HasPrefix(number, "+") || len(n) > longestLocal || len(n)+len(a) > longestNational {
		return false
	}
	return !strings.HasPrefix(n, a) || !strings.HasPrefix(a, "0")
}

// withCode returns a number within a country as one with its country code. It is empty if
// that is no number of the country, or if the number has a country code.
func withCode(code, number string) string {
	number = strings.TrimSpace(number)
	if number == "" || strings.HasPrefix(number, "+") || strings.HasPrefix(number, "00") {
		return ""
	}
	joined := phones.CallingCode(code) + " " + number
	if read, err := phones.Normalize(joined, ""); err != nil || !phones.IsValid(read.E164) {
		return ""
	}
	return joined
}
