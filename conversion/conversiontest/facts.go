// Package conversiontest holds the sample calls, leads and rules of the tests about
// decisions. The tests of the rules and of the sentences about them use the same
// ones. It must not know what is decided about them.
package conversiontest

import (
	"time"

	"ringback/conversion"
)

// The sample call starts at Start and ends two minutes later.
var (
	Start = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	End   = Start.Add(2 * time.Minute)
)

// Caller is the number of the sample call's caller.
const Caller = "+12025550123"

// Answered returns the facts of a call that ended after talking for this many seconds.
func Answered(seconds int) conversion.Facts {
	f := Ringing()
	f.Ended, f.EndedAt, f.Answered, f.Outcome = true, End, true, conversion.OutcomeAnswered
	f.Talk, f.TalkUnknown = time.Duration(seconds)*time.Second, false
	return f
}

// Unanswered returns the facts of a call that ended with this outcome.
func Unanswered(outcome conversion.Outcome) conversion.Facts {
	f := Answered(0)
	f.Answered, f.Outcome = false, outcome
	return f
}

// Ringing returns the facts of a call that has only started.
func Ringing() conversion.Facts {
	return conversion.Facts{
		Kind: conversion.KindCall, At: Start, Person: Caller, PersonBy: conversion.PersonByPhone,
		SessionKnown: true, TalkUnknown: true,
	}
}

// Closed returns the facts of a call that never reported its end.
func Closed() conversion.Facts {
	f := Ringing()
	f.Incomplete = true
	return f
}

// Cancelled returns the facts of a call that an operator cancelled before its end.
func Cancelled() conversion.Facts {
	f := Closed()
	f.Cancelled = true
	return f
}

// Arrived returns the facts of a lead with this e-mail address.
func Arrived(email string) conversion.Facts {
	return conversion.Lead{At: Start, Email: email, SessionID: "session-1"}.Facts(nil, conversion.Earlier{})
}

// ArrivedAgain returns the facts of a lead whose person sent another one an hour before.
func ArrivedAgain(l conversion.Lead) conversion.Facts {
	l.At = Start
	return l.Facts(nil, conversion.Earlier{LastAt: Start.Add(-time.Hour)})
}

// Withheld returns the facts for a caller who withholds the number.
func Withheld(f conversion.Facts) conversion.Facts {
	f = Unknown(f)
	f.Anonymous = true
	return f
}

// Unknown returns the facts for a caller whose number was not reported.
func Unknown(f conversion.Facts) conversion.Facts {
	f.Person, f.PersonBy = "", ""
	return f
}

// CalledBefore adds earlier calls or leads of the same person: the last one and the last
// target call, each this long before. Zero means that there was none.
func CalledBefore(f conversion.Facts, last, target time.Duration) conversion.Facts {
	if last > 0 {
		f.Earlier.LastAt = Start.Add(-last)
	}
	if target > 0 {
		f.Earlier.LastTargetAt = Start.Add(-target)
	}
	return f
}

// Tagged adds these tags, put on by hand a minute before the end.
func Tagged(f conversion.Facts, labels ...string) conversion.Facts {
	for _, label := range labels {
		f.Tags = append(f.Tags, conversion.Tag{Label: label, Origin: conversion.TagByHand, At: End.Add(-time.Minute)})
	}
	return f
}

// Visited adds a visit an hour before.
func Visited(f conversion.Facts, t conversion.Traffic) conversion.Facts {
	f.Visits = append(f.Visits, conversion.Visit{ID: "visit-1", At: Start.Add(-time.Hour), Traffic: t})
	return f
}
