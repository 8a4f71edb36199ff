package forms

import (
	"slices"
	"strings"

	"ringback/internal/names"
)

// words returns the words of the field's name and label.
func (f Field) words() []string { return slices.Concat(names.Words(f.Name), names.Words(f.Label)) }

// isSecond reports whether a field is for somebody else, or for an additional number
// or address of the visitor.
func (f Field) isSecond() bool {
	return shared(slices.Concat(f.words(), strings.Fields(strings.ToLower(f.Autocomplete))), secondWords)
}

// isForPhone reports whether a field's attributes other than its type say that it is for a
// phone number.
func (f Field) isForPhone() bool {
	return byAutocomplete(f).whole() == phone || isAny(f.words(), phoneWords) || isContact(f.words()) || phoneExample.MatchString(f.Label)
}

// isOtherNumber reports whether a field of the type tel is for a number that is not a
// phone number. Forms use the type for the keyboard of digits that small screens show.
func (f Field) isOtherNumber() bool { return !f.isForPhone() && isAny(f.words(), numberWords) }

// isUncertain reports whether only the type of a field says that it is for a phone number.
func (f Field) isUncertain() bool { return strings.EqualFold(f.Type, "tel") && !f.isForPhone() }
