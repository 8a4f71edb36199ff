package explanation

import (
	"cmp"
	"strconv"
	"strings"

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

// SourceSetting returns the name of a setting of a source, and what it is. Both are empty if
// there are no messages about it.
func (w Writer) SourceSetting(source, name string) (label, about string) {
	about = cmp.Or(w.own(SourceMessages, "setting_about_"+familyOf(source)+"."+name), w.own(SourceMessages, "setting_about."+name))
	return w.own(SourceMessages, "setting_name."+name), about
}

// SourceAddress returns what an address of a source is for, empty if it is for everything.
func (w Writer) SourceAddress(source, code string) string {
	return w.own(SourceMessages, "address_"+familyOf(source)+"."+code)
}

// SourceSteps returns what to do at the provider of a source, in this order.
func (w Writer) SourceSteps(source string) (steps []string) {
	for n := 1; ; n++ {
		step := w.own(SourceMessages, "steps_"+familyOf(source)+".s"+strconv.Itoa(n))
		if step == "" {
			return steps
		}
		steps = append(steps, step)
	}
}

// familyOf returns the name that the members of a family of sources have in common.
func familyOf(source string) string {
	family, _, _ := strings.Cut(source, "-")
	return family
}
