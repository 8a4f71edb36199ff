package decision

import (
	"slices"
	"time"

	"ringback/conversion"
	"ringback/models"
)

// StartGrace is how long a call that has reported its end waits for a start that
// the end has overtaken. Sources report both within a second or two.
const StartGrace = 10 * time.Second

// waits returns what a decision before the end of a call waits for. It is empty if
// the decision can be made now.
//
// A need of the destination that is not met is waited for too, since it may still be
// met during the call: the source may link a visitor id later.
func (j judgement) waits(f conversion.Facts) []conversion.Wait {
	if j.panicked != "" {
		return []conversion.Wait{{For: conversion.WaitForEnd, Why: conversion.WaitSettings}}
	}
	_, waits := conversion.Decidable(j.criteria, f)
	for _, need := range j.criteria.Needs {
		if wait := waitFor(need); !need.Passed && !slices.Contains(waits, wait) {
			waits = append(waits, wait)
		}
	}
	return waits
}

// waitFor returns what is waited for while a destination's check has not passed.
func waitFor(need conversion.Check) conversion.Wait {
	switch {
	case need.Code == conversion.CheckDestination || need.Code == conversion.CheckSettings:
		return conversion.Wait{For: conversion.WaitForEnd, Why: conversion.WaitSettings}
	case need.Reason == conversion.ReasonNoVisitorID:
		return conversion.Wait{For: conversion.WaitForVisitorID, Why: conversion.WaitDestination}
	default:
		return conversion.Wait{For: conversion.WaitForNeed, Why: conversion.WaitDestination}
	}
}

// afterEnd returns what the decisions on a call that has ended wait for, and until when.
func (d Decider) afterEnd(c Case) ([]conversion.Wait, *time.Time) {
	var waits []conversion.Wait
	var wait time.Duration
	if c.Call().StartedAt.IsZero() {
		waits = append(waits, conversion.Wait{For: conversion.WaitForStart, Why: conversion.WaitOvertaken})
		wait += StartGrace
	}
	if settle := d.Settle(c); settle > 0 {
		waits = append(waits, conversion.Wait{For: conversion.WaitForSource, Why: conversion.WaitLateData})
		wait += settle
	}
	if len(waits) == 0 {
		return ready(), nil
	}
	until := endReportedAt(c.Events).Add(wait)
	return waits, &until
}

// SettledAt returns until when the decision on a call that has ended waits for its start
// and for late data of its source. It is zero if the call goes on.
func (d Decider) SettledAt(c Case) time.Time {
	reported := endReportedAt(c.Events)
	if reported.IsZero() {
		return time.Time{}
	}
	if _, until := d.afterEnd(c); until != nil {
		return *until
	}
	return reported
}

// ready is the wait of a decision that is about to be made.
func ready() []conversion.Wait {
	return []conversion.Wait{{For: conversion.WaitForDecision, Why: conversion.WaitReady}}
}

// endReportedAt returns when the end of a call was accepted: the waits after the end
// count from then.
func endReportedAt(events []models.EventRow) time.Time {
	i := slices.IndexFunc(events, func(e models.EventRow) bool {
		return e.Call != nil && !e.Late && conversion.FoldCall([]conversion.CallEvent{*e.Call}).Ended()
	})
	if i < 0 {
		return time.Time{}
	}
	return events[i].ReceivedAt
}
