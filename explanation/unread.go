package explanation

import (
	"ringback/internal/locale"
	"ringback/internal/unread"
)

// Unread writes why a message of a provider cannot be read, and what can be done. A
// code that this version has no message for is written as the code.
func (w Writer) Unread(r unread.Defect) string {
	id := "unread." + string(r.Code)
	if text := w.text(id, locale.Values{"Field": r.Field, "Example": r.Example}); text != id {
		return text
	}
	return string(r.Code)
}
