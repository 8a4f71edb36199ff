package decision_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/decision/decisiontest"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/visitors"
)

// session is the caller's visit to the web site. It began an hour and a half before
// the call.
var session = visitors.Session{
	ID: "ses_1", SiteID: "site_1", VisitorID: "sample-visitor-0001", StartedAt: decisiontest.Noon.Add(-90 * time.Minute),
	Traffic: conversion.Traffic{
		Source: "google", Medium: "cpc", Campaign: "spring",
		LandingPage: "https://shop.example.com/?utm_source=google&utm_medium=cpc", Referrer: "https://www.google.com/",
	},
}

// rang is the start of a call for which the phone system reports the two numbers alone.
func rang() conversion.CallEvent {
	return conversion.CallEvent{
		ID: "e1", Type: conversion.EventStarted, At: decisiontest.Noon, Caller: "+12025550123", TrackingNumber: "+12025550143",
	}
}

// byNumber is the event that Ringback adds if a session held the number that was called.
func byNumber(sessionID string) conversion.CallEvent {
	return conversion.CallEvent{
		ID: conversion.NumberEventID, Type: conversion.EventLinked, At: decisiontest.Noon, SessionID: sessionID, TrackingNumber: "+12025550143",
		Number: &conversion.NumberMatch{NumberID: "num_1", PoolID: "pool_1", AssignmentID: "asg_1", Certainty: conversion.NumberHeld, Candidates: 1},
	}
}

// visitOf returns a session as attribution uses it.
func visitOf(s visitors.Session) conversion.Visit {
	return conversion.Visit{ID: s.ID, SessionID: s.ID, At: s.StartedAt, Traffic: s.Traffic, VisitorIDs: s.VisitorIDs}
}

// onSite returns a call by a visitor of the web site, with the ids in the visitor's cookies.
func onSite(ids map[string]string, events []conversion.CallEvent, integrations ...integrations.Integration) *decision.Case {
	c := decisiontest.Call(events, integrations...)
	c.Conversion.SessionID, c.Session, c.VisitorIDs = session.ID, &session, ids
	w := caseOf(c)
	w.Visits = []conversion.Visit{visitOf(session)}
	return w
}

func TestR3_CallToAPoolsNumberCarriesTheVisitorsID(t *testing.T) {
	t.Parallel()
	paid := decisiontest.Integration("int_1", conversion.MetricTarget)
	paid.Settings.Calls.Traffic = &conversion.Condition{Field: "medium", Operator: conversion.OpEquals, Values: []string{"cpc"}}
	w := onSite(map[string]string{"place": "from-the-cookie"}, []conversion.CallEvent{rang(), byNumber("ses_1"), decisiontest.Ended(45)}, paid)
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1)

	event := decided.Deliveries[0].Event
	require.Equal(t, "from-the-cookie", event.VisitorIDs["place"])
	require.Equal(t, "ses_1", event.SessionID)
	require.Equal(t, "spring", event.Visit.Traffic.Campaign)
	require.Equal(t, session.Traffic.LandingPage, event.PageURL, "nothing nearer to the call is known")
	require.Equal(t, "https://www.google.com/", event.Referrer)
}

func TestM10_CallToAPoolsNumberIsDecidedAtItsStart(t *testing.T) {
	t.Parallel()
	paid, free := decisiontest.Integration("int_paid", conversion.MetricAll), decisiontest.Integration("int_free", conversion.MetricAll)
	paid.Settings.Calls.Traffic = &conversion.Condition{Field: "medium", Operator: conversion.OpEquals, Values: []string{"cpc"}}
	free.Settings.Calls.Traffic = &conversion.Condition{Field: "medium", Operator: conversion.OpEquals, Values: []string{"organic"}}
	w := onSite(map[string]string{"place": "from-the-cookie"}, []conversion.CallEvent{rang(), byNumber("ses_1")}, paid, free)
	decided := early(w)
	require.Len(t, decided.Deliveries, 1, "the visit is known, so is the visitor")
	require.Equal(t, "int_paid", decided.Deliveries[0].IntegrationID)
	require.Len(t, decided.Decisions, 2)
	require.Equal(t, "int_free", decided.Decisions[1].IntegrationID)
	require.Equal(t, conversion.ReasonTraffic, decided.Decisions[1].Reason)
	require.Equal(t, conversion.AtStart, decided.Deliveries[0].Event.Moment)
	require.Equal(t, "from-the-cookie", decided.Deliveries[0].Event.VisitorIDs["place"])
}

