package models_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// TestFurtherPageViewsChangeNoIndex counts how many changed rows of visits and visitors found room in
// the page that they were in. Without room left in it, none would.
func TestFurtherPageViewsChangeNoIndex(t *testing.T) {
	t.Parallel()
	dsn := modeltest.FreshPostgres(t)
	db := modeltest.SQL(t, dsn)
	_, err := db.ExecContext(t.Context(), "ALTER TABLE sessions SET (autovacuum_enabled = off); ALTER TABLE visitors SET (autovacuum_enabled = off)")
	require.NoError(t, err)
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	s := modeltest.Open(t, dsn, clock)
	w := webOf(t, s)
	const visitors = 400
	for n := range visitors {
		w.sees(t, view(visitor(n), fmt.Sprint("first-", n), clock.Now(), home))
	}
	clock.Advance(time.Minute)
	for n := 0; n < visitors; n += 5 {
		w.sees(t, view(visitor(n), fmt.Sprint("second-", n), clock.Now(), home))
	}
	require.NoError(t, s.Close()) // a session adds what it has changed to the counts when it ends
	for _, table := range []string{"sessions", "visitors"} {
		var changed, inPlace int
		require.Eventually(t, func() bool {
			err := db.QueryRowContext(t.Context(), "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE schemaname = current_schema() AND relname = $1", table).Scan(&changed, &inPlace)
			return err == nil && changed == visitors/5
		}, time.Minute, 10*time.Millisecond, table)
		require.Greater(t, inPlace, changed*9/10, table)
	}
}
