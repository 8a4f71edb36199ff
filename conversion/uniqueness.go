package conversion

import "time"

// unique is met if there is no earlier conversion of this person within the site's
// uniqueness days. Anonymous callers are never unique.
func (f Facts) unique(s SiteRules) MetricResult {
	if f.Person == "" {
		return f.nobody()
	}
	last := f.Earlier.LastAt
	r := MetricResult{known: true, Met: true, Code: MetricFirst, PersonBy: f.PersonBy}
	switch {
	case within(last, f.At, s.UniquenessDays):
		r.Met, r.Code, r.EarlierAt = false, MetricRepeated, &last
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
	if last := f.Earlier.LastTargetAt; within(last, f.At, s.UniquenessDays) {
		r.Met, r.Code, r.EarlierAt = false, MetricRepeatedTarget, &last
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
	return before(last, at) && (days <= 0 || !last.Before(daysBefore(at, days)))
}

// daysBefore returns the time this many days of 24 hours before.
func daysBefore(at time.Time, days int) time.Time { return at.UTC().AddDate(0, 0, -days) }
