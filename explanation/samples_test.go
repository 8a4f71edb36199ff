package explanation_test

import (
	"time"

	"ringback/conversion"
)

// The sample call starts here and ends two minutes later.
var (
	started = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	ended   = started.Add(2 * time.Minute)
)

const caller = "+12025550123"

var site = conversion.SiteRules{TargetCallSeconds: 30, UniquenessDays: 30, LookbackDays: 90}

// asking is a switched-on integration with these rules.
func asking(rules conversion.Rules) conversion.Criteria {
	return conversion.Criteria{Enabled: true, Rules: &rules, Model: conversion.LastNonDirect, Site: site}
}

// metrics are rules that ask for these metrics only.
func metrics(m ...conversion.Metric) conversion.Rules { return conversion.Rules{Metrics: m} }

// answered are the facts of a call that ended after talking this many seconds.
func answered(seconds int) conversion.Facts {
	return conversion.Facts{
		Kind: conversion.KindCall, At: started, Person: caller, PersonBy: conversion.PersonByPhone,
		Ended: true, EndedAt: ended, Answered: true, Outcome: conversion.OutcomeAnswered,
		Talk: time.Duration(seconds) * time.Second, SessionKnown: true,
	}
}

// unanswered are the facts of a call that ended with this outcome.
func unanswered(outcome conversion.Outcome) conversion.Facts {
	f := answered(0)
	f.Answered, f.Outcome = false, outcome
	return f
}

// ringing are the facts of a call that has only started.
func ringing() conversion.Facts {
	return conversion.Facts{
		Kind: conversion.KindCall, At: started, Person: caller, PersonBy: conversion.PersonByPhone,
		SessionKnown: true, TalkUnknown: true,
	}
}

// closed are the facts of a call that never reported its end.
func closed() conversion.Facts {
	f := ringing()
	f.Incomplete = true
	return f
}

// cancelled are the facts of a call that an operator cancelled before its end.
func cancelled() conversion.Facts {
	f := closed()
	f.Cancelled = true
	return f
}

// arrived are the facts of a lead of this e-mail address.
func arrived(email string) conversion.Facts {
	return conversion.Lead{At: started, Email: email, SessionID: "session-1"}.Facts(nil, conversion.Earlier{})
}

// tagged returns the facts these tags, put on by hand a minute before the end.
func tagged(f conversion.Facts, labels ...string) conversion.Facts {
	for _, label := range labels {
		f.Tags = append(f.Tags, conversion.Tag{Label: label, Origin: conversion.TagByHand, At: ended.Add(-time.Minute)})
	}
	return f
}

// visited returns the facts a visit an hour before.
func visited(f conversion.Facts, t conversion.Traffic) conversion.Facts {
	f.Visits = append(f.Visits, conversion.Visit{ID: "visit-1", At: started.Add(-time.Hour), Traffic: t})
	return f
}

// leaf makes one comparison.
func leaf(field string, op conversion.Operator, values ...string) conversion.Condition {
	return conversion.Condition{Field: field, Operator: op, Values: values}
}

// group combines conditions.
func group(match conversion.Match, parts ...conversion.Condition) conversion.Condition {
	return conversion.Condition{Match: match, Conditions: parts}
}
