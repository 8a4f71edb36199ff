package conversion

import "slices"

// NeedsEnd reports whether rules can be judged only once the conversion is over:
// for a call that is any metric known only at its end, or any tag filter. It is
// so even when "all" is among the metrics, as R5 and R6 say it. A lead is over
// when it arrives, and no rules (nil) ask for nothing.
func NeedsEnd(kind Kind, r *Rules) bool {
	return kind == KindCall && r != nil &&
		(!r.Tags.Empty() || slices.ContainsFunc(r.Metrics, Metric.needsEnd))
}

// Decidable reports whether the criteria can be judged now. If they cannot, it
// also returns what is waited for. A conversion that has ended, or was closed
// without an end, can always be judged.
//
// Before the end of a call, an integration is judged once everything that its
// checks depend on is known, and not before. It has to be switched on, and its
// rules must not need the end. An integration that is switched off or has no
// rules for calls waits too: settings are read when the decision is made, and
// the owner may still change them during the call.
//
// A session or a visitor id is enough if the rules have no traffic filter. If
// they have one, the visit itself must be known: an old visit of the same number
// does not show where this call comes from.
func Decidable(criteria Criteria, f Facts) (bool, []Wait) {
	if f.Ended || f.Incomplete || f.Kind == KindLead {
		return true, nil
	}
	var waits []Wait
	wait := func(when bool, what WaitFor, why WaitReason) {
		if when {
			waits = append(waits, Wait{For: what, Why: why})
		}
	}
	wait(!criteria.Enabled, WaitForEnd, WaitSwitchedOff)
	wait(criteria.Rules == nil, WaitForEnd, WaitKindOff)
	if criteria.Rules != nil {
		metrics := criteria.Rules.Metrics
		wait(slices.ContainsFunc(metrics, Metric.needsEnd), WaitForEnd, WaitMetric)
		wait(!criteria.Rules.Tags.Empty(), WaitForEnd, WaitTags)
		wait(!slices.Contains(metrics, MetricAll) && slices.Contains(metrics, MetricUnique) && !f.unique(criteria.Site).known,
			WaitForCaller, WaitUniqueness)
	}
	wait(!f.SessionKnown, WaitForVisitor, WaitVisitorUnknown)
	wait(f.SessionKnown && criteria.Rules != nil && criteria.Rules.Traffic != nil && !f.visitKnown(criteria.Site), WaitForVisit, WaitTraffic)
	return len(waits) == 0, waits
}

// visitKnown reports whether attribution has a visit of this session or visitor to
// look at. With only older visits of the same person it would judge those.
func (f Facts) visitKnown(s SiteRules) bool {
	return !f.OwnVisitAt.IsZero() && lookedAt(f.OwnVisitAt, f.At, s.LookbackDays)
}

// Moment returns what was known when these facts are judged.
func (f Facts) Moment() Moment {
	switch {
	case f.Ended:
		return AtEnd
	case f.Incomplete && f.Cancelled:
		return AtCancelled
	case f.Incomplete:
		return AtIncomplete
	default:
		return AtStart
	}
}

// seenWithoutEnd returns why there is no end to judge by.
func (f Facts) seenWithoutEnd() SeenCode {
	switch f.Moment() {
	case AtCancelled:
		return SeenCancelled
	case AtIncomplete:
		return SeenNeverEnded
	default:
		return SeenNotEnded
	}
}

// reasonWithoutEnd returns the reason of a check that needs an end which never came.
func (f Facts) reasonWithoutEnd(otherwise Reason) Reason {
	switch f.Moment() {
	case AtCancelled:
		return ReasonCancelled
	case AtIncomplete:
		return ReasonIncomplete
	default:
		return otherwise
	}
}
