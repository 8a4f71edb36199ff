package revenue_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/erasing"
	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/models/websites"
	"ringback/reports"
)

// outcomes returns how many calls of the last sixty days have become what.
func outcomes(t *testing.T, s *models.Store, site websites.Site, now time.Time) map[string]int64 {
	t.Helper()
	today := reports.DayOf(now, reports.Zone(site.TimeZone))
	answers, err := s.Revenue(t.Context(), site.AccountID, site.ID, revenue.Query{
		Dimension: revenue.Outcome, Span: reports.Span{Period: reports.Period{From: today - 59, To: today}},
	})
	require.NoError(t, err)
	counts := map[string]int64{}
	for _, v := range answers[0].Values {
		require.Equal(t, reports.Calls, v.Figure)
		counts[v.Key] = v.Units
	}
	return counts
}

// TestG8_AnErasedCallIsNotCountedByItsOutcome erases a person whose call was added up on a
// day that is over.
func TestG8_AnErasedCallIsNotCountedByItsOutcome(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), 7)
		w.call(t, w.clock.Now())
		w.work(t)
		w.clock.Advance(48 * time.Hour)
		w.work(t)
		require.Equal(t, map[string]int64{"no_session": 1}, outcomes(t, w.store, w.site, w.clock.Now()))
		var phone string
		require.NoError(t, w.db.QueryRowContext(t.Context(), "SELECT phone FROM conversions").Scan(&phone))
		in, person := erasing.Scope{AccountID: w.site.AccountID, SiteID: w.site.ID}, erasing.Person{Phone: phone}
		count, err := w.store.CountPerson(t.Context(), in, person)
		require.NoError(t, err)
		_, err = w.store.ErasePerson(t.Context(), modeltest.ActorOf(w.site), in, person, count.Total())
		require.NoError(t, err)
		require.Empty(t, outcomes(t, w.store, w.site, w.clock.Now()), "before it is added up again")
		w.work(t)
		require.Empty(t, outcomes(t, w.store, w.site, w.clock.Now()))
	})
}
