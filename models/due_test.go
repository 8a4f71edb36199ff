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
	l := openLarge(t, dsn)
	_, err := l.db.ExecContext(t.Context(), `INSERT INTO outbox (workflow_id, site_id, conversion_id, delivery_id, kind, event_type, tries, next_try_at, created_at)
		SELECT 'w' || g, 'site', 'cnv_' || g, '', 'call', 'started', 3, $1::timestamptz, $1::timestamptz FROM generate_series(1, 20000) AS g`, modeltest.Start.AddDate(0, 0, 1))
	require.NoError(t, err)
	_, err = l.db.ExecContext(t.Context(), "ANALYZE outbox")
	require.NoError(t, err)
	s := l.store(t, modeltest.Start, plannedOnce)
	due, err := s.Due(t.Context(), nil)
	require.NoError(t, err)
	require.False(t, due.Signals)
	require.Less(t, readOf(taken(t, s.proxy))["outbox"], usual.rows)

	var plan string
	err = l.db.QueryRowContext(t.Context(), "EXPLAIN (FORMAT json) DELETE FROM outbox WHERE conversion_id IN ('cnv_1', 'cnv_2')").Scan(&plan)
	require.NoError(t, err)
	require.Contains(t, plan, "outbox_by_conversion", "erasing calls and leads")
}

// While no message can be sent, many notices wait, and none of them may be due.
func TestG6_NoticesThatWaitAreNotReadToFindOne(t *testing.T) {
	t.Parallel()
	l := openLarge(t, modeltest.FreshPostgres(t))
	l.fill(t, "notices", `jsonb_build_object('id', 'not_' || g, 'account_id', 'acc', 'channel', 'mail', 'thread', '', 'content', '\x00', 'tries', 3,
		'next_try_at', timestamptz '2030-01-01', 'ends_at', timestamptz '2030-01-01', 'created_at', now())`, 20000)
	_, err := l.db.ExecContext(t.Context(), "ANALYZE notices")
	require.NoError(t, err)
	s := l.store(t, modeltest.Start, plannedOnce)
	due, err := s.Due(t.Context(), []notices.Channel{notices.Mail})
	require.NoError(t, err)
	require.False(t, due.Notices)
	require.Less(t, readOf(taken(t, s.proxy))["notices"], usual.rows)
}

// An average site has many people of a CRM if few have a CRM.
func TestG6_ASiteWithoutACRMDoesNotReadThoseOfOthers(t *testing.T) {
	t.Parallel()
	dsn := modeltest.FreshPostgres(t)
	l := openLarge(t, dsn)
	l.begin(t, modeltest.OpenWith(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), l.keys))
	l.fill(t, "crm_people", `jsonb_build_object('id', 'crm_' || g, 'external_id', 'p' || g, 'phone', '+1202555' || g, 'email', 'p' || g || '@example.com')`, 5000)
	l.fill(t, "crm_tasks", `jsonb_build_object('id', 'tsk_' || g, 'external_id', 't' || g)`, 5000)
	_, err := l.db.ExecContext(t.Context(), "ANALYZE crm_people, crm_tasks")
	require.NoError(t, err)
	s := l.store(t, modeltest.Start.Add(later), plannedOnce)
	_, err = s.AcceptLead(t.Context(), modeltest.Lead(modeltest.Site(t, s.Store), "1"))
	require.NoError(t, err)
	l.work(t, s.Store)
	read := readOf(taken(t, s.proxy))
	require.Positive(t, read["journey_marks"])
	require.Less(t, read["crm_people"]+read["crm_tasks"], usual.rows)
}

// TestG6_APageViewDoesNotReadAllWhoAreForgotten has many visitors have withdrawn consent lately.
func TestG6_APageViewDoesNotReadAllWhoAreForgotten(t *testing.T) {
	t.Parallel()
	dsn := modeltest.FreshPostgres(t)
	l := openLarge(t, dsn)
	l.fill(t, "forgotten_visitors", "jsonb_build_object('site_id', 'site_' || g % 100, 'visitor', 'f' || g, 'until', timestamptz '2030-01-01')", 50_000)
	_, err := l.db.ExecContext(t.Context(), "ANALYZE forgotten_visitors")
	require.NoError(t, err)
	s := l.store(t, modeltest.Start, plannedOnce)
	w := webOf(t, s.Store)
	w.sees(t, view(visitor(1), "hit-1", modeltest.Start, home))
	require.Less(t, readOf(taken(t, s.proxy))["forgotten_visitors"], usual.rows)
}
