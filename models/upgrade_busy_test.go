package models_test

import (
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/figures"
	"ringback/models/modeltest"
)

// beforeUnsent is the version of the schema before it was stored what was sent nowhere.
const beforeUnsent = 79

// TestG6_CallsAreTakenWhileThoseOfBeforeAreLookedThrough holds up the migration that looks for the
// deliveries of all calls and leads, which takes minutes on a large database.
func TestG6_CallsAreTakenWhileThoseOfBeforeAreLookedThrough(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	s, db := modeltest.Open(t, dsn, clockwork.NewRealClock()), modeltest.SQL(t, dsn)
	storeBefore(t, s, db)
	holding, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = holding.ExecContext(t.Context(), "LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)

	migrated := make(chan error, 1)
	go func() { migrated <- s.MigrateTo(t.Context(), beforeUnsent+1) }()
	require.Eventually(t, func() bool {
		var waits bool
		err := db.QueryRowContext(t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'deliveries'::regclass)").Scan(&waits)
		return err == nil && waits
	}, time.Minute, 10*time.Millisecond)
	taking, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = taking.ExecContext(t.Context(), "SET LOCAL lock_timeout = '1s'")
	require.NoError(t, err)
	_, err = taking.ExecContext(t.Context(), "UPDATE conversions SET name = 'Example'")
	require.NoError(t, err, "what is stored of a call does not wait for the migration")
	require.NoError(t, taking.Commit())
	require.NoError(t, holding.Rollback())
	require.NoError(t, <-migrated)
	require.Equal(t, []string{"cnv_done"}, sentNowhere(t, s))
}

// siteBefore stores a site with a series of figures.
var siteBefore = []string{
	`INSERT INTO accounts (id, name, created_at) VALUES ('acc_old', 'Example account', '2026-01-01 09:00:00+00:00')`, storedBefore[1],
	`INSERT INTO report_series (site_id, state, time_zone, abandoned_seconds, position, done, total, created_at)
	 VALUES ('site_old', 'serving', 'UTC', 5, '', 0, 0, '2026-01-01 09:00:00+00:00')`,
}

// storeBefore stores calls as a version before this one did: one that is under way, and two that
// are done, of which one was sent.
func storeBefore(t *testing.T, s *models.Store, db *sql.DB) {
	t.Helper()
	require.NoError(t, s.MigrateTo(t.Context(), beforeUnsent))
	for _, statement := range slices.Concat(siteBefore, callOfBefore("cnv_done", "done", "'2026-03-01 09:00:00+00:00'"),
		callOfBefore("cnv_running", "waiting", "NULL"), sentBefore("cnv_sent")) {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// callOfBefore returns what stores a call in a schema without what is new.
func callOfBefore(id, state, decided string) []string {
	return []string{`INSERT INTO conversions (id, site_id, kind, source, external_id, state, workflow_id, at, person, phone, anonymous,
		name, email, tracking_number, extension, session_id, visitor_ids, outcome, incomplete, form, page_url, created_at, decided_at)
	 VALUES ('` + id + `', 'site_old', 'call', 'api', '` + id + `', '` + state + `', 'call/` + id + `', '2026-03-01 09:00:00+00:00',
		'+12025550123', '+12025550123', false, '', '', '', '', '', '{}', '', false, '', '', '2026-03-01 09:00:00+00:00', ` + decided + `)`}
}

// sentBefore returns what stores a call with a delivery.
func sentBefore(id string) []string {
	return append(callOfBefore(id, "done", "'2026-03-01 09:00:00+00:00'"),
		`INSERT INTO integrations (id, site_id, type, name, enabled, version, settings, created_at, updated_at)
		 VALUES ('int_`+id+`', 'site_old', 'webhook', '', true, 1, '{}', '2026-03-01 09:00:00+00:00', '2026-03-01 09:00:00+00:00')`,
		`INSERT INTO decisions (id, conversion_id, site_id, integration_id, integration_version, integration_type, integration_name, verdict, reason, moment, detail, created_at)
		 VALUES ('dec_`+id+`', '`+id+`', 'site_old', 'int_`+id+`', 1, 'webhook', '', 'send', '', 'end', '{}', '2026-03-01 09:00:00+00:00')`,
		`INSERT INTO deliveries (id, site_id, conversion_id, integration_id, integration_type, decision_id, n, resend_of, requested_by, workflow_id, state, reason, class, event, attempts, give_up_at, accepted_at, created_at)
		 VALUES ('dlv_`+id+`', 'site_old', '`+id+`', 'int_`+id+`', 'webhook', 'dec_`+id+`', 0, '', '', '', 'delivered', '', '', '{}', 1, '2026-03-01 09:00:00+00:00', '2026-03-01 09:00:00+00:00', '2026-03-01 09:00:00+00:00')`)
}

func TestWhatWasSentNowhereIsListedWhicheverVersionDecided(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s, db := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start)), modeltest.SQL(t, dsn)
		storeBefore(t, s, db)
		require.NoError(t, s.MigrateTo(t.Context(), beforeUnsent+1))
		require.Equal(t, []string{"cnv_done"}, sentNowhere(t, s))

		// A version of before runs on.
		finish := "UPDATE conversions SET state = 'done', decided_at = '2026-03-01 10:00:00+00:00' WHERE id = 'cnv_running'"
		for _, statement := range append(append(callOfBefore("cnv_later", "done", "'2026-03-01 10:00:00+00:00'"), sentBefore("cnv_sent_later")...), finish) {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		require.Equal(t, []string{"cnv_running", "cnv_later", "cnv_done"}, sentNowhere(t, s))
	})
}

// sentNowhere returns the calls and leads that are listed as sent nowhere.
func sentNowhere(t *testing.T, s *models.Store) (ids []string) {
	t.Helper()
	filter := models.ConversionFilter{AccountID: "acc_old", SiteID: "site_old", Figure: &figures.Filter{Only: figures.SentNowhere}}
	listed, _, err := s.Conversions(t.Context(), filter, models.Page{Limit: 10})
	require.NoError(t, err)
	for _, c := range listed {
		ids = append(ids, c.ID)
	}
	return ids
}
