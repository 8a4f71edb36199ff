package conversion

import (
	"slices"
	"time"
)

// MetricsOf returns the metrics of a kind of conversion (R4).
func MetricsOf(kind Kind) []Metric {
	if kind == KindLead {
		return []Metric{MetricAll, MetricUnique}
	}
	return []Metric{MetricAll, MetricUnique, MetricTarget, MetricUniqueTarget, MetricFailed}
}

// needsEnd reports whether the metric is known only once a call has ended (R5).
func (m Metric) needsEnd() bool {
	return m == MetricTarget || m == MetricUniqueTarget || m == MetricFailed
}

// MetricCode is why a metric is met or not.
type MetricCode string

// Why metrics are met or not.
const (
	MetricEvery          MetricCode = "every_conversion"      // all: met by every conversion
	MetricTalked         MetricCode = "talk_time"             // target: answered, and the talk time decides
	MetricNotAnswered    MetricCode = "not_answered"          // target: not met, as nobody answered
	MetricIsFailed       MetricCode = "failed"                // failed: met, as nobody answered
	MetricIsNotFailed    MetricCode = "not_failed"            // failed: not met, as somebody answered
	MetricFirst          MetricCode = "no_earlier"            // unique: met, as there is no earlier conversion
	MetricAgain          MetricCode = "earlier_too_long_ago"  // unique: met, as the last one is older than the uniqueness days
	MetricRepeated       MetricCode = "earlier"               // unique: not met
	MetricFirstTarget    MetricCode = "no_earlier_target"     // unique target: met
	MetricRepeatedTarget MetricCode = "earlier_target"        // unique target: not met
	MetricCounted        MetricCode = "counted_before"        // unique: not met, as a later one was reported and counted sooner
	MetricCountedTarget  MetricCode = "counted_target_before" // unique target: likewise
	MetricAnonymous      MetricCode = "number_withheld"       // not unique, as the caller withheld the number
	MetricNobody         MetricCode = "person_not_known"      // not unique, as neither number nor address is known
	MetricNotEnded       MetricCode = "not_ended"             // not known, as the call goes on
	MetricNeverEnded     MetricCode = "never_ended"           // not known, as the call was closed without an end
	MetricCancelled      MetricCode = "cancelled"             // not known, as an operator cancelled the call
	MetricNoSuch         MetricCode = "no_such_metric"
)

// MetricCodes returns every code of MetricResult.
func MetricCodes() []MetricCode {
	return []MetricCode{
		MetricEvery, MetricTalked, MetricNotAnswered, MetricIsFailed, MetricIsNotFailed, MetricFirst, MetricAgain,
		MetricRepeated, MetricFirstTarget, MetricRepeatedTarget, MetricCounted, MetricCountedTarget, MetricAnonymous, MetricNobody, MetricNotEnded,
		MetricNeverEnded, MetricCancelled, MetricNoSuch,
	}
}

// MetricResult is what one metric came to: a code, and the values that belong to it.
type MetricResult struct {
	Metric            Metric     `json:"metric"`
	Met               bool       `json:"met"`
	Code              MetricCode `json:"code"`
	Call              *CallSeen  `json:"call,omitempty" doc:"How the call went; missing if the metric does not depend on it."`
	TargetCallSeconds *int       `json:"target_call_seconds,omitempty" doc:"The talk time of a target call."`
	UniquenessDays    int        `json:"uniqueness_days,omitempty"`
	EarlierAt         *time.Time `json:"earlier_at,omitempty" doc:"The earlier conversion of the same person."`
	CountedAt         *time.Time `json:"counted_at,omitempty" doc:"The conversion of the same person that started later, but was reported and decided as unique sooner."`
	PersonBy          string     `json:"person_by,omitempty" doc:"What the same person is known by: phone or email."`

	known bool // false if it takes the end of the call, or the caller's number, and neither has come
}

// CallSeen is how a call went.
type CallSeen struct {
	Answered    bool    `json:"answered"`
	Outcome     Outcome `json:"outcome,omitempty"`
	TalkSeconds *int    `json:"talk_seconds,omitempty" doc:"Missing if nobody answered, or the source did not report it. It then counts as 0."`
}

// Flags returns whether a conversion is unique, a target call and a unique target
// call. A flag is nil if it is not known, or does not exist for leads. A delivery
// reports all of them, whichever metrics the integration asks for.
func Flags(f Facts, s SiteRules) (unique, target, uniqueTarget *bool) {
	flag := func(r MetricResult) *bool {
		if !r.known {
			return nil
		}
		return &r.Met
	}
	unique = flag(f.unique(s))
	if f.Kind == KindLead {
		return unique, nil, nil
	}
	return unique, flag(f.target(s)), flag(f.uniqueTarget(s))
}

// result returns what a metric comes to.
func (f Facts) result(m Metric, s SiteRules) MetricResult {
	var r MetricResult
	switch m {
	case MetricAll:
		r = MetricResult{Met: true, known: true, Code: MetricEvery}
	case MetricUnique:
		r = f.unique(s)
	case MetricTarget:
		r = f.target(s)
	case MetricUniqueTarget:
		r = f.uniqueTarget(s)
	case MetricFailed:
		r = f.failed()
	default:
		r = MetricResult{known: true, Code: MetricNoSuch}
	}
	r.Metric = m
	return r
}

