package conversion

import (
	"cmp"
	"slices"
)

// Judge decides whether one integration gets one conversion. It makes all checks
// in a fixed order, even after one has failed, so that an owner sees everything
// that stands in the way. If the kind is not sent, there is nothing more to
// check. The reason is that of the first check that failed.
//
// Judge takes what is not known yet as not met: call Decidable first.
func Judge(criteria Criteria, f Facts) Decision {
	visit := Attribute(criteria.Model, f.Visits, f.At, criteria.Site.LookbackDays)
	d := Decision{Verdict: Send, Reason: ReasonSent, Moment: f.Moment(), Visit: visit}
	d.Checks = []Check{judgeSwitch(criteria), judgeKind(criteria)}
	if criteria.Rules != nil {
		d.Checks = append(d.Checks,
			judgeMetric(*criteria.Rules, f, criteria.Site),
			judgeTags(criteria.Rules.Tags, f),
			judgeTraffic(*criteria.Rules, criteria.Model, visit))
		for _, need := range criteria.Needs {
			need.Reason = cmp.Or(need.Reason, ReasonDestination)
			d.Checks = append(d.Checks, need.withoutReasonIfPassed())
		}
	}
	if i := slices.IndexFunc(d.Checks, func(c Check) bool { return !c.Passed }); i >= 0 {
		d.Verdict, d.Reason = Skip, d.Checks[i].Reason
	}
	return d
}

// withoutReasonIfPassed returns the check. Only failed checks have a reason.
func (c Check) withoutReasonIfPassed() Check {
	if c.Passed {
		c.Reason = ""
	}
	return c
}

// judgeSwitch checks that the integration is switched on (R9).
func judgeSwitch(criteria Criteria) Check {
	if criteria.Enabled {
		return Check{Code: CheckSwitch, Passed: true, Seen: Seen{Code: SeenOn}}
	}
	return Check{Code: CheckSwitch, Seen: Seen{Code: SeenOff}, Reason: ReasonSwitchedOff}
}

// judgeKind checks that the integration sends conversions of this kind at all.
func judgeKind(criteria Criteria) Check {
	if criteria.Rules != nil {
		return Check{Code: CheckKind, Passed: true, Seen: Seen{Code: SeenRules}}
	}
	return Check{Code: CheckKind, Seen: Seen{Code: SeenNoRules}, Reason: ReasonKindOff}
}
