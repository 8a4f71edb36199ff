package explanation

import (
	"ringback/conversion"
	"ringback/internal/locale"
)

// Decision writes a decision about a conversion of this kind in one sentence. For
// a skip it is the first check that failed, for a send what the conversion was
// and which filters it passed. A decision that was stored as a sentence by an
// earlier version is returned as it is.
func (w Writer) Decision(kind conversion.Kind, d conversion.Decision) string {
	if d.Text != "" {
		return d.Text
	}
	var met []string
	for _, c := range d.Checks {
		if !c.Passed {
			return w.text("decision.skipped", locale.Values{"Why": w.skipped(kind, c)})
		}
		if why := w.sent(kind, c); why != "" {
			met = append(met, why)
		}
	}
	return w.sentBecause(w.moment(kind, d.Moment), w.join(met, "sentences"))
}

// sentBecause writes that a conversion was sent. When and why are empty if they are not
// on record.
func (w Writer) sentBecause(moment, why string) string {
	id := "decision.sent"
	switch {
	case moment == "" && why == "":
		id += "_only"
	case moment == "":
		id += "_why"
	case why == "":
		id += "_moment"
	}
	return w.text(id, locale.Values{"Moment": moment, "Why": why})
}

// moment writes when a decision was made.
func (w Writer) moment(kind conversion.Kind, m conversion.Moment) string {
	if kind == conversion.KindLead {
		return w.text("moment.arrival", nil)
	}
	if m == "" {
		return ""
	}
	return w.name("moment", m)
}

// sent writes what a check that passed adds to the sentence, empty if nothing.
func (w Writer) sent(kind conversion.Kind, c conversion.Check) string {
	switch {
	case c.Code == conversion.CheckMetric:
		return w.metMetric(kind, c.Seen.Metrics)
	case c.Code == conversion.CheckTags && c.Wanted.Tags != nil:
		return w.text("sent.tags", locale.Values{"Seen": w.seen(kind, c)})
	case c.Code == conversion.CheckTraffic && c.Wanted.Traffic != nil:
		return w.text("sent.traffic", locale.Values{"Seen": w.seen(kind, c)})
	default:
		return ""
	}
}

// metMetric writes the first metric that is met.
func (w Writer) metMetric(kind conversion.Kind, results []conversion.MetricResult) string {
	for _, r := range results {
		if !r.Met {
			continue
		}
		text := w.result(kind, r)
		if r.Code == conversion.MetricEvery {
			return text
		}
		return w.text("sent.metric", locale.Values{"Metric": w.name("metric", r.Metric), "Seen": text})
	}
	return ""
}

// skipped writes why a check failed, with its notes.
func (w Writer) skipped(kind conversion.Kind, c conversion.Check) string {
	parts := append([]string{w.failed(kind, c)}, w.Notes(c.Notes)...)
	return w.join(parts, "parts")
}

func (w Writer) failed(kind conversion.Kind, c conversion.Check) string {
	values := locale.Values{"Wanted": w.wanted(kind, c), "Seen": w.seen(kind, c)}
	switch c.Code {
	case conversion.CheckSwitch:
		return w.text("skipped.switch", nil)
	case conversion.CheckKind:
		return w.text(ofKind("skipped.kind", kind), nil)
	case conversion.CheckMetric:
		return w.text("skipped.metric", values)
	case conversion.CheckTags:
		return w.text("skipped.tags", values)
	case conversion.CheckTraffic:
		return w.text("skipped.traffic", locale.Values{"Seen": w.unmet(c.Seen)})
	}
	if c.Seen.Code == conversion.SeenSettingsNotApplied {
		return w.text("skipped.settings_not_applied", nil)
	}
	return w.text("skipped.needs", values)
}

// unmet writes the conditions that did not hold, each with what was seen.
func (w Writer) unmet(s conversion.Seen) string {
	var parts []string
	for _, c := range s.Unmet {
		values := locale.Values{"Condition": w.condition(c), "Seen": w.text("seen.nothing", nil)}
		for _, field := range s.Fields {
			if field.Field == c.Field {
				values["Seen"] = w.fieldValues(field)
			}
		}
		parts = append(parts, w.text("unmet", values))
	}
	return w.joinSome(parts, "unmet")
}