func TestM10_CallToANumberOfItsOwnIsAttributedToWhatItStandsFor(t *testing.T) {
	t.Parallel()
	poster := conversion.CallEvent{
		ID: conversion.NumberEventID, Type: conversion.EventLinked, At: decisiontest.Noon,
		Traffic: &conversion.Traffic{Source: "poster", Medium: "offline"}, Tags: []string{"print"}, TagOrigin: conversion.TagByNumber,
		Number: &conversion.NumberMatch{NumberID: "num_2"},
	}
	fits := decisiontest.Integration("int_1", conversion.MetricAll)
	fits.Settings.Calls.Tags = conversion.TagFilter{Any: []string{"print"}}
	fits.Settings.Calls.Traffic = &conversion.Condition{Field: "source", Operator: conversion.OpEquals, Values: []string{"poster"}}
	known := rang()
	known.VisitorIDs = map[string]string{"place": "from-the-phone-system"}
	w := caseOf(decisiontest.Call([]conversion.CallEvent{known, poster, decisiontest.Ended(45)}, fits))
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1)
	require.Equal(t, "poster", decided.Deliveries[0].Event.Visit.Traffic.Source)
}

func TestR1_AnIDThatAppearsLateCountsUntilTheDecision(t *testing.T) {
	t.Parallel()
	w := onSite(nil, []conversion.CallEvent{rang(), byNumber("ses_1")}, decisiontest.Integration("int_1", conversion.MetricAll))
	require.Empty(t, early(w).Decisions, "the cookie may still be set")

	w.VisitorIDs = map[string]string{"place": "set-during-the-call"}
	w.Events = decisiontest.Call([]conversion.CallEvent{rang(), byNumber("ses_1"), decisiontest.Ended(45)}).Events
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1)
	require.Equal(t, "set-during-the-call", decided.Deliveries[0].Event.VisitorIDs["place"])
}

func TestG5_AnIDThatAppearsAfterTheDecisionChangesNothing(t *testing.T) {
	t.Parallel()
	w := onSite(nil, []conversion.CallEvent{rang(), byNumber("ses_1"), decisiontest.Ended(45)}, decisiontest.Integration("int_1", conversion.MetricAll))
	first := decide(w, conversion.AtEnd)
	require.Equal(t, conversion.ReasonNoVisitorID, first.Decisions[0].Reason)
	w.Decisions, w.Conversion.DecidedAt = first.Decisions, new(decisiontest.Noon)
	w.VisitorIDs = map[string]string{"place": "too-late"}
	require.Empty(t, decide(w, conversion.AtEnd).Decisions)
	require.Empty(t, early(w).Decisions)
}

func TestReportedVisitorIDWinsOverThatOfTheSession(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ own, cookie, want string }{
		"its own":                        {"from-the-phone-system", "from-the-cookie", "from-the-phone-system"},
		"the session's where it lacks":   {"", "from-the-cookie", "from-the-cookie"},
		"one that is nobody's gives way": {"undefined", "from-the-cookie", "from-the-cookie"},
		"better than nothing":            {"undefined", "", "undefined"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := rang()
			call.VisitorIDs = map[string]string{"place": c.own, "other": "own"}
			w := onSite(map[string]string{"place": c.cookie, "third": "cookie"}, []conversion.CallEvent{call, byNumber("ses_1"), decisiontest.Ended(45)},
				decisiontest.Integration("int_1", conversion.MetricAll))
			decided := decide(w, conversion.AtEnd)
			require.Equal(t, map[string]string{"place": c.want, "other": "own", "third": "cookie"}, decided.Deliveries[0].Event.VisitorIDs)
			require.Equal(t, map[string]string{"place": c.cookie, "third": "cookie"}, w.VisitorIDs, "what was read stays as it is")
		})
	}
}

func TestR3_TheIDOfAnEarlierVisitFillsInWhatThisOneLacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		own, cookie, person, want string
		filled                    []string
	}{
		"the call's own first":                {"own", "cookie", "person", "own", nil},
		"then the session's":                  {"", "cookie", "person", "cookie", nil},
		"then the person's":                   {"", "", "person", "person", []string{"place"}},
		"one that is nobody's gives way":      {"undefined", "", "person", "person", []string{"place"}},
		"the session's before the person's":   {"undefined", "cookie", "person", "cookie", nil},
		"nobody's is better than none at all": {"undefined", "", "", "undefined", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := rang()
			call.VisitorIDs = map[string]string{"place": c.own}
			w := onSite(map[string]string{"place": c.cookie}, []conversion.CallEvent{call, byNumber("ses_1"), decisiontest.Ended(45)},
				decisiontest.Integration("int_1", conversion.MetricAll))
			w.PersonIDs = map[string]string{}
			if c.person != "" {
				w.PersonIDs["place"] = c.person
			}
			decided := decide(w, conversion.AtEnd)
			event := decided.Deliveries[0].Event
			require.Equal(t, c.want, event.VisitorIDs["place"])
			require.Equal(t, c.filled, event.PersonIDs)
		})
	}
}

