package models_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
)

func TestM10_NoNumberIsShownToTwoOf200FirstVisitsAtOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		const visitors, numbers = 200, 150
		sh := shopWith(t, s, numbers)
		plan := sh.plan(t)
		for round := range 2 { // they all come back an hour later
			clock.Advance(time.Duration(round) * time.Hour)
			at := clock.Now()
			var shownTo sync.Map
			var dry atomic.Int64
			atOnce(t, visitors, func(i int) error {
				a := view(fmt.Sprintf("visitor-of-the-sample-%d", i), fmt.Sprintf("hit-%d-%d", round, i), at, home)
				a.WantsNumbers = true
				seen, err := s.RecordActivity(t.Context(), plan, a)
				switch {
				case err != nil:
					return err
				case len(seen.Numbers) != 1:
					return fmt.Errorf("shown %v", seen.Numbers)
				case len(seen.Exhausted) == 1 && seen.Numbers[0].Number == defaultNumber && seen.Numbers[0].NumberID == "":
					dry.Add(1)
				default:
					if other, twice := shownTo.LoadOrStore(seen.Numbers[0].Number, seen.SessionID); twice {
						return fmt.Errorf("%s is shown to %v and %s", seen.Numbers[0].Number, other, seen.SessionID)
					}
				}
				return nil
			})
			require.EqualValues(t, visitors-numbers, dry.Load())
			pool, err := s.Pool(t.Context(), sh.site.AccountID, sh.site.ID, sh.pool.ID)
			require.NoError(t, err)
			require.EqualValues(t, (round+1)*(visitors-numbers), pool.ExhaustedCount, "counted exactly")
			require.Equal(t, at, *pool.ExhaustedAt)
			use, err := s.PoolUse(t.Context(), sh.site.AccountID, sh.site.ID, at.Add(time.Minute))
			require.NoError(t, err)
			require.Equal(t, map[string]tracking.PoolUse{sh.pool.ID: {Numbers: numbers, Held: numbers}}, use)
		}
		require.Len(t, sh.assignments(t, tracking.AssignmentFilter{}), 2*numbers)
		sh.requireNoOverlap(t)
	})
}

// Sessions continue and others begin at the moment when leases end.
func TestM10_NumbersPassedOnConcurrentlyAreNeverShared(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		const visitors, views = 40, 8
		sh := shopWith(t, s, 12)
		plan := sh.plan(t)
		atOnce(t, visitors, func(i int) error {
			for view := range views {
				at := modeltest.Start.Add(time.Duration(view*31+i%3) * time.Minute)
				visit := sh.visit(fmt.Sprintf("visitor-%d", i), fmt.Sprintf("ses_%d_%d", i, view/3), at)
				if _, _, err := s.ShowNumbers(t.Context(), plan, visit, at); err != nil {
					return err
				}
			}
			return nil
		})
		require.NotEmpty(t, sh.assignments(t, tracking.AssignmentFilter{}))
		sh.requireNoOverlap(t)
	})
}

func TestM10_SessionKeepsItsNumberWhileItContinues(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		first := sh.visit("visitor-1", "ses_1", modeltest.Start)
		var last time.Time
		for _, minutes := range []int{0, 1, 29, 59, 60, 90} { // never more than 30 apart
			last = modeltest.Start.Add(time.Duration(minutes) * time.Minute)
			require.Equal(t, poolNumber(0), sh.number(t, first, last))
			for _, other := range []time.Duration{0, time.Minute, 30*time.Minute - time.Microsecond} {
				require.Equal(t, defaultNumber, sh.number(t, sh.visit("visitor-2", "ses_2", last), last.Add(other)))
			}
		}
		held := sh.assignments(t, tracking.AssignmentFilter{SessionID: "ses_1"})
		require.Len(t, held, 1, "one session, one assignment")
		require.Equal(t, modeltest.Start, held[0].From)
		require.False(t, held[0].Until.Before(last.Add(30*time.Minute)))
		require.False(t, held[0].Until.After(last.Add(31*time.Minute)))
		number := sh.stored(t, poolNumber(0))
		require.Equal(t, held[0].Until, *number.HeldUntil)
		require.Equal(t, "ses_1", number.HeldBy)

		require.Equal(t, poolNumber(0), sh.number(t, sh.visit("visitor-2", "ses_2", last), held[0].Until), "free, to the microsecond")
		require.Equal(t, defaultNumber, sh.number(t, first, held[0].Until), "what another has is not taken back")
		sh.requireNoOverlap(t)
	})
}

func TestM10_NumberIsLeasedAsLongAsItsSessionCanContinue(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1, func(p *tracking.Pool) { p.HoldMinutes = 5 })
		sh.number(t, sh.visit("visitor-1", "ses_1", modeltest.Start), modeltest.Start)
		require.Equal(t, modeltest.Start.Add(30*time.Minute), *sh.stored(t, poolNumber(0)).HeldUntil)
	})
}

