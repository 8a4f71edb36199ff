package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/websites"
)

// The documented sample: a click on an ad at 12:17 and a call at 13:05
// (docs/facts/marketo-measure.md).
var (
	adClick = modeltest.Start.Truncate(24 * time.Hour).Add(12*time.Hour + 17*time.Minute)
	rang    = adClick.Add(48 * time.Minute)
)

// bizible returns the visitor ids of a visitor with this cookie of Marketo Measure.
func bizible(id string) map[string]string { return map[string]string{"bizible": id} }

// comes stores a page view with third parties' ids, and returns its session.
func (w web) comes(t *testing.T, visitor string, at time.Time, url string, ids map[string]string) string {
	t.Helper()
	a := view(visitor, "hit-of-"+visitor+at.Format("-150405.000000"), at, url)
	a.VisitorIDs = ids
	return w.sees(t, a).SessionID
}

// rings stores events of a call and reads it back.
func (w web) rings(t *testing.T, externalID string, events ...conversion.CallEvent) models.Detail {
	t.Helper()
	return detail(t, w.s, w.plan.Site, accept(t, w.s, w.plan.Site, externalID, events...).ConversionID)
}

// calls is the start of a call that comes with visitor ids.
func calls(at time.Time, ids map[string]string, changes ...func(*conversion.CallEvent)) conversion.CallEvent {
	e := started(at)
	e.VisitorIDs = ids
	for _, change := range changes {
		change(&e)
	}
	return e
}

// byVisitor returns the event that Ringback added to a call for its visitor id,
// or nil if there is none.
func byVisitor(t *testing.T, d models.Detail) *conversion.CallEvent {
	t.Helper()
	return added(t, d, conversion.VisitorEventID)
}

func TestM4_AdClickAt1217AndCallAt1305(t *testing.T) {
	t.Parallel()
	const microsecond = time.Microsecond
	for name, c := range map[string]struct {
		lastActivity time.Time // the click on the ad if zero
		told         map[string]string
		at           time.Time
		merged       bool
	}{
		"nothing after the click":      {time.Time{}, bizible("b-1"), rang, false},
		"active until 12:40":           {adClick.Add(23 * time.Minute), bizible("b-1"), rang, true},
		"active until 12:35":           {adClick.Add(18 * time.Minute), bizible("b-1"), rang, true},
		"a microsecond less":           {adClick.Add(18*time.Minute - microsecond), bizible("b-1"), rang, false},
		"exactly half an hour after":   {time.Time{}, bizible("b-1"), adClick.Add(30 * time.Minute), true},
		"a microsecond more":           {time.Time{}, bizible("b-1"), adClick.Add(30*time.Minute + microsecond), false},
		"as the session began":         {time.Time{}, bizible("b-1"), adClick, true},
		"before the session began":     {time.Time{}, bizible("b-1"), adClick.Add(-microsecond), false},
		"while the session goes on":    {adClick.Add(20 * time.Minute), bizible("b-1"), adClick.Add(time.Minute), true},
		"another's id":                 {adClick.Add(23 * time.Minute), bizible("b-2"), rang, false},
		"the id of another system":     {adClick.Add(23 * time.Minute), map[string]string{"rtbhouse": "b-1"}, rang, false},
		"an id of nobody":              {adClick.Add(23 * time.Minute), bizible("unknown"), rang, false},
		"an id as its cookie holds it": {adClick.Add(23 * time.Minute), bizible(`%7B%22id%22%3A%22b-1%22%7D`), rang, true},
		"one id of two is the visitor": {adClick.Add(23 * time.Minute), map[string]string{"bizible": "b-1", "callrail": "c-1"}, rang, true},
		"the id of whichever system":   {adClick.Add(23 * time.Minute), map[string]string{"shop": "s-1"}, rang, true},
		"no id":                        {adClick.Add(23 * time.Minute), nil, rang, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
				w := webOf(t, s)
				ids := map[string]string{"bizible": "b-1", "shop": "s-1"}
				session := w.comes(t, visitor(1), adClick, fromAd, ids)
				if !c.lastActivity.IsZero() {
					w.comes(t, visitor(1), c.lastActivity, home, ids)
				}
				d := w.rings(t, "call", calls(c.at, c.told))
				if !c.merged {
					require.Empty(t, d.Conversion.SessionID)
					require.Nil(t, byVisitor(t, d))
					require.Len(t, d.Events, 1)
					return
				}
				require.Equal(t, session, d.Conversion.SessionID)
				require.Equal(t, session, d.Session.ID)
				require.Equal(t, c.at, byVisitor(t, d).At)
			})
		})
	}
}