func TestR3_LeadOfAKnownPersonHasTheIDOfAnEarlierVisit(t *testing.T) {
	t.Parallel()
	c := decisiontest.Call(nil, decisiontest.Integration("int_1", conversion.MetricAll))
	c.Conversion.Kind, c.PersonIDs = conversion.KindLead, map[string]string{"place": "of-the-person"}
	c.Events = []models.EventRow{{Seq: 1, Type: "lead", Lead: &conversion.Lead{At: decisiontest.Noon, Email: "sample@example.com"}}}
	w := caseOf(c)
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1)
	require.Equal(t, "of-the-person", decided.Deliveries[0].Event.VisitorIDs["place"])
	require.Equal(t, []string{"place"}, decided.Deliveries[0].Event.PersonIDs)
}

// The same person may have come from quite another visit. The id of an earlier visit
// says nothing about this call, and no decision before the end uses it.
func TestR3_TheIDOfAnEarlierVisitWaitsForTheEnd(t *testing.T) {
	t.Parallel()
	w := onSite(nil, []conversion.CallEvent{rang(), byNumber("ses_1")}, decisiontest.Integration("int_1", conversion.MetricAll))
	w.PersonIDs = map[string]string{"place": "of-the-person"}
	require.Empty(t, early(w).Decisions, "the visitor's cookie may still be read")
}

func TestR3_LeadFromAFormCarriesTheVisitorsID(t *testing.T) {
	t.Parallel()
	c := decisiontest.Call(nil, decisiontest.Integration("int_1", conversion.MetricAll))
	c.Conversion.Kind, c.Conversion.SessionID = conversion.KindLead, session.ID
	c.Session, c.VisitorIDs = &session, map[string]string{"place": "from-the-cookie"}
	c.Events = []models.EventRow{{Seq: 1, Type: "lead", Lead: &conversion.Lead{
		At: decisiontest.Noon, Email: "sample@example.com", SessionID: session.ID, PageURL: "https://shop.example.com/contact",
	}}}
	w := caseOf(c)
	w.Visits = []conversion.Visit{visitOf(session)}
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1)
	event := decided.Deliveries[0].Event
	require.Equal(t, "from-the-cookie", event.VisitorIDs["place"], "the cookie was set after the form was sent")
	require.Equal(t, "https://shop.example.com/contact", event.PageURL, "the form's own page")
	require.Equal(t, "https://www.google.com/", event.Referrer)
	require.Equal(t, "cpc", event.Visit.Traffic.Medium)
	require.Empty(t, c.Events[0].Lead.VisitorIDs, "the lead stays as it was reported")
}

func TestR8_ModelsPickAmongSessions(t *testing.T) {
	t.Parallel()
	at := func(id string, ago time.Duration, traffic conversion.Traffic) conversion.Visit {
		return conversion.Visit{ID: id, SessionID: id, At: decisiontest.Noon.Add(-ago), Traffic: traffic}
	}
	history := []conversion.Visit{
		at("ses_1", time.Hour, conversion.Traffic{}),
		at("ses_newsletter", 24*time.Hour, conversion.Traffic{Source: "newsletter", Medium: "email"}),
		at("ses_ad", 48*time.Hour, conversion.Traffic{Source: "google", Medium: "cpc"}),
		at("ses_bookmark", 72*time.Hour, conversion.Traffic{}),
		at("ses_old", 91*24*time.Hour, conversion.Traffic{Source: "bing", Medium: "organic"}),
	}
	for model, want := range map[conversion.AttributionModel]string{
		conversion.LastNonDirect: "ses_newsletter", conversion.LastVisit: "ses_1",
		conversion.FirstVisit: "ses_bookmark", conversion.FirstNonDirect: "ses_ad",
	} {
		t.Run(string(model), func(t *testing.T) {
			t.Parallel()
			i := decisiontest.Integration("int_1", conversion.MetricAll)
			i.Settings.AttributionModel = model
			w := onSite(map[string]string{"place": "v-1"}, []conversion.CallEvent{rang(), byNumber("ses_1"), decisiontest.Ended(45)}, i)
			w.Visits = history
			decided := decide(w, conversion.AtEnd)
			require.Equal(t, want, decided.Deliveries[0].Event.Visit.SessionID)
		})
	}
}
