// Package limits is the one table of how large incoming values may be, from the
// API, a provider's webhook or the script on a page. It must not know where a
// value comes from or what it is used for.
//
// The API documents the same limits in the tags of its structs, which cannot
// refer to constants. A test of package web compares the tags with this table.
package limits

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// The sizes of texts, in characters.
const (
	Name       = 200  // the name of a person, of a form, of anything in the settings
	Email      = 254  // an e-mail address (RFC 5321)
	Tag        = 100  // the label of a tag
	ID         = 2048 // a visitor id, a click id
	FieldName  = 100  // the name of a form's field
	FieldValue = 4096 // the value of a form's field
)

// The sizes of lists and maps, in entries.
const (
	Tags       = 50  // labels on one call or lead
	VisitorIDs = 20  // visitor ids of one visitor
	ClickIDs   = 20  // click ids of one visit
	Fields     = 100 // fields of one form
)

// KeepDays is the largest number of days that a site can keep its visits.
const KeepDays = 3650

// ahead is how far a sender's clock may be ahead of ours.
const ahead = 24 * time.Hour

// earliest is the first time that is accepted. No source reports calls from before.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// IsPlausible reports whether something can have happened at a time that was
// reported to us at another: from the year 2000 on, and at most one day ahead.
func IsPlausible(at, receivedAt time.Time) bool {
	return !at.Before(earliest) && !at.After(receivedAt.Add(ahead))
}

// IsEmail reports whether a text is an e-mail address and nothing else. It does
// not check the length.
func IsEmail(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text
}

// emailWithin matches an e-mail address within a text.
var emailWithin = regexp.MustCompile(`[^\s@<>,;:"()\[\]|]+@[^\s@<>,;:"'()\[\]|?&/]+\.[^\s@<>,;:"'()\[\]|?&/.!]+`)

// EmailIn returns the e-mail address that a text is or has around signs, a name or other
// words, such as "Ann <ann@example.com>" and mailto:ann@example.com. Of several addresses it
// is the first. It is empty if there is none.
func EmailIn(text string) string {
	text = strings.TrimSpace(text)
	found := strings.Trim(emailWithin.FindString(text), "'")
	if found == "" && IsEmail(text) { // without a point in the name of the host
		return text
	}
	return found
}

// Exceeds reports whether a text has more characters than it may.
func Exceeds(text string, characters int) bool { return utf8.RuneCountInString(text) > characters }

// IsStorable reports whether both databases can store a text: PostgreSQL takes
// UTF-8 alone, without the character U+0000.
func IsStorable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

var externalID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$`)

// IsExternalID reports whether a text can be the id of a call, a lead or an event: 1 to
// 128 letters, digits and . _ : ~ - starting with a letter or digit. Workflow ids
// include it.
func IsExternalID(text string) bool { return externalID.MatchString(text) }
