package conversion_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
)

func TestR5_ATrafficFilterWaitsForTheVisitOfThisCall(t *testing.T) {
	t.Parallel()
	paid := metrics(conversion.MetricAll)
	paid.Traffic = new(leaf("medium", conversion.OpEquals, "cpc"))
	filtered, unfiltered := asking(paid), asking(metrics(conversion.MetricAll))
	noVisitor := []conversion.Wait{{For: conversion.WaitForVisitor, Why: conversion.WaitVisitorUnknown}}
	noVisit := []conversion.Wait{{For: conversion.WaitForVisit, Why: conversion.WaitTraffic}}

	visit := func(change func(*conversion.Visit)) []conversion.Visit {
		v := conversion.Visit{ID: "visit-1", At: started.AddDate(0, 0, -30), Traffic: conversion.Traffic{Medium: "cpc"}}
		change(&v)
		return []conversion.Visit{v}
	}
	person := visit(func(*conversion.Visit) {})
	ofSession := visit(func(v *conversion.Visit) { v.SessionID = "session-1" })
	ofVisitor := visit(func(v *conversion.Visit) { v.VisitorIDs = map[string]string{"rtbhouse": "r-1"} })
	ofNobody := visit(func(v *conversion.Visit) { v.VisitorIDs = map[string]string{"rtbhouse": "unknown"} })
	ofOther := visit(func(v *conversion.Visit) { v.VisitorIDs = map[string]string{"bizible": "r-1"} })
	forgotten := visit(func(v *conversion.Visit) { v.SessionID, v.At = "session-1", started.AddDate(0, 0, -91) })
	later := visit(func(v *conversion.Visit) { v.SessionID, v.At = "session-1", started.Add(time.Second) })

	nothing, session := conversion.CallEvent{}, conversion.CallEvent{SessionID: "session-1"}
	visitor := conversion.CallEvent{VisitorIDs: map[string]string{"rtbhouse": "r-1"}}
	unknown := conversion.CallEvent{VisitorIDs: map[string]string{"rtbhouse": "unknown"}}
	both := conversion.CallEvent{SessionID: "session-1", VisitorIDs: unknown.VisitorIDs}
	inline := conversion.CallEvent{Traffic: &conversion.Traffic{Source: "(direct)"}}

	for name, tc := range map[string]struct {
		criteria conversion.Criteria
		start    conversion.CallEvent
		visits   []conversion.Visit
		waits    []conversion.Wait // nil if it can be judged now
	}{
		"the person's old visit alone":         {filtered, nothing, person, noVisitor},
		"the same, no filter":                  {unfiltered, nothing, person, noVisitor},
		"session, its visit known":             {filtered, session, ofSession, nil},
		"session, only the person's visit":     {filtered, session, person, noVisit},
		"session, its visit over the lookback": {filtered, session, forgotten, noVisit},
		"session, its visit after the start":   {filtered, session, later, noVisit},
		"session, no filter":                   {unfiltered, session, nil, nil},
		"visitor id, its visit known":          {filtered, visitor, ofVisitor, nil},
		"visitor id, another system's visit":   {filtered, visitor, ofOther, noVisit},
		"visitor id, only the person's visit":  {filtered, visitor, person, noVisit},
		"visitor id, no filter":                {unfiltered, visitor, nil, nil},
		"nobody's id, nobody's visit":          {filtered, unknown, ofNobody, noVisitor},
		"nobody's id, no filter":               {unfiltered, unknown, nil, noVisitor},
		"session, nobody's visit":              {filtered, both, ofNobody, noVisit},
		"inline traffic":                       {filtered, inline, person, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.start.ID, tc.start.Type, tc.start.At, tc.start.Caller = "1", conversion.EventStarted, started, caller
			facts := conversion.FoldCall([]conversion.CallEvent{tc.start}).Facts(tc.visits, conversion.Earlier{})
			now, waits := conversion.Decidable(tc.criteria, facts)
			require.Equal(t, tc.waits == nil, now)
			require.Equal(t, tc.waits, waits)
			facts.Ended = true
			now, _ = conversion.Decidable(tc.criteria, facts)
			require.True(t, now, "the end brings it at the latest")
		})
	}
}

// pastVisit is a visit of the store, and whether it was of the caller's number.
type pastVisit struct {
	conversion.Visit
	ofPerson bool
}

