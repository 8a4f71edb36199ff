package conversion

import (
	"fmt"
	"strings"
	"time"
)

// MetricsOf returns the metrics that a kind of conversion knows (requirement R4).
func MetricsOf(kind Kind) []Metric {
	if kind == KindLead {
		return []Metric{MetricAll, MetricUnique}
	}
	return []Metric{MetricAll, MetricUnique, MetricTarget, MetricUniqueTarget, MetricFailed}
}

// needsEnd reports whether the metric is known only once a call has ended (requirement R5).
func (m Metric) needsEnd() bool {
	return m == MetricTarget || m == MetricUniqueTarget || m == MetricFailed
}

// Flags returns what is known of a conversion's uniqueness and target status: nil
// is not known, or does not exist for leads. It is what a delivery reports of
// the conversion, whichever metrics the integration asked for.
func Flags(f Facts, s SiteRules) (unique, target, uniqueTarget *bool) {
	flag := func(a answer) *bool {
		if !a.known {
			return nil
		}
		return &a.met
	}
	unique = flag(f.unique(s))
	if f.Kind == KindLead {
		return unique, nil, nil
	}
	return unique, flag(f.target(s)), flag(f.uniqueTarget(s))
}

// answer is what one metric makes of the facts.
type answer struct {
	met   bool
	known bool // false: it takes the end of the call, or the caller's number, and that has not come
	seen  string
}

// answer asks one metric.
func (f Facts) answer(m Metric, s SiteRules) answer {
	switch m {
	case MetricAll:
		return answer{met: true, known: true, seen: fmt.Sprintf("every %s is wanted", f.Kind)}
	case MetricUnique:
		return f.unique(s)
	case MetricTarget:
		return f.target(s)
	case MetricUniqueTarget:
		return f.uniqueTarget(s)
	case MetricFailed:
		return f.failed()
	default:
		return answer{known: true, seen: "this metric does not exist"}
	}
}

// target: answered, and talked at least as long as the site asks.
func (f Facts) target(s SiteRules) answer {
	if !f.Ended {
		return answer{seen: f.noEnd()}
	}
	wanted := fmt.Sprintf("talks at least %d s", s.TargetCallSeconds)
	if !f.Answered {
		return answer{known: true, seen: f.outcomeWords() + "; a target call is answered and " + wanted}
	}
	return answer{
		met:   f.Talk >= time.Duration(s.TargetCallSeconds)*time.Second,
		known: true,
		seen:  f.outcomeWords() + "; a target call " + wanted,
	}
}

// failed: ended, and nobody took it.
func (f Facts) failed() answer {
	if !f.Ended {
		return answer{seen: f.noEnd()}
	}
	if f.Answered {
		return answer{known: true, seen: f.outcomeWords() + ", so not failed"}
	}
	return answer{met: true, known: true, seen: f.outcomeWords() + ", so failed"}
}

// outcomeWords writes how the call ended.
func (f Facts) outcomeWords() string {
	switch {
	case !f.Answered && f.Outcome == "":
		return "not answered"
	case !f.Answered:
		return fmt.Sprintf("not answered (%s)", f.Outcome)
	case f.TalkUnknown:
		return "answered, but the source did not report the talk time, which counts as 0 s"
	default:
		return fmt.Sprintf("answered, talked %d s", int(f.Talk/time.Second))
	}
}

// judgeMetric checks the metrics; one that is met is enough. A call that was
// closed without an end fails for that reason when no other metric is met.
func judgeMetric(rules Rules, f Facts, s SiteRules) finding {
	c := Check{Name: CheckMetric, Reason: ReasonMetric}
	var names, seen, met []string
	for _, m := range rules.Metrics {
		a := f.answer(m, s)
		names = append(names, m.words())
		seen = append(seen, m.words()+": "+a.seen)
		if a.met {
			met = append(met, metWords(m, a))
		}
		if !a.known {
			c.Reason = f.reasonWithoutEnd(c.Reason)
		}
	}
	c.Wanted, c.Seen = strings.Join(names, " or "), strings.Join(seen, "; ")
	if len(seen) == 1 {
		c.Seen = f.answer(rules.Metrics[0], s).seen
	}
	if len(met) == 0 {
		return c.failed("metric wants " + c.Wanted + "; " + c.Seen)
	}
	c.Passed, c.Reason = true, ""
	return finding{Check: c, why: met[0]}
}

// words writes the metric for its owner.
func (m Metric) words() string { return strings.ReplaceAll(string(m), "_", "-") }

// metWords writes that a metric is met.
func metWords(m Metric, a answer) string {
	if m == MetricAll {
		return a.seen
	}
	return m.words() + " is met (" + a.seen + ")"
}
