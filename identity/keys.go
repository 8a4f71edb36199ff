package identity

import (
	"slices"
	"strings"

	"ringback/phone"
)

// A key is one thing that a person is known by on a site, as text: the kind, a
// slash, and the value.
const (
	// VisitorKeys is what the keys of visitors begin with.
	VisitorKeys = "visitor/"
	phoneKeys   = "phone/"
	emailKeys   = "email/"
)

// maxKey is the maximum length of a key in bytes. No phone number is so long, nor
// an e-mail address that can be delivered to (RFC 5321: 254).
const maxKey = 512

// placeholderMailboxes are what people type before the "@" if a form insists on an
// address.
var placeholderMailboxes = []string{
	"no", "none", "nomail", "no-mail", "noemail", "no-email", "nobody", "noreply", "no-reply", "unknown", "fake", "test", "asdf", "qwerty",
}

// VisitorKey returns the key of a visitor, empty if there is no id.
func VisitorKey(id string) string { return key(VisitorKeys, id) }

// VisitorOf returns the visitor of a key, and whether the key is a visitor's.
func VisitorOf(key string) (id string, is bool) { return strings.CutPrefix(key, VisitorKeys) }

// PhoneKey returns the key of a phone number in E.164. It is empty for a number
// that cannot be anybody's, as people type into a form that insists on one.
func PhoneKey(e164 string) string {
	if !phone.Plausible(e164) {
		return ""
	}
	return key(phoneKeys, e164)
}

// PhoneOf returns the phone number of a key, and whether the key is that of one.
func PhoneOf(key string) (e164 string, is bool) { return strings.CutPrefix(key, phoneKeys) }

// ContactOf returns the phone number or the e-mail address of a key, empty for the
// key of a visitor.
func ContactOf(key string) string {
	if number, is := PhoneOf(key); is {
		return number
	}
	address, is := strings.CutPrefix(key, emailKeys)
	if !is {
		return ""
	}
	return address
}

// EmailKey returns the key of an e-mail address. It is empty for a placeholder
// such as "none@example.com".
func EmailKey(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	if mailbox, _, _ := strings.Cut(address, "@"); slices.Contains(placeholderMailboxes, mailbox) {
		return ""
	}
	return key(emailKeys, address)
}

// key returns a key, empty for a value that cannot identify anybody.
func key(kind, value string) string {
	if value == "" || len(kind)+len(value) > maxKey {
		return ""
	}
	return kind + value
}

// Keys returns the keys that are not empty, each once, sorted.
func Keys(keys ...string) []string {
	set := slices.Clone(keys)
	slices.Sort(set)
	return slices.DeleteFunc(slices.Compact(set), func(key string) bool { return key == "" })
}
