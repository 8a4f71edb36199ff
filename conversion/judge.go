package conversion

import "cmp"

// finding is a check with what it adds to the decision's one sentence; a check
// that looked at nothing adds nothing.
type finding struct {
	Check
	why string
}

// failed makes the finding of a check that did not pass. Its note is part of why.
func (c Check) failed(why string) finding {
	c.Passed = false
	if c.Note != "" {
		why += "; " + c.Note
	}
	return finding{Check: c, why: why}
}

// Judge answers one integration's question about one conversion. It makes every
// check in a fixed order, after one has failed too, so that an owner sees all
// that stands in the way. Only where the kind is not sent there is nothing more
// to check. The reason is that of the first check that failed.
//
// Judge asks only what is known: ask Decidable first whether it is time.
func Judge(ask Ask, f Facts) Decision {
	visit := Attribute(ask.Model, f.Visits, f.At, ask.Site.LookbackDays)
	findings := []finding{judgeSwitch(ask), judgeKind(ask, f)}
	if ask.Rules != nil {
		findings = append(findings,
			judgeMetric(*ask.Rules, f, ask.Site),
			judgeTags(ask.Rules.Tags, f),
			judgeTraffic(*ask.Rules, ask.Model, visit))
		for _, need := range ask.Needs {
			findings = append(findings, judgeNeed(need))
		}
	}
	d := Decision{Verdict: Send, Reason: ReasonSent, Moment: f.Moment(), Visit: visit}
	for _, found := range findings {
		d.Checks = append(d.Checks, found.Check)
		if !found.Passed && d.Verdict == Send {
			d.Verdict, d.Reason = Skip, found.Reason
		}
	}
	d.Explanation = explain(findings, f)
	return d
}

// judgeSwitch checks that the integration is on (requirement R9).
func judgeSwitch(ask Ask) finding {
	c := Check{Name: CheckSwitch, Wanted: "switched on", Seen: "switched on", Passed: ask.Enabled}
	if c.Passed {
		return finding{Check: c}
	}
	c.Seen, c.Reason = "switched off", ReasonSwitchedOff
	return c.failed("the integration is switched off")
}

// judgeKind checks that the integration sends conversions of this kind at all.
func judgeKind(ask Ask, f Facts) finding {
	noun := string(f.Kind) + "s"
	c := Check{Name: CheckKind, Wanted: noun + " are sent", Seen: "rules for " + noun, Passed: ask.Rules != nil}
	if c.Passed {
		return finding{Check: c}
	}
	c.Seen, c.Reason = "no rules for "+noun, ReasonKindOff
	return c.failed("the integration does not send " + noun)
}

// judgeNeed takes over what the destination itself checked.
func judgeNeed(c Check) finding {
	if c.Passed {
		return finding{Check: c}
	}
	c.Reason = cmp.Or(c.Reason, ReasonDestination)
	return c.failed("the destination needs " + c.Wanted + "; seen: " + c.Seen)
}
