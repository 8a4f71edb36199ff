package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
)

// A visitor without a quota is shown the pool's default number. A session that has
// a number keeps it as long as it continues.
func TestM10_WhoMayTakeNoNumberKeepsTheOneItHas(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 12)
		w := web{s: s, plan: sh.plan(t)}
		require.Equal(t, map[string]int{sh.pool.ID: 12}, w.plan.Sizes)
		asked := 0
		look := func(n int, hit string, may bool) models.DisplayedNumber {
			a := view(visitor(n), hit, clock.Now(), home)
			a.WantsNumbers, a.MayTake = true, func(pool models.Pool) bool {
				require.Equal(t, sh.pool.ID, pool.ID)
				asked++
				return may
			}
			seen := w.sees(t, a)
			require.Empty(t, seen.Exhausted, "numbers are free")
			require.Len(t, seen.Numbers, 1)
			return seen.Numbers[0]
		}
		mine := look(1, "first", true)
		require.NotEmpty(t, mine.NumberID)
		for i := range 4 { // for longer than it was first held
			clock.Advance(20 * time.Minute)
			require.Equal(t, mine, look(1, string(rune('a'+i)), false))
		}
		require.Equal(t, 1, asked, "only where a number would be handed out")
		none := look(2, "second", false)
		require.Equal(t, defaultNumber, none.Number)
		require.Empty(t, none.NumberID)
		require.Equal(t, 2, asked)
		require.Len(t, sh.assignments(t, models.AssignmentFilter{}), 1)
	})
}
