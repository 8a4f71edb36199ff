package revenue_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models/crm"
	"ringback/models/modeltest"
	"ringback/touchpoints"
)

// TestG6_ASiteWhoseDaysCannotBeAddedUpIsLeftAlone has a site with amounts whose sum is too
// large. It is not tried at every turn, which would end in an error before other sites are
// done, and it is tried again later.
func TestG6_ASiteWhoseDaysCannotBeAddedUpIsLeftAlone(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), 5)
		at := w.clock.Now()
		w.visit(t, at.Add(-time.Minute))
		w.person(t, at)
		for n := range 3 {
			require.NoError(t, w.store.PutOpportunity(t.Context(), w.site.AccountID, &crm.Opportunity{
				SiteID: w.site.ID, ExternalID: fmt.Sprintf("006%d", n), OpenedAt: at, ClosedAt: new(at.Add(time.Minute)), Won: true,
				Amount: math.MaxInt64 / 2, Currency: "USD", People: []touchpoints.Role{{Person: "00Q0", Primary: true}},
			}))
		}
		for more := true; more; {
			var err error
			more, err = w.store.WorkJourneys(t.Context())
			require.NoError(t, err)
		}
		w.clock.Advance(48 * time.Hour)
		fails := func() bool {
			more, err := w.store.WorkRevenue(t.Context())
			require.False(t, more)
			return err != nil
		}
		require.True(t, fails())
		require.False(t, fails(), "it is left alone")
		w.clock.Advance(time.Hour)
		require.True(t, fails())
	})
}
