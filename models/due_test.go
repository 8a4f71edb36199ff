package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/notices"
	"ringback/models/outbox"
)

func TestWhatIsDueIsFoundOnBothDatabases(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		due := func() models.Due {
			found, err := s.Due(t.Context(), []notices.Channel{notices.Mail})
			require.NoError(t, err)
			return found
		}
		site := modeltest.Site(t, s)
		require.Equal(t, models.Due{}, due())

		_, err := s.AcceptLead(t.Context(), modeltest.Lead(site, "1"))
		require.NoError(t, err)
		require.False(t, due().Signals, "the process that stored it sends it")
		require.True(t, due().Figures)
		more, err := s.Work(t.Context())
		require.NoError(t, err)
		require.False(t, more)
		require.False(t, due().Figures)
		clock.Advance(outbox.FastPath)
		require.True(t, due().Signals)
		signals, err := s.DueSignals(t.Context(), clock.Now(), 10, time.Minute)
		require.NoError(t, err)
		require.Len(t, signals, 1)
		require.False(t, due().Signals, "somebody has claimed it")

		require.NoError(t, s.AddNotice(t.Context(), notices.Notice{Channel: "another", Content: map[string]string{"body": "{}"}, EndsAt: clock.Now().Add(time.Hour)}))
		require.False(t, due().Notices, "nothing sends it")
		require.NoError(t, s.AddNotice(t.Context(), notices.MailTo("owner@example.com", "Your link", "https://ringback.example.com/reset")))
		require.True(t, due().Notices)
		claimed, err := s.DueNotices(t.Context(), []notices.Channel{notices.Mail}, 10, 10*time.Minute)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.False(t, due().Notices)
		clock.Advance(time.Hour)
		require.True(t, due().Notices, "that of the other channel has ended and is deleted")
	})
}

func TestWhatJourneysAreComputedFromIsDue(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		_, err := s.AcceptLead(t.Context(), modeltest.Lead(modeltest.Site(t, s), "1"))
		require.NoError(t, err)
		found, err := s.Due(t.Context(), nil)
		require.NoError(t, err)
		_, err = s.WorkJourneys(t.Context())
		require.NoError(t, err)
		after, err := s.Due(t.Context(), nil)
		require.NoError(t, err)
		require.True(t, found.Journeys)
		require.False(t, after.Journeys)
	})
}

// While Temporal is away, many signals wait, and none of them may be due.
func TestG6_SignalsThatWaitAreNotReadToFindOne(t *testing.T) {
	t.Parallel()
	dsn := modeltest.FreshPostgres(t)
	l := &largeSite{db: modeltest.SQL(t, dsn), dsn: dsn, plan: map[string]string{"plan_cache_mode": "force_generic_plan"}}
	l.db.SetMaxOpenConns(1)
	_, err := l.db.ExecContext(t.Context(), `INSERT INTO outbox (workflow_id, site_id, conversion_id, delivery_id, kind, event_type, tries, next_try_at, created_at)
		SELECT 'w' || g, 'site', 'cnv_' || g, '', 'call', 'started', 3, $1::timestamptz, $1::timestamptz FROM generate_series(1, 20000) AS g`, modeltest.Start.AddDate(0, 0, 1))
	require.NoError(t, err)
	_, err = l.db.ExecContext(t.Context(), "ANALYZE outbox")
	require.NoError(t, err)
	read := l.read(t, "what is due", func(s *models.Store) error {
		due, err := s.Due(t.Context(), nil)
		require.False(t, due.Signals)
		return err
	})
	require.Less(t, read["outbox"], times*mostRead)

	var plan string
	err = l.db.QueryRowContext(t.Context(), "EXPLAIN (FORMAT json) DELETE FROM outbox WHERE conversion_id IN ('cnv_1', 'cnv_2')").Scan(&plan)
	require.NoError(t, err)
	require.Contains(t, plan, "outbox_by_conversion", "erasing calls and leads")
}
