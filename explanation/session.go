package explanation

import (
	"ringback/internal/locale"
	"ringback/visits"
)

// SessionStart writes why a session is one of its own. A reason that was stored as a
// sentence by an earlier version is returned as it is.
func (w Writer) SessionStart(r visits.StartReason) string {
	if r.Code == "" {
		return r.Text
	}
	why := w.known("session_start."+string(r.Code), string(r.Code), locale.Values{"Place": origin(r.Source, r.Medium)})
	if r.First {
		return w.text("session_start.first", locale.Values{"Why": why})
	}
	return why
}
