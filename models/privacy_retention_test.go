package models_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/websites"
	"ringback/test/statements"
)

// decideNothing makes a conversion one that is decided, for nobody.
func decideNothing(t *testing.T, s *models.Store, conversionID string) {
	t.Helper()
	_, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: conversionID, Moment: conversion.AtEnd, Final: true})
	require.NoError(t, err)
}

// keeps sets for how many days the shop keeps visits.
func (sh shop) keeps(t *testing.T, days int) {
	t.Helper()
	_, err := sh.s.UpdateSite(t.Context(), modeltest.ActorOf(sh.site), sh.site.ID, func(x *websites.Site) error { x.Script.KeepDays = days; return nil })
	require.NoError(t, err)
}

func (sh shop) pruned(t *testing.T) int {
	t.Helper()
	n, err := sh.s.PruneVisits(t.Context(), 100, modeltest.NewProgress())
	require.NoError(t, err)
	return n
}

func TestOldVisitsAreDeletedAfterTheDaysOfTheirSite(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(t, dsn, clock)
		sh := shopWith(t, s, 5)
		w, long, db := web{s: s, plan: sh.plan(t)}, webOf(t, s), modeltest.SQL(t, dsn)
		_, err := s.UpdateSite(t.Context(), modeltest.ActorOf(w.plan.Site), w.plan.Site.ID, func(x *websites.Site) error { x.Script.KeepDays = 30; return nil })
		require.NoError(t, err)

		day := 24 * time.Hour
		for n := range 4 { // visitor 0 and 1 only then, 2 and 3 again later
			a := view(visitor(n), fmt.Sprint("old-", n), modeltest.Start.Add(time.Duration(n)*time.Second), home)
			a.VisitorIDs, a.WantsNumbers = map[string]string{"rtbhouse": fmt.Sprint("r-", n)}, true
			w.sees(t, a)
			lead := w.sends(t, view(visitor(n), fmt.Sprint("lead-", n), modeltest.Start.Add(time.Minute), home), conversion.Lead{Phone: fmt.Sprintf("+120255501%02d", n)})
			decideNothing(t, s, lead.ID)
		}
		long.sees(t, view(visitor(0), "old", modeltest.Start, home))
		for n := 2; n < 4; n++ {
			w.sees(t, view(visitor(n), fmt.Sprint("new-", n), modeltest.Start.Add(10*day), home))
		}
		progress := modeltest.NewProgress()
		prune := func(limit int) int {
			n, err := s.PruneVisits(t.Context(), limit, progress)
			require.NoError(t, err)
			return n
		}
		clock.Advance(30 * day)
		require.Zero(t, prune(100), "none is older yet")
		clock.Advance(time.Hour)
		require.Equal(t, []int{4, 0}, []int{prune(3), prune(3)})
		require.Equal(t, 4, progress.Rows["visits"])
		require.Equal(t, map[string]time.Duration{"visits": 0}, progress.Lag, "nothing is left")

		require.Len(t, w.sessions(t, ""), 2)
		require.Len(t, long.sessions(t, ""), 1)
		require.Empty(t, tablesWith(t, db, "old-1"))
		require.Empty(t, sh.assignments(t, tracking.AssignmentFilter{}))
		require.Equal(t, []string{"events"}, tablesWith(t, db, visitor(1)))
		require.NotContains(t, tablesWith(t, db, "+12025550101"), "person_claims")
		require.Contains(t, tablesWith(t, db, "+12025550102"), "person_claims")
		require.Contains(t, tablesWith(t, db, visitor(2)), "visitor_ids")
		conversions, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: w.plan.Site.AccountID}, models.Page{})
		require.NoError(t, err)
		require.Len(t, conversions, 4, "calls and leads stay")
	})
}