func TestM4_CallNamesTheIDThatFoundItsVisit(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		first := w.comes(t, visitor(1), adClick, fromAd, bizible("b-1"))
		second := w.comes(t, visitor(1), adClick.Add(10*time.Minute), home+"?utm_source=bing&utm_medium=cpc", bizible("b-1"))
		require.NotEqual(t, first, second)
		d := w.rings(t, "x", calls(adClick.Add(22*time.Minute), bizible("b-1")))
		require.Equal(t, second, d.Conversion.SessionID, "of two the one that began last")
		require.Equal(t, conversion.CallEvent{
			ID: "ringback:visitor", Type: conversion.EventLinked, At: adClick.Add(22 * time.Minute), SessionID: second,
			Visitor: &conversion.VisitorMatch{System: "bizible", LastActivityAt: adClick.Add(10 * time.Minute), Candidates: 1},
		}, *byVisitor(t, d))
		history, err := models.VisitsOf(t.Context(), s, d.Conversion)
		require.NoError(t, err)
		require.Equal(t, second, history[0].SessionID)
		require.Equal(t, "bing", history[0].Traffic.Source)
	})
}

func TestM4_TheVisitIsTheOneInWhichTheIDWasSeen(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		seen := w.comes(t, visitor(1), adClick, fromAd, bizible("b-1"))
		other := w.comes(t, visitor(1), adClick.Add(time.Minute), home+"?utm_source=bing&utm_medium=cpc", map[string]string{"rtbhouse": "r-1"})
		require.NotEqual(t, seen, other)
		d := w.rings(t, "x", calls(adClick.Add(5*time.Minute), bizible("b-1")))
		require.Equal(t, seen, d.Conversion.SessionID)
		require.Equal(t, 1, byVisitor(t, d).Visitor.Candidates)
		d = w.rings(t, "y", calls(adClick.Add(5*time.Minute), map[string]string{"bizible": "b-1", "rtbhouse": "r-1"}))
		require.Equal(t, other, d.Conversion.SessionID)
		require.Equal(t, "rtbhouse", byVisitor(t, d).Visitor.System)
		require.False(t, byVisitor(t, d).Visitor.Ambiguous, "both are the same visitor's")
	})
}

func TestM4_TheIDAndTheStartMayComeLate(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		session := w.comes(t, visitor(1), adClick, fromAd, bizible("b-1"))
		require.Empty(t, w.rings(t, "x", calls(adClick.Add(time.Minute), nil), ended(adClick.Add(2*time.Minute), 45)).Conversion.SessionID)
		late := conversion.CallEvent{ID: "e3", Type: conversion.EventLinked, At: adClick.Add(3 * time.Minute), VisitorIDs: bizible("b-1")}
		d := w.rings(t, "x", late)
		require.Equal(t, session, d.Conversion.SessionID, "it came before the decision")
		require.Equal(t, adClick.Add(time.Minute), byVisitor(t, d).At)

		end := ended(adClick.Add(32*time.Minute), 60*10)
		end.VisitorIDs = bizible("b-1")
		require.Empty(t, w.rings(t, "y", end).Conversion.SessionID, "as far as is known")
		require.Equal(t, session, w.rings(t, "y", calls(adClick.Add(22*time.Minute), nil)).Conversion.SessionID)
		d = w.rings(t, "y", calls(adClick.Add(-time.Minute), nil, func(e *conversion.CallEvent) { e.ID = "e0" }))
		require.Empty(t, d.Conversion.SessionID, "it began before the visit")
		require.Nil(t, byVisitor(t, d))

		require.Empty(t, w.rings(t, "z", calls(adClick.Add(time.Minute), bizible("b-2"))).Conversion.SessionID)
		require.NoError(t, s.StoreVisitorIDs(t.Context(), w.plan.Site.ID, visitor(1), bizible("b-2"), adClick.Add(time.Minute)))
		require.Equal(t, session, w.rings(t, "z", ended(adClick.Add(2*time.Minute), 45)).Conversion.SessionID, "the cookie was set during the call")
	})
}

func TestG5_LateIDsFindNoVisit(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		w.comes(t, visitor(1), adClick, fromAd, bizible("b-1"))
		before := w.rings(t, "x", calls(adClick.Add(time.Minute), nil), ended(adClick.Add(2*time.Minute), 45))
		_, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: before.Conversion.ID, Moment: conversion.AtEnd, Final: true})
		require.NoError(t, err)
		decided := detail(t, s, w.plan.Site, before.Conversion.ID).Conversion
		after := w.rings(t, "x", conversion.CallEvent{ID: "late", Type: conversion.EventLinked, At: adClick.Add(time.Minute), VisitorIDs: bizible("b-1")})
		require.Equal(t, decided, after.Conversion)
		require.Nil(t, byVisitor(t, after))
	})
}

