package explanation

import (
	"ringback/internal/locale"
	"ringback/internal/unread"
)

// Unread writes why a message of a provider cannot be read, and what can be done. A
// code of a later version is written as one.
func (w Writer) Unread(r unread.Defect) string {
	return w.known("unread."+string(r.Code), string(r.Code), locale.Values{"Field": r.Field, "Example": r.Example})
}
