package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/numbers"
)

// A visitor without a quota is shown the pool's default number. A session that has
// a number keeps it as long as it continues.
func TestM10_PoolThatIsNotAllowedLeasesNoNewNumberAndRenewsTheOld(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 12)
		w := web{s: s, plan: sh.plan(t)}
		require.Equal(t, map[string]int{sh.pool.ID: 12}, w.plan.Sizes)
		look := func(n int, hit string, may bool) models.ActivityResult {
			a := view(visitor(n), hit, clock.Now(), home)
			a.WantsNumbers, a.LeasesFrom = true, map[string]bool{sh.pool.ID: may}
			seen := w.sees(t, a)
			require.Empty(t, seen.Exhausted, "numbers are free")
			require.Len(t, seen.Numbers, 1)
			return seen
		}
		first := look(1, "first", true)
		require.NotEmpty(t, first.Numbers[0].NumberID)
		require.Equal(t, []string{sh.pool.ID}, first.Leased)
		require.False(t, first.Withheld)
		for i := range 4 { // for longer than it was first held
			clock.Advance(20 * time.Minute)
			again := look(1, string(rune('a'+i)), false)
			require.Equal(t, first.Numbers, again.Numbers)
			require.Empty(t, again.Leased, "it is the same lease")
			require.False(t, again.Withheld)
		}
		none := look(2, "second", false)
		require.Equal(t, defaultNumber, none.Numbers[0].Number)
		require.Empty(t, none.Numbers[0].NumberID)
		require.Empty(t, none.Leased)
		require.True(t, none.Withheld)
		require.Len(t, sh.assignments(t, tracking.AssignmentFilter{}), 1)
	})
}

// Nobody holds a number without end, however active the session is.
func TestM10_ASessionKeepsANumberForSomeHours(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 12)
		w := web{s: s, plan: sh.plan(t)}
		look := func(hit string) models.ActivityResult {
			a := view(visitor(1), hit, clock.Now(), home)
			a.WantsNumbers = true
			return w.sees(t, a)
		}
		first := look("first")
		step := 20 * time.Minute
		for i := range int(numbers.MaxLease/step) - 1 {
			clock.Advance(step)
			require.Equal(t, first.Numbers, look(string(rune('a'+i))).Numbers)
		}
		clock.Advance(step)
		later := look("later")
		require.NotEqual(t, first.Numbers, later.Numbers)
		require.NotEmpty(t, later.Numbers[0].NumberID, "another number is free")
		require.Equal(t, []string{sh.pool.ID}, later.Leased)
		clock.Advance(step)
		require.Equal(t, later.Numbers, look("last").Numbers)
	})
}

// Visitors who come back share a transaction with one whose view is of some minutes later. What
// these had is free by then and was not yet when they came.
func TestM10_ViewsOfOtherTimesThatAreStoredTogetherGetNumbersWhileSomeAreFree(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 5)
		minute := func(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * time.Minute) }
		for n := range 2 {
			sh.number(t, sh.visit(visitor(n), ids.New("ses"), minute(0)), minute(0))
		}
		times := []time.Time{minute(27), minute(27), minute(32)}
		var sessions []visitors.Session
		for n, at := range times {
			sessions = append(sessions, sh.visit(visitor(n), ids.New("ses"), at))
		}
		results, err := s.ShowNumbersTogether(t.Context(), sh.plan(t), sessions...)(times...)
		require.NoError(t, err)
		for _, result := range results {
			require.Empty(t, result.Exhausted)
		}
		require.Equal(t, poolNumber(4), results[2].Numbers[0].Number, "free for longest")
		sh.requireNoOverlap(t)
	})
}