// A pool may hold its numbers for longer than the site keeps visits, and a call
// may come when the visit behind it is about to be deleted.
func TestM10_OldVisitStaysWhileItsNumberMayBeCalledOrItsCallIsOpen(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		const day = 24 * time.Hour
		sh := shopWith(t, s, 1, func(p *tracking.Pool) { p.HoldMinutes = 7 * 24 * 60 })
		sh.keeps(t, 3)
		w := web{s: s, plan: sh.plan(t)}
		seen := w.isShown(t, visitor(1), clock.Now())
		clock.Advance(8*day - time.Minute) // a week, and a day to call in
		require.Zero(t, sh.pruned(t))
		d := sh.call(t, "x", rings(seen.Numbers[0].Number, clock.Now()))
		require.Equal(t, seen.SessionID, d.Conversion.SessionID)

		clock.Advance(2 * time.Minute)
		require.Zero(t, sh.pruned(t), "the call is not decided yet")
		d = sh.call(t, "x", ended(clock.Now(), 45))
		c, err := s.Case(t.Context(), d.Conversion.ID)
		require.NoError(t, err)
		require.NotNil(t, c.Session)
		decideNothing(t, s, d.Conversion.ID)
		require.Equal(t, 1, sh.pruned(t))
	})
}

func TestTombstonesArePrunedWithOldVisits(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		const day = 24 * time.Hour
		sh := shopWith(t, s, 2)
		sh.keeps(t, 3)
		w := web{s: s, plan: sh.plan(t)}
		forget := func(n int) {
			w.isShown(t, visitor(n), clock.Now())
			clock.Advance(time.Minute)
			require.NoError(t, s.ForgetVisitor(t.Context(), sh.site.ID, visitor(n)))
		}
		forget(1)
		w.sees(t, view(visitor(2), "hit", clock.Now(), home))
		clock.Advance(3*day + time.Hour)
		forget(3)
		require.Equal(t, 1, sh.pruned(t))
		left := sh.assignments(t, tracking.AssignmentFilter{})
		require.Len(t, left, 1)
		require.Equal(t, clock.Now(), left[0].Until, "that of the last one, who may still call")
	})
}

// TestM10_OldVisitsAreErasedByOneProcessAtATime checks that processes which prune at once
// erase every old session, and that each session is counted by the one that erased it.
func TestM10_OldVisitsAreErasedByOneProcessAtATime(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		const sessions, processes = 12, 4
		sh := shopWith(t, s, 0)
		sh.keeps(t, 3)
		w := web{s: s, plan: sh.plan(t)}
		for n := range sessions {
			w.sees(t, view(visitor(n), fmt.Sprint("hit-", n), clock.Now(), home))
		}
		clock.Advance(30 * 24 * time.Hour)
		type result struct {
			pruned int
			err    error
		}
		results := make(chan result, processes+1)
		prune := func() {
			n, err := s.PruneVisits(t.Context(), 2, modeltest.NewProgress())
			results <- result{n, err}
		}
		var running sync.WaitGroup
		for range processes {
			running.Go(prune)
		}
		running.Wait()
		prune() // what is left if all gave way to one that had ended
		pruned := 0
		for range processes + 1 {
			r := <-results
			require.NoError(t, r.err)
			pruned += r.pruned
		}
		require.Equal(t, sessions, pruned)
		require.Empty(t, w.sessions(t, ""))
	})
}

// Most sites have nothing to erase, and there may be thousands of them.
func TestPruningAsksForAllSitesAtOnce(t *testing.T) {
	t.Parallel()
	proxy, dsn := statements.Start(t, modeltest.MigratedPostgres(t))
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	s := modeltest.Open(t, dsn, clock)
	w := webOf(t, s)
	const sites, days = 30, 100
	all := []websites.Site{w.plan.Site}
	for range sites {
		all = append(all, modeltest.Site(t, s))
	}
	for _, site := range all {
		_, err := s.UpdateSite(t.Context(), modeltest.ActorOf(site), site.ID, func(x *websites.Site) error { x.Script.KeepDays = days; return nil })
		require.NoError(t, err)
	}
	w.sees(t, view(visitor(1), "first", clock.Now(), fromAd))
	prune := func() (pruned, count int) {
		proxy.Take()
		pruned, err := s.PruneVisits(t.Context(), 500, modeltest.NewProgress())
		require.NoError(t, err)
		return pruned, len(proxy.Take())
	}
	pruned, few := prune()
	require.Zero(t, pruned)
	require.Less(t, few, sites)
	clock.Advance((days + 1) * 24 * time.Hour)
	pruned, _ = prune()
	require.Equal(t, 1, pruned)
}
