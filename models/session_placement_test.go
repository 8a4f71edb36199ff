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
	"ringback/models/visitors"
	"ringback/visits"
)

func TestAnActivityThatWaitedBelongsToTheSessionOfItsTime(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		visitor, at := visitor(1), modeltest.Start
		first := w.sees(t, view(visitor, "1", at, fromAd))
		w.sees(t, view(visitor, "2", at.Add(10*time.Minute), home))
		second := w.sees(t, view(visitor, "3", at.Add(5*time.Hour), home))

		inTheFirst := w.sees(t, view(visitor, "4", at.Add(5*time.Minute), home+"?utm_source=bing&utm_medium=cpc"))
		require.Equal(t, models.ActivityResult{SessionID: first.SessionID}, inTheFirst)
		after := w.sees(t, view(visitor, "5", at.Add(20*time.Minute), home))
		require.Equal(t, models.ActivityResult{SessionID: first.SessionID}, after)
		between := w.sees(t, view(visitor, "6", at.Add(2*time.Hour), home))
		require.True(t, between.New)
		before := w.sees(t, view(visitor, "7", at.Add(-2*time.Hour), home))
		require.True(t, before.New)
		next := w.sees(t, view(visitor, "8", at.Add(5*time.Hour+time.Minute), home))
		require.Equal(t, models.ActivityResult{SessionID: second.SessionID}, next)

		of := map[string]visitors.Session{}
		for _, session := range w.sessions(t, visitor) {
			of[session.ID] = session
		}
		require.Len(t, of, 4)
		require.Equal(t, at.Add(20*time.Minute), of[first.SessionID].LastActivityAt)
		require.Equal(t, 4, of[first.SessionID].Views)
		require.Equal(t, at.Add(2*time.Hour), of[between.SessionID].LastActivityAt)
		require.Equal(t, at.Add(5*time.Hour+time.Minute), of[second.SessionID].LastActivityAt)
		require.Len(t, w.views(t, first.SessionID), 4)
	})
}

// The request of the first page was lost and is repeated after that of the second.
func TestTheAdThatBroughtAVisitorBeginsTheSessionThoughItComesLate(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		visitor, at := visitor(1), modeltest.Start
		second := w.sees(t, view(visitor, "2", at.Add(time.Minute), home))
		require.Equal(t, models.ActivityResult{SessionID: second.SessionID}, w.sees(t, view(visitor, "1", at, fromAd)))
		repeated := w.sees(t, view(visitor, "1", at.Add(-time.Second), fromAd))
		require.Equal(t, models.ActivityResult{SessionID: second.SessionID, Duplicate: true}, repeated)

		sessions := w.sessions(t, visitor)
		require.Len(t, sessions, 1)
		require.Equal(t, at, sessions[0].StartedAt)
		require.Equal(t, at.Add(time.Minute), sessions[0].LastActivityAt)
		require.Equal(t, "google", sessions[0].Traffic.Source)
		require.Equal(t, 2, sessions[0].Views)

		another := w.sees(t, view(visitor, "0", at.Add(-time.Minute), home+"?utm_source=bing&utm_medium=cpc"))
		require.True(t, another.New, "a session that an ad began had no other beginning")
		require.Len(t, w.sessions(t, visitor), 2)
	})
}

// The same without an ad: the first page was sent late, and the visitor came directly.
func TestADirectVisitThatWaitedBeginsTheDirectSessionAfterIt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		visitor, at := visitor(1), modeltest.Start
		second := w.sees(t, view(visitor, "2", at.Add(time.Minute), home+"second"))
		require.Equal(t, models.ActivityResult{SessionID: second.SessionID}, w.sees(t, view(visitor, "1", at, home)))
		sessions := w.sessions(t, visitor)
		require.Len(t, sessions, 1)
		require.Equal(t, []time.Time{at, at.Add(time.Minute)}, []time.Time{sessions[0].StartedAt, sessions[0].LastActivityAt})
		require.Equal(t, home, sessions[0].Traffic.LandingPage)

		longBefore := w.sees(t, view(visitor, "0", at.Add(-30*time.Minute-time.Second), home))
		require.True(t, longBefore.New)
		ad := w.sees(t, view(visitor, "ad", at.Add(2*time.Hour), fromAd))
		beforeTheAd := w.sees(t, view(visitor, "before the ad", at.Add(2*time.Hour-time.Minute), home))
		require.True(t, beforeTheAd.New, "the ad began its session")
		require.NotEqual(t, ad.SessionID, beforeTheAd.SessionID)
	})
}

func TestAnAdOfLongBeforeBeganASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		w.sees(t, view(visitor(1), "2", modeltest.Start.Add(30*time.Minute+time.Second), home))
		require.True(t, w.sees(t, view(visitor(1), "1", modeltest.Start, fromAd)).New)
		require.Len(t, w.sessions(t, visitor(1)), 2)
	})
}

// The first request of a browser takes long, so the second may have an earlier time.
func TestM10_TheNetworksDelayBeginsNoSession(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := web{s: s, plan: shopWith(t, s, 3).plan(t)}
		look := func(hit string, at time.Time, url string) models.ActivityResult {
			a := view(visitor(1), hit, at, url)
			a.WantsNumbers = true
			return w.sees(t, a)
		}
		first := look("1", modeltest.Start, fromAd)
		require.Len(t, first.Numbers, 1)
		second := look("2", modeltest.Start.Add(-300*time.Millisecond), home)
		require.Equal(t, models.ActivityResult{SessionID: first.SessionID, Numbers: first.Numbers}, second)
		require.Equal(t, models.ActivityResult{SessionID: first.SessionID, Numbers: first.Numbers}, look("3", modeltest.Start.Add(time.Second), home))
		session := w.sessions(t, "")
		require.Len(t, session, 1)
		require.Equal(t, modeltest.Start, session[0].StartedAt)
	})
}

// The page of the ad took longer to be reported than the page after it.
func TestM10_AnAdReportedAfterTheNextPageBeganTheSession(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		sh := shopWith(t, s, 1, func(p *tracking.Pool) {
			p.ShownTo = &conversion.Condition{Field: "source", Operator: conversion.OpEquals, Values: []string{"google"}}
		})
		w, at := web{s: s, plan: sh.plan(t)}, modeltest.Start
		look := func(hit string, at time.Time, url string) models.ActivityResult {
			a := view(visitor(1), hit, at, url)
			a.WantsNumbers = true
			if url == home {
				a.Hit.Referrer = fromAd // a page of the site
			}
			return w.sees(t, a)
		}
		next := look("next page", at, home)
		require.True(t, next.New)
		require.Empty(t, next.Numbers, "direct visitors are shown none of the ads' numbers")
		ad := look("ad", at.Add(15*time.Second), fromAd)
		require.Equal(t, models.ActivityResult{SessionID: next.SessionID, Numbers: ad.Numbers, Leased: ad.Leased}, ad)
		require.Len(t, ad.Numbers, 1, "the numbers are those for the ad")
		sessions := w.sessions(t, visitor(1))
		require.Len(t, sessions, 1)
		require.Equal(t, "google", sessions[0].Traffic.Source)
		require.Equal(t, visits.StartReason{Code: visits.StartSource, Source: "google", Medium: "cpc"}, sessions[0].StartedBecause)
		require.Equal(t, []time.Time{at, at.Add(15 * time.Second)}, []time.Time{sessions[0].StartedAt, sessions[0].LastActivityAt})

		another := look("another ad", at.Add(16*time.Second), home+"?utm_source=bing&utm_medium=cpc")
		require.True(t, another.New, "a session that an ad began had no other beginning")
		late := view(visitor(2), "next page of another", at, home)
		late.Hit.Referrer = fromAd
		w.sees(t, late)
		require.True(t, w.sees(t, view(visitor(2), "ad of later", at.Add(16*time.Second), fromAd)).New)
	})
}

// A direct session that is followed by an external referral ends, even within
// seconds (docs/facts/visits.md).
func TestAnAdClickedRightAfterADirectVisitStartsANewSession(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := web{s: s, plan: shopWith(t, s, 1).plan(t)}
		direct := w.sees(t, view(visitor(1), "direct", modeltest.Start, home))
		ad := w.sees(t, view(visitor(1), "ad", modeltest.Start.Add(2*time.Second), fromAd))
		require.True(t, ad.New)
		require.NotEqual(t, direct.SessionID, ad.SessionID)
	})
}