func TestM4_WhatIsSurerThanAnIDWins(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		w := web{s: s, plan: sh.plan(t)}
		at := clock.Now()
		shown := w.isShown(t, visitor(1), at)
		known := w.comes(t, visitor(2), at, fromAd, bizible("b-2"))
		own := sh.own(t, tracking.Number{Number: "+12025550143", Traffic: &conversion.Traffic{Source: "poster"}})
		ring := func(externalID, number, session string) models.Detail {
			return w.rings(t, externalID, calls(at.Add(time.Minute), bizible("b-2"), func(e *conversion.CallEvent) {
				e.TrackingNumber, e.SessionID = number, session
			}))
		}
		d := ring("number", shown.Numbers[0].Number, "")
		require.Equal(t, shown.SessionID, d.Conversion.SessionID)
		require.Nil(t, byVisitor(t, d))
		d = ring("named", "+12025550177", shown.SessionID)
		require.Equal(t, shown.SessionID, d.Conversion.SessionID)
		require.Nil(t, byVisitor(t, d))
		d = ring("named elsewhere", "+12025550177", "session-of-another-system")
		require.Equal(t, known, d.Conversion.SessionID, "that is no session of the web site")
		d = ring("own number", own.Number, "")
		require.Equal(t, known, d.Conversion.SessionID, "a number of its own says nothing of the visit")
		require.NotNil(t, numberEvent(t, d))
		require.Equal(t, "poster", d.Conversion.Traffic.Source)
		d = w.rings(t, "own number", calls(at, nil, func(e *conversion.CallEvent) { e.ID, e.TrackingNumber = "e0", shown.Numbers[0].Number }))
		require.Equal(t, shown.SessionID, d.Conversion.SessionID)
		require.Nil(t, byVisitor(t, d), "the number came later, and wins")
	})
}

func TestM4_CallerWhoseIDIsCertainIsTheVisitor(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		caller := w.by(func(c *models.Conversion) { c.Phone, c.At = modeltest.Caller, adClick.Add(48*time.Hour) })
		w.comes(t, visitor(1), adClick, fromAd, bizible("shared"))
		latest := w.comes(t, visitor(2), adClick.Add(time.Minute), fromAd, bizible("shared"))
		d := w.rings(t, "ambiguous", calls(adClick.Add(5*time.Minute), bizible("shared")))
		require.Equal(t, latest, d.Conversion.SessionID)
		require.True(t, byVisitor(t, d).Visitor.Ambiguous)
		require.Equal(t, 2, byVisitor(t, d).Visitor.Candidates)
		require.Empty(t, w.historyOf(t, caller))

		session := w.comes(t, visitor(3), adClick, fromAd, bizible("b-3"))
		w.rings(t, "certain", calls(adClick.Add(5*time.Minute), bizible("b-3")))
		require.Equal(t, []string{session}, w.historyOf(t, caller))
	})
}

func TestM4_IDOfVeryManyVisitorsMatchesNoVisit(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		for n := range 21 {
			w.comes(t, visitor(n), adClick, fromAd, bizible("shared"))
		}
		require.Empty(t, w.rings(t, "x", calls(adClick.Add(time.Minute), bizible("shared"))).Conversion.SessionID)
	})
}

func TestM4_LeadWithAnIDIsOfTheVisit(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		session := w.comes(t, visitor(1), adClick, fromAd, bizible("b-1"))
		lead := func(externalID string, at time.Time, session string) models.Detail {
			in := modeltest.Lead(w.plan.Site, externalID)
			in.Lead = conversion.Lead{At: at, Phone: modeltest.Caller, SessionID: session, VisitorIDs: bizible("b-1")}
			for range 2 { // the second time it is the same lead
				_, err := s.AcceptLead(t.Context(), in)
				require.NoError(t, err)
			}
			accepted, err := s.AcceptLead(t.Context(), in)
			require.NoError(t, err)
			return detail(t, s, w.plan.Site, accepted.ConversionID)
		}
		require.Empty(t, lead("too late", adClick.Add(30*time.Minute+time.Microsecond), "").Conversion.SessionID)
		require.Equal(t, "theirs", lead("their session", adClick, "theirs").Conversion.SessionID)
		caller := w.by(func(c *models.Conversion) { c.Phone, c.At = modeltest.Caller, adClick.Add(48*time.Hour) })
		require.Empty(t, w.historyOf(t, caller))

		d := lead("in time", adClick.Add(30*time.Minute), "")
		require.Equal(t, session, d.Conversion.SessionID)
		require.Equal(t, &conversion.VisitorMatch{System: "bizible", LastActivityAt: adClick, Candidates: 1}, d.Events[0].Lead.Visitor)
		require.Equal(t, []string{session}, w.historyOf(t, caller), "who wrote is the visitor")
	})
}

func TestM4_SessionMinutesOfTheSiteLimitTheMatch(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		_, err := s.UpdateSite(t.Context(), modeltest.ActorOf(w.plan.Site), w.plan.Site.ID, func(site *websites.Site) error {
			site.Script.SessionMinutes = 60
			return nil
		})
		require.NoError(t, err)
		session := w.comes(t, visitor(1), adClick, fromAd, bizible("b-1"))
		require.Equal(t, session, w.rings(t, "x", calls(adClick.Add(time.Hour), bizible("b-1"))).Conversion.SessionID)
		require.Empty(t, w.rings(t, "y", calls(adClick.Add(time.Hour+time.Microsecond), bizible("b-1"))).Conversion.SessionID)
	})
}
