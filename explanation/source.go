package explanation

import (
	"ringback/conversion"
	"ringback/internal/locale"
	"ringback/internal/sourcestatus"
)

// ListProblem writes why the list of calls of a provider's API cannot be read, and what
// can be done, empty if it can. A code of a later version is written as one.
func (w Writer) ListProblem(p sourcestatus.Problem) string {
	if p.IsZero() {
		return ""
	}
	return w.known("list."+string(p.Code), string(p.Code), locale.Values{"Status": p.Status})
}

// Reporter writes what reported an event.
func (w Writer) Reporter(r conversion.Reporter) string {
	return w.known("reporter."+string(r.Kind), string(r.Kind), locale.Values{"Name": r.Name})
}

// Silence writes for how long a source has been silent, compared with its usual pauses.
func (w Writer) Silence(s sourcestatus.Silence) string {
	return w.known("silence."+string(s.Code), string(s.Code), locale.Values{"Hours": s.Hours, "Usual": s.Usual})
}

// Clock writes how the clock of a source compares with Ringback's.
func (w Writer) Clock(c sourcestatus.Clock) string {
	return w.known("clock."+string(c.Code), string(c.Code), locale.Values{"Seconds": c.Seconds, "Minutes": c.Seconds / 60})
}