// target is met by calls that were answered and lasted at least as long as the
// site's rules ask.
func (f Facts) target(s SiteRules) MetricResult {
	if !f.Ended {
		return f.withoutEnd()
	}
	r := MetricResult{known: true, Call: f.call(), TargetCallSeconds: &s.TargetCallSeconds, Code: MetricNotAnswered}
	if f.Answered {
		r.Code, r.Met = MetricTalked, f.Talk >= time.Duration(s.TargetCallSeconds)*time.Second
	}
	return r
}

// failed is met by calls that ended and that nobody answered.
func (f Facts) failed() MetricResult {
	if !f.Ended {
		return f.withoutEnd()
	}
	r := MetricResult{known: true, Met: !f.Answered, Call: f.call(), Code: MetricIsFailed}
	if f.Answered {
		r.Code = MetricIsNotFailed
	}
	return r
}

// call returns how the call went.
func (f Facts) call() *CallSeen {
	seen := &CallSeen{Answered: f.Answered, Outcome: f.Outcome}
	if f.Answered && !f.TalkUnknown {
		seen.TalkSeconds = new(int(f.Talk / time.Second))
	}
	return seen
}

// withoutEnd is the result of a metric that takes the end of the call.
func (f Facts) withoutEnd() MetricResult {
	switch f.Moment() {
	case AtCancelled:
		return MetricResult{Code: MetricCancelled}
	case AtIncomplete:
		return MetricResult{Code: MetricNeverEnded}
	default:
		return MetricResult{Code: MetricNotEnded}
	}
}

// judgeMetric checks the metrics. One that is met is enough. If none is met, and
// one of them needs an end that never came, that is the reason.
func judgeMetric(rules Rules, f Facts, s SiteRules) Check {
	c := Check{
		Code: CheckMetric, Reason: ReasonMetric,
		Wanted: Wanted{Metrics: slices.Clone(rules.Metrics)}, Seen: Seen{Code: SeenMetrics},
	}
	for _, m := range rules.Metrics {
		r := f.result(m, s)
		c.Seen.Metrics = append(c.Seen.Metrics, r)
		c.Passed = c.Passed || r.Met
		if !r.known {
			c.Reason = f.reasonWithoutEnd(c.Reason)
		}
	}
	return c.withoutReasonIfPassed()
}

// unique is met if there is no earlier conversion of this person within the site's
// uniqueness days, and none of the same days that was decided as unique already, though
// it started later. Anonymous callers are never unique.
func (f Facts) unique(s SiteRules) MetricResult {
	if f.Person == "" {
		return f.nobody()
	}
	last := f.Earlier.LastAt
	r := MetricResult{known: true, Met: true, Code: MetricFirst, PersonBy: f.PersonBy}
	switch {
	case within(last, f.At, s.UniquenessDays):
		r.Met, r.Code, r.EarlierAt = false, MetricRepeated, &last
	case counted(f.Earlier.CountedAt, f.At, s.UniquenessDays):
		r.Met, r.Code, r.CountedAt = false, MetricCounted, &f.Earlier.CountedAt
	case before(last, f.At):
		r.Code, r.EarlierAt, r.UniquenessDays = MetricAgain, &last, s.UniquenessDays
	}
	return r
}

// uniqueTarget is met by the first target call of this person within the site's
// uniqueness days. Earlier calls that were no target calls do not matter.
func (f Facts) uniqueTarget(s SiteRules) MetricResult {
	r := f.target(s)
	if !r.Met {
		return r
	}
	if f.Person == "" {
		nobody := f.nobody()
		nobody.known = true
		return nobody
	}
	r.PersonBy, r.Code = f.PersonBy, MetricFirstTarget
	last, later := f.Earlier.LastTargetAt, f.Earlier.CountedTargetAt
	switch {
	case within(last, f.At, s.UniquenessDays):
		r.Met, r.Code, r.EarlierAt = false, MetricRepeatedTarget, &last
	case counted(later, f.At, s.UniquenessDays):
		r.Met, r.Code, r.CountedAt = false, MetricCountedTarget, &later
	}
	return r
}

// nobody is the result on uniqueness if it is not known who the person was. Until
// a call is over a later event may still name the caller, even one who withheld
// the number.
func (f Facts) nobody() MetricResult {
	r := MetricResult{known: f.Ended || f.Incomplete || f.Kind == KindLead, Code: MetricNobody}
	if f.Kind == KindCall && f.Anonymous {
		r.Code = MetricAnonymous
	}
	return r
}

// before reports whether there was a last time, and it was before this one. The
// same instant counts as before: Earlier is looked up so that of two conversions
// at one instant the one with the smaller id is the earlier.
func before(last, at time.Time) bool { return !last.IsZero() && !last.After(at) }

// within reports whether the last time lies within the days before this one. Zero
// days means for ever. A day is 24 hours. Exactly that many days before is still
// within.
func within(last, at time.Time, days int) bool {
	return before(last, at) && (days <= 0 || !last.Before(DaysBefore(at, days)))
}

// counted reports whether there is a later conversion that counts already, and this one
// lies within the days before it.
func counted(later, at time.Time, days int) bool { return !later.IsZero() && within(at, later, days) }

// DaysBefore returns the time this many days of 24 hours before.
func DaysBefore(at time.Time, days int) time.Time { return at.UTC().AddDate(0, 0, -days) }
