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

// Decidable reports whether the question can be judged now, and when it cannot,
// what it waits for. Once a conversion has ended, or was closed without an end,
// everything can be judged.
//
// Before the end of a call only an integration that is switched on, whose rules
// do not need the end, is judged, once everything its checks go by is known: as
// early as it can be known, not before (design section 3). One that is switched
// off, or has no rules for calls, waits too: settings are read when the decision
// is made, and the owner may still change them during the call.
//
// A session or a visitor id is enough where the rules ask nothing of the
// traffic. Where they do, the visit itself must be known: an old visit of
// the same number says nothing of where this call comes from.
func Decidable(ask Ask, f Facts) (bool, []string) {
	if f.Ended || f.Incomplete || f.Kind == KindLead {
		return true, nil
	}
	var waits []string
	wait := func(when bool, words string) {
		if when {
			waits = append(waits, words)
		}
	}
	wait(!ask.Enabled, "the end of the call: the integration is switched off, and its settings are read again then")
	wait(ask.Rules == nil, "the end of the call: the integration does not send calls, and its settings are read again then")
	if ask.Rules != nil {
		metrics := ask.Rules.Metrics
		wait(slices.ContainsFunc(metrics, Metric.needsEnd), "the end of the call: a metric it asks for is known only then")
		wait(!ask.Rules.Tags.Empty(), "the end of the call: the tag filter is judged by the tags at the end")
		wait(!slices.Contains(metrics, MetricAll) && slices.Contains(metrics, MetricUnique) && !f.unique(ask.Site).known,
			"the caller's number: uniqueness goes by it")
	}
	wait(!f.SessionKnown, "the visitor: no session, visitor id or traffic is known yet")
	wait(f.SessionKnown && ask.Rules != nil && ask.Rules.Traffic != nil && !f.visitKnown(ask.Site),
		"the visit: the traffic filter goes by it, and none of this session or visitor is known yet")
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

// noEnd says that there is no end to judge by.
func (f Facts) noEnd() string {
	switch f.Moment() {
	case AtCancelled:
		return "cancelled by an operator before the call ended"
	case AtIncomplete:
		return "the call never reported its end; closed at the site's limit"
	default:
		return "the call has not ended yet"
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