func TestM10_NumberFreeForTheLongestTimeIsUsedFirst(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 3)
		shownTo := func(visitor string, minutes int) string {
			at := modeltest.Start.Add(time.Duration(minutes) * time.Minute)
			return sh.number(t, sh.visit(visitor, "ses_"+visitor, at), at)
		}
		require.Equal(t, poolNumber(0), shownTo("a", 0))
		require.Equal(t, poolNumber(1), shownTo("b", 1))
		require.Equal(t, poolNumber(0), shownTo("a", 10), "kept, so it is free later than the other")
		require.Equal(t, poolNumber(2), shownTo("c", 35), "never used before")
		require.Equal(t, poolNumber(1), shownTo("d", 80), "free since minute 31")
		require.Equal(t, poolNumber(0), shownTo("e", 80), "free since minute 41")
	})
}

func TestM10_ReturningVisitorGetsTheLastNumberBackIfItIsFree(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 3)
		hour := func(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * time.Hour) }
		mine := sh.number(t, sh.visit("visitor-1", "ses_1", hour(0)), hour(0))
		other := sh.number(t, sh.visit("visitor-2", "ses_2", hour(0)), hour(0))
		require.Equal(t, mine, sh.number(t, sh.visit("visitor-1", "ses_3", hour(1)), hour(1)), "a third was never used")
		require.Len(t, sh.assignments(t, tracking.AssignmentFilter{SessionID: "ses_3"}), 1, "it is an assignment of its own")

		require.Equal(t, other, sh.number(t, sh.visit("visitor-2", "ses_4", hour(2)), hour(2)))
		require.NotEqual(t, other, sh.number(t, sh.visit("visitor-2", "ses_5", hour(2)), hour(2).Add(time.Minute)), "held by the session before")
		sh.requireNoOverlap(t)
	})
}

func TestM10_NumbersAreShownByTrafficAndPosition(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		const second, poster, billboard, newsletter = "+12025550192", "+12025550193", "+12025550194", "+12025550195"
		sh := shopWith(t, s, 1, func(p *tracking.Pool) {
			p.Position, p.Replaces = 5, []string{onThePages, second}
			p.ShownTo = &conversion.Condition{Field: "channel", Operator: conversion.OpEquals, Values: []string{conversion.ChannelPaidSearch}}
		})
		for _, n := range []tracking.Number{
			{Number: newsletter, Enabled: true, Position: 1, Replaces: []string{onThePages},
				ShownTo: &conversion.Condition{Field: "campaign", Operator: conversion.OpEquals, Values: []string{"spring"}}},
			{Number: billboard, Enabled: true, Position: 9, Replaces: []string{onThePages}},
			{Number: poster, Enabled: true},
			{Number: "+12025550196", Position: 0, Replaces: []string{onThePages}},
		} {
			n.SiteID = sh.site.ID
			require.NoError(t, s.CreateNumber(t.Context(), modeltest.ActorOf(sh.site), &n))
		}
		at := modeltest.Start
		for name, c := range map[string]struct {
			traffic conversion.Traffic
			want    map[string][]string // number shown: those on the page
		}{
			"paid":              {conversion.Traffic{Channel: conversion.ChannelPaidSearch}, map[string][]string{poolNumber(0): {onThePages, second}}},
			"by campaign":       {conversion.Traffic{Campaign: "Spring"}, map[string][]string{newsletter: {onThePages}}},
			"everybody else":    {conversion.Traffic{Channel: conversion.ChannelDirect}, map[string][]string{billboard: {onThePages}}},
			"paid, by campaign": {conversion.Traffic{Channel: conversion.ChannelPaidSearch, Campaign: "spring"}, map[string][]string{newsletter: {onThePages}, poolNumber(0): {second}}},
		} {
			shown := map[string][]string{}
			for _, n := range sh.shows(t, sh.visit("visitor", "ses_"+name, at, c.traffic), at) {
				shown[n.Number] = n.Replaces
				require.Equal(t, n.Number == poolNumber(0), n.PoolID == sh.pool.ID)
				require.NotEmpty(t, n.NumberID)
			}
			require.Equal(t, c.want, shown, name)
			at = at.Add(time.Hour)
		}
	})
}

func TestM10_ExhaustedPoolWithoutADefaultReplacesNothing(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 0, func(p *tracking.Pool) { p.DefaultNumber = "" })
		shown, dry, err := s.ShowNumbers(t.Context(), sh.plan(t), sh.visit("v", "ses_1", modeltest.Start), modeltest.Start)
		require.NoError(t, err)
		require.Empty(t, shown)
		require.Equal(t, []string{sh.pool.ID}, dry)
	})
}