func somePastVisit(t *rapid.T) pastVisit {
	v := pastVisit{Visit: someVisit(t), ofPerson: rapid.Bool().Draw(t, "of the person")}
	v.At = v.At.AddDate(0, 0, -rapid.SampledFrom([]int{0, 1, 30, 89, 91, 200}).Draw(t, "days ago"))
	v.SessionID = rapid.SampledFrom([]string{"", "session-1", "session-2"}).Draw(t, "visit's session")
	v.VisitorIDs = map[string]string{"rtbhouse": rapid.SampledFrom([]string{"", "unknown", "r-1", "r-2"}).Draw(t, "visit's visitor")}
	return v
}

// stored returns what the store finds for a call: visits of its session, its
// visitor or its caller.
func stored(call conversion.Call, past []pastVisit) []conversion.Visit {
	var found []conversion.Visit
	for _, v := range past {
		id := call.VisitorIDs["rtbhouse"]
		if v.ofPerson && call.Caller != "" || call.SessionID != "" && v.SessionID == call.SessionID || id != "" && v.VisitorIDs["rtbhouse"] == id {
			found = append(found, v.Visit)
		}
	}
	return found
}

// someLink draws what ties a call to a visit: any of session, visitor id and traffic.
func someLink(t *rapid.T) conversion.CallEvent {
	return conversion.CallEvent{
		ID: "link", Type: conversion.EventLinked, At: aMoment(t),
		SessionID:  rapid.SampledFrom([]string{"", "session-1"}).Draw(t, "linked session"),
		VisitorIDs: map[string]string{"rtbhouse": rapid.SampledFrom([]string{"", "unknown", "r-1"}).Draw(t, "linked visitor")},
		Traffic:    someTraffic(t),
	}
}

// A repeat caller has old visits. Whatever is decided during the call is what
// its end would decide, though the visit is linked only later, and the caller is
// named only later where the rules do not ask for traffic. The visit becomes
// known once: from the history, or by one report.
func TestR5_EarlyAndLateDecisionsAgreeForRepeatCallers(t *testing.T) {
	t.Parallel()
	decidedOn := map[conversion.EventType]int{}
	rapid.Check(t, func(t *rapid.T) {
		past := rapid.SliceOfN(rapid.Custom(somePastVisit), 1, 4).Draw(t, "past visits")
		rules := someRules(t)
		rules.Metrics, rules.Tags = rules.Metrics[:1], conversion.TagFilter{}
		criteria, earlier := someAsk(t, rules), someEarlier(t)

		start := conversion.CallEvent{ID: "start", Type: conversion.EventStarted, At: started, Caller: caller}
		link := someLink(t)
		switch rapid.SampledFrom([]string{"the visit", "who came", "nothing"}).Draw(t, "the start knows") {
		case "the visit":
			start.SessionID, start.VisitorIDs, start.Traffic = link.SessionID, link.VisitorIDs, link.Traffic
			link.SessionID, link.VisitorIDs, link.Traffic = "", nil, nil
		case "who came": // and the history has no visit of theirs yet
			start.SessionID, start.VisitorIDs = link.SessionID, link.VisitorIDs
			past = slices.DeleteFunc(past, func(v pastVisit) bool {
				return v.SessionID == "session-1" || v.VisitorIDs["rtbhouse"] == "r-1"
			})
		}
		if rules.Traffic == nil && rapid.Bool().Draw(t, "the caller is named later") {
			start.Caller, start.Anonymous, link.Caller = "", rapid.Bool().Draw(t, "withheld at first"), caller
		}
		rest := someContinuation(t)
		events := slices.Insert(rest, rapid.IntRange(0, len(rest)-1).Draw(t, "link comes"), link)
		events = slices.Insert(events, 0, start)

		facts := func(events []conversion.CallEvent) conversion.Facts {
			call := conversion.FoldCall(events)
			if call.Caller == "" {
				return call.Facts(stored(call, past), conversion.Earlier{})
			}
			return call.Facts(stored(call, past), earlier)
		}
		late := conversion.Judge(criteria, facts(events))
		for n := 1; n < len(events); n++ {
			so := facts(events[:n])
			if now, _ := conversion.Decidable(criteria, so); !now {
				continue
			}
			decidedOn[events[n-1].Type]++
			early := conversion.Judge(criteria, so)
			require.Equal(t, late.Verdict, early.Verdict)
			require.Equal(t, late.Reason, early.Reason)
			if rules.Traffic != nil {
				require.Equal(t, late.Visit, early.Visit)
			}
		}
	})
	require.Positive(t, decidedOn[conversion.EventStarted], "decided at the start")
	require.Positive(t, decidedOn[conversion.EventLinked], "decided when the visit was linked")
}
