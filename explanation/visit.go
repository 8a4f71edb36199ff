package explanation

import (
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/locale"
)

// CalledNumber is what a called number stood for when a call came to it. Names
// and times are empty if they are not stored any more.
type CalledNumber struct {
	Match       conversion.NumberMatch
	Number      string // E.164
	Name        string // the owner's name for the number
	Pool        string // the name of its pool
	From, Until *time.Time
	Traffic     *conversion.Traffic // what a number without a pool stands for
	Grace       time.Duration       // how long after it was released a number still means the visit
}

// NumberMatch writes what the called number says about the call's visit (M10).
func (w Writer) NumberMatch(c CalledNumber) string {
	number := c.Number
	if c.Name != "" {
		number = w.text("number.named", locale.Values{"Number": c.Number, "Name": c.Name})
	}
	values := locale.Values{"Number": number, "Pool": c.Pool}
	switch {
	case c.Match.PoolID == "":
		return w.ownNumber(number, c.Traffic)
	case c.Match.AssignmentID == "" && c.Pool == "":
		return w.text("number.nobody_pool_unknown", values)
	case c.Match.AssignmentID == "":
		return w.text("number.nobody", values)
	}
	text := w.holder(c, number)
	if c.Match.Ambiguous {
		text += " " + w.plural("number.ambiguous", int64(c.Match.Candidates), locale.Values{
			"Minutes": w.language.Number(int64(c.Grace.Minutes())),
		})
	}
	return text
}

func (w Writer) ownNumber(number string, t *conversion.Traffic) string {
	if t == nil || t.Source+t.Medium+t.Campaign == "" {
		return w.text("number.own", locale.Values{"Number": number})
	}
	return w.text("number.own_traffic", locale.Values{"Number": number, "Traffic": origin(t.Source, t.Medium, t.Campaign)})
}

// origin writes where traffic came from: "google / cpc". Empty parts are left out.
func origin(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " / ")
}

// holder writes how the visit had the number.
func (w Writer) holder(c CalledNumber, number string) string {
	id := "number.of_pool"
	if c.Pool == "" {
		id = "number.of_pool_unknown"
	}
	values := locale.Values{"Number": w.text(id, locale.Values{"Number": number, "Pool": c.Pool})}
	switch held := c.Match.Certainty == conversion.NumberHeld; {
	case held && c.From == nil:
		return w.text("number.held", values)
	case held:
		values["From"] = w.language.ExactTime(*c.From)
		return w.text("number.held_since", values)
	case c.Match.Certainty == conversion.NumberTaken && c.From == nil:
		return w.text("number.taken", values)
	case c.Match.Certainty == conversion.NumberTaken:
		values["From"] = w.language.ExactTime(*c.From)
		return w.text("number.taken_at", values)
	case c.Until == nil:
		return w.text("number.released", values)
	default:
		values["Until"] = w.language.ExactTime(*c.Until)
		return w.text("number.released_until", values)
	}
}

// VisitorMatch writes by which visitor id the visit of a call or lead was found (M4).
func (w Writer) VisitorMatch(kind conversion.Kind, match conversion.VisitorMatch, at time.Time) string {
	if kind != conversion.KindCall && kind != conversion.KindLead {
		return w.newer(string(kind))
	}
	id := "visitor_match." + string(kind)
	values := locale.Values{"System": match.System}
	var text string
	switch idle := at.Sub(match.LastActivityAt); {
	case idle <= 0:
		text = w.text(id+"_during", values)
	case idle < time.Minute:
		text = w.text(id+"_soon", values)
	default:
		text = w.plural(id+"_after", int64(idle/time.Minute), values)
	}
	if match.Ambiguous {
		text += " " + w.plural(id+"_ambiguous", int64(match.Candidates), nil)
	}
	return text
}