func TestM10_NumberSwitchedOffIsNoLongerShown(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 2)
		visit := sh.visit("visitor-1", "ses_1", modeltest.Start)
		first := sh.number(t, visit, modeltest.Start)
		_, err := s.UpdateNumber(t.Context(), modeltest.ActorOf(sh.site), sh.site.ID, sh.stored(t, first).ID,
			func(n *tracking.Number) error { n.Enabled = false; return nil })
		require.NoError(t, err)
		next := sh.number(t, visit, modeltest.Start.Add(time.Second))
		require.NotEqual(t, first, next)
		require.Equal(t, next, sh.number(t, visit, modeltest.Start.Add(time.Minute)))
		require.Equal(t, defaultNumber, sh.number(t, sh.visit("visitor-2", "ses_2", modeltest.Start), modeltest.Start.Add(time.Minute)))
	})
}

// A form continues a session, and so the session keeps its number: the visitor may
// call about it.
func TestM10_FormRenewsTheLeaseOfTheNumber(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		w := web{s: s, plan: sh.plan(t)}
		number := w.isShown(t, visitor(1), clock.Now()).Numbers[0].Number
		clock.Advance(25 * time.Minute)
		lead := w.sends(t, view(visitor(1), "lead-1", clock.Now(), home), conversion.Lead{Phone: modeltest.Caller})
		clock.Advance(10 * time.Minute)
		require.Equal(t, defaultNumber, w.isShown(t, visitor(2), clock.Now()).Numbers[0].Number)
		d := sh.call(t, "x", rings(number, clock.Now()))
		require.Equal(t, lead.SessionID, d.Conversion.SessionID)
		require.False(t, numberEvent(t, d).Number.Ambiguous)
		held := sh.assignments(t, tracking.AssignmentFilter{})
		require.Len(t, held, 1)
		require.Equal(t, held[0].Until, *sh.stored(t, number).HeldUntil)

		clock.Advance(30 * time.Minute)
		require.Equal(t, number, w.isShown(t, visitor(3), clock.Now()).Numbers[0].Number)
		taken := sh.assignments(t, tracking.AssignmentFilter{})
		late := view(visitor(1), "lead-2", lead.At.Add(29*time.Minute), home)
		require.Equal(t, lead.SessionID, w.sends(t, late, conversion.Lead{Phone: modeltest.Caller}).SessionID)
		require.Equal(t, taken, sh.assignments(t, tracking.AssignmentFilter{}), "what another has is not taken back")
	})
}

// Most views continue a session that has its number.
func TestViewsCostFewStatements(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 2)
		plan, visit := sh.plan(t), sh.visit("visitor-1", "ses_1", modeltest.Start)
		watched, statements := s.Watched()
		look, extend := "SELECT tracking_numbers", []string{"UPDATE tracking_numbers", "UPDATE assignments"}
		for _, c := range []struct {
			name  string
			after time.Duration
			want  []string
		}{
			{"it has none yet and takes one", 0, []string{look, look, "UPDATE tracking_numbers", "INSERT assignments"}},
			{"it has it for longer, with a minute to spare", time.Second, append([]string{look}, extend...)},
			{"within that minute", 50 * time.Second, []string{look}},
			{"after it", 3 * time.Minute, append([]string{look}, extend...)},
			{"within the next", 3*time.Minute + 30*time.Second, []string{look}},
		} {
			at := modeltest.Start.Add(c.after)
			visit.LastActivityAt = at
			_, _, err := watched.ShowNumbers(t.Context(), plan, visit, at)
			require.NoError(t, err)
			require.Equal(t, c.want, statements.Made(), c.name)
		}
		plan.Pools = nil
		_, _, err := watched.ShowNumbers(t.Context(), plan, visit, modeltest.Start)
		require.NoError(t, err)
		require.Empty(t, statements.Made(), "a site without pools")
	})
}

// A view that was reported late belongs to its own time: it takes no number from
// the session that has it since then, and shortens no lease.
func TestM10_LateViewTakesNoNumberFromAnotherSession(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		now := modeltest.Start.Add(20 * time.Minute)
		first := sh.visit("visitor-1", "ses_1", modeltest.Start)
		sh.number(t, first, now)
		before := *sh.stored(t, poolNumber(0)).HeldUntil

		shown, _, err := s.ShowNumbers(t.Context(), sh.plan(t), sh.visit("visitor-2", "ses_2", modeltest.Start), modeltest.Start)
		require.NoError(t, err)
		require.Equal(t, defaultNumber, shown[0].Number, "it was free then, but is not now")
		first.LastActivityAt = now
		_, _, err = s.ShowNumbers(t.Context(), sh.plan(t), first, modeltest.Start)
		require.NoError(t, err)
		require.Equal(t, before, *sh.stored(t, poolNumber(0)).HeldUntil)

		late := sh.own(t, tracking.Number{Number: poolNumber(1), PoolID: sh.pool.ID})
		third := sh.visit("visitor-3", "ses_3", modeltest.Start)
		third.LastActivityAt = now
		_, _, err = s.ShowNumbers(t.Context(), sh.plan(t), third, modeltest.Start)
		require.NoError(t, err)
		require.Equal(t, now.Add(30*time.Minute), *sh.stored(t, late.Number).HeldUntil, "for as long as its session may go on")
	})
}
