package explanation

import (
	"cmp"

	"ringback/conversion"
	"ringback/internal/locale"
)

// results writes what the metrics came to. A single one needs no name.
func (w Writer) results(kind conversion.Kind, results []conversion.MetricResult) string {
	if len(results) == 1 {
		return w.result(kind, results[0])
	}
	parts := make([]string, 0, len(results))
	for _, r := range results {
		parts = append(parts, w.text("seen.metric", locale.Values{"Metric": w.name("metric", r.Metric), "Seen": w.result(kind, r)}))
	}
	return w.join(parts, "parts")
}

// result writes what one metric came to.
func (w Writer) result(kind conversion.Kind, r conversion.MetricResult) string {
	values := locale.Values{"Call": w.call(r.Call), "At": w.time(cmp.Or(r.EarlierAt, r.CountedAt))}
	if r.TargetCallSeconds != nil {
		values["Least"] = w.language.Seconds(int64(*r.TargetCallSeconds))
	}
	switch r.Code {
	case conversion.MetricEvery:
		return w.text("result.every_"+string(kind), nil)
	case conversion.MetricFirst, conversion.MetricRepeated, conversion.MetricCounted:
		return w.text(ofPerson(r, kind), values)
	case conversion.MetricAgain:
		return w.plural(ofPerson(r, kind), int64(r.UniquenessDays), values)
	case conversion.MetricNobody:
		return w.text(ofKind("result."+string(r.Code), kind), nil)
	case conversion.MetricNotEnded, conversion.MetricNeverEnded, conversion.MetricCancelled:
		return w.name("seen", r.Code)
	default:
		return w.known("result."+string(r.Code), string(r.Code), values)
	}
}

// ofPerson returns the id of a message that depends on what the same person is
// known by.
func ofPerson(r conversion.MetricResult, kind conversion.Kind) string {
	id := ofKind("result."+string(r.Code), kind)
	switch {
	case kind == conversion.KindCall:
		return id
	case r.PersonBy == conversion.PersonByEmail:
		return id + "_email"
	default:
		return id + "_phone"
	}
}

// call writes how a call went.
func (w Writer) call(c *conversion.CallSeen) string {
	switch {
	case c == nil:
		return ""
	case !c.Answered && c.Outcome == "":
		return w.text("call.not_answered", nil)
	case !c.Answered:
		return w.text("call.not_answered_outcome", locale.Values{"Outcome": w.name("outcome", c.Outcome)})
	case c.TalkSeconds == nil:
		return w.text("call.talk_not_reported", locale.Values{"Talk": w.language.Seconds(0)})
	default:
		return w.text("call.talked", locale.Values{"Talk": w.language.Seconds(int64(*c.TalkSeconds))})
	}
}
