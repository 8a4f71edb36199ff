package models_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
)

// aWeek is how long a browser may delay a report.
const aWeek = 7 * 24 * time.Hour

// keptOut counts the tombstones: visitors who are not stored again.
func keptOut(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM forgotten_visitors").Scan(&n))
	return n
}

// Consent that is withdrawn while a view is in progress stays withdrawn.
func TestG8_LateRequestsDoNotRestoreAnErasedVisitor(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(t, dsn, clock)
		w, other, db := webOf(t, s), webOf(t, s), modeltest.SQL(t, dsn)
		siteID := w.plan.Site.ID
		w.sees(t, view(visitor(1), "known", modeltest.Start, home))
		for n := range 2 { // one is not stored yet: the first view is still in progress
			require.NoError(t, s.ForgetVisitor(t.Context(), siteID, visitor(n)))
		}
		clock.Advance(aWeek - time.Second)
		for n := range 2 {
			a := view(visitor(n), fmt.Sprint("under way ", n), modeltest.Start, home)
			a.VisitorIDs = map[string]string{"rtbhouse": fmt.Sprint("theirs-", n)}
			require.Equal(t, models.ActivityResult{Forgotten: true}, w.sees(t, a))
			require.NoError(t, s.StoreVisitorIDs(t.Context(), siteID, visitor(n), a.VisitorIDs, clock.Now()))

			form := view(visitor(n), fmt.Sprint("form-", n), modeltest.Start, home)
			kept := w.sends(t, form, conversion.Lead{Phone: modeltest.Caller, VisitorIDs: a.VisitorIDs})
			require.Equal(t, modeltest.Caller, kept.Phone, "the owner keeps what was written")
			require.Empty(t, kept.SessionID)
			require.Empty(t, tablesWith(t, db, visitor(n)))
			require.Empty(t, tablesWith(t, db, fmt.Sprint("theirs-", n)))
		}
		require.NotContains(t, tablesWith(t, db, modeltest.Caller), "person_claims")
		require.Equal(t, 2, keptOut(t, db))
		require.True(t, other.sees(t, view(visitor(1), "elsewhere", modeltest.Start, home)).New, "another site was not asked to forget")

		clock.Advance(time.Second)
		_, err := s.PruneVisits(t.Context(), 1, modeltest.NewProgress())
		require.NoError(t, err)
		require.Zero(t, keptOut(t, db), "nothing is kept for longer")
		require.True(t, w.sees(t, view(visitor(1), "later", clock.Now(), home)).New)
	})
}

// Views that are stored while the visitor is erased do not restore the visitor.
func TestG8_ErasingWhileAViewIsInProgress(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		for n := range 5 {
			atOnce(t, tabs, func(i int) error {
				if i == tabs/2 {
					return s.ForgetVisitor(t.Context(), w.plan.Site.ID, visitor(n))
				}
				_, err := s.RecordActivity(t.Context(), w.plan, view(visitor(n), fmt.Sprint(n, "-", i), modeltest.Start, home))
				return err
			})
			require.Empty(t, w.sessions(t, visitor(n)))
		}
	})
}
