package models_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/database"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// storedBefore is what a database of the first schema holds: an account with a
// site, and a lead that came with a session id and inline traffic.
var storedBefore = []string{
	`INSERT INTO accounts VALUES ('acc_old', 'Example account', '2026-01-01 09:00:00+00:00')`,
	`INSERT INTO sites (id, account_id, name, domains, time_zone, region, target_call_seconds, uniqueness_days,
		max_call_minutes, lookback_days, script_key, created_at, updated_at)
	 VALUES ('site_old', 'acc_old', 'Example site', '["www.example.com"]', 'Europe/Berlin', 'US', 30, 30,
		240, 90, 'KEYOFTHEOLDSITE', '2026-01-01 09:00:00+00:00', '2026-01-01 09:00:00+00:00')`,
	`INSERT INTO conversions (id, site_id, kind, source, external_id, state, workflow_id, at, person, phone, anonymous,
		name, email, tracking_number, extension, session_id, visitor_ids, traffic, outcome, incomplete, form, page_url, created_at)
	 VALUES ('cnv_old', 'site_old', 'lead', 'api', 'lead-1', 'waiting', 'lead/site_old/lead-1', '2026-03-01 09:00:00+00:00',
		'+12025550123', '+12025550123', false, '', '', '', '', 'their own', '{"rtbhouse":"r-1"}', '{"source":"google"}',
		'', false, 'contact', '', '2026-03-01 09:00:00+00:00')`,
	`INSERT INTO events (conversion_id, site_id, event_id, type, at, lead, received_at, late)
	 VALUES ('cnv_old', 'site_old', 'lead', 'lead', '2026-03-01 09:00:00+00:00',
		'{"at":"2026-03-01T09:00:00Z","phone":"+12025550123"}', '2026-03-01 09:00:00+00:00', false)`,
	`INSERT INTO visits (id, site_id, conversion_id, session_id, person, at, traffic, created_at)
	 VALUES ('vis_old', 'site_old', 'cnv_old', 'their own', '+12025550123', '2026-03-01 09:00:00+00:00',
		'{"source":"google"}', '2026-03-01 09:00:00+00:00')`,
}

// A database from before there was a script keeps its data.
func TestADatabaseOfTheFirstSchemaIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		require.NoError(t, s.MigrateTo(t.Context(), 1))
		for _, statement := range storedBefore {
			_, err := modeltest.SQL(t, dsn).ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		applied, err := models.Migrate(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, migrationNames(t)[1:], applied)
		require.NoError(t, s.CheckSchema(t.Context()))

		site, err := s.Site(t.Context(), "acc_old", "site_old")
		require.NoError(t, err)
		require.Equal(t, []string{"www.example.com"}, site.Domains)
		require.Equal(t, websites.DefaultScript(), site.Script)
		c, err := s.Case(t.Context(), "cnv_old")
		require.NoError(t, err)
		require.Equal(t, time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC), c.Conversion.At)
		require.Equal(t, map[string]string{"rtbhouse": "r-1"}, c.Conversion.VisitorIDs)
		require.Nil(t, c.Session)

		plan, err := s.SitePlan(t.Context(), "KEYOFTHEOLDSITE")
		require.NoError(t, err)
		w := web{s: s, plan: plan}
		now := w.sends(t, view(visitor(1), "lead-2", modeltest.Start, home), conversion.Lead{Phone: modeltest.Caller})
		caller := w.by(func(c *models.Conversion) { c.Phone, c.Person = modeltest.Caller, modeltest.Caller })
		require.Equal(t, []string{now.SessionID, "vis_old"}, w.historyOf(t, caller), "the visits of before count on")
	})
}

// The people of before came about by forms and by calls alike, so all become claims.
func TestPeopleOfBeforeBecomeClaims(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		require.NoError(t, s.MigrateTo(t.Context(), 15))
		db := modeltest.SQL(t, dsn)
		_, err := db.ExecContext(t.Context(), `INSERT INTO person_keys (site_id, key, person_id, created_at) VALUES
			('site_1', 'visitor/the-later-one', 'per_1', '2026-01-02 09:00:00+00:00'), ('site_1', 'visitor/a-the-first', 'per_1', '2026-01-01 09:00:00+00:00'),
			('site_1', 'phone/+12025550123', 'per_1', '2026-01-03 09:00:00+00:00'), ('site_1', 'email/a@example.com', 'per_1', '2026-01-01 09:00:00+00:00'),
			('site_2', 'phone/+12025550123', 'per_2', '2026-01-01 09:00:00+00:00'), ('site_2', 'visitor/another', 'per_2', '2026-01-01 09:00:00+00:00')`)
		require.NoError(t, err)
		_, err = models.Migrate(t.Context(), s)
		require.NoError(t, err)
		require.Empty(t, tablesWith(t, db, "per_"))
		rows, err := db.QueryContext(t.Context(), "SELECT site_id || ' ' || key || ' ' || visitor_id FROM person_claims ORDER BY 1")
		require.NoError(t, err)
		defer func() { require.NoError(t, rows.Close()) }()
		var claims []string
		for rows.Next() {
			var claim string
			require.NoError(t, rows.Scan(&claim))
			claims = append(claims, claim)
		}
		require.NoError(t, rows.Err())
		require.Equal(t, []string{
			"site_1 email/a@example.com a-the-first", "site_1 phone/+12025550123 a-the-first", "site_2 phone/+12025550123 another",
		}, claims)
	})
}

// A provider goes on calling the address that it was given.
func TestG8_WebhooksOfBeforeStayFoundAndAreEncrypted(t *testing.T) {
	t.Parallel()
	const key = "SAMPLEKEYOFANOLDWEBHOOK234"
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		require.NoError(t, s.MigrateTo(t.Context(), 1))
		db := modeltest.SQL(t, dsn)
		for _, statement := range append(storedBefore[:2:2], `INSERT INTO site_sources (site_id, source, hook_key, enabled, settle_seconds, created_at, updated_at)
			VALUES ('site_old', 'callrail', '`+key+`', true, 0, '2026-01-01 09:00:00+00:00', '2026-01-01 09:00:00+00:00')`) {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		require.NoError(t, s.MigrateTo(t.Context(), database.Newest)) // and the process ends before the keys are encrypted
		err := s.CheckSchema(t.Context())
		requireCode(t, fault.Unavailable, err)
		require.ErrorContains(t, err, "hook_keys_not_encrypted")

		_, err = models.Migrate(t.Context(), s)
		require.NoError(t, err)
		require.NoError(t, s.CheckSchema(t.Context()))
		row, _, err := s.SourceByHookKey(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, key, row.HookKey, "its owner is shown the address")
		for _, text := range texts(t, db, "site_sources") {
			require.NotContains(t, text, key)
		}
	})
}

// TestM4_TasksOfBeforeAreFoundByTheirBizibleID migrates Tasks whose BizibleId is stored as
// it was written.
func TestM4_TasksOfBeforeAreFoundByTheirBizibleID(t *testing.T) {
	t.Parallel()
	const browser = "08c1063cb0a64349ad0d2d862f5cc700"
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		require.NoError(t, s.MigrateTo(t.Context(), 1))
		db := modeltest.SQL(t, dsn)
		for _, statement := range storedBefore[:2] {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		require.NoError(t, s.MigrateTo(t.Context(), 26))
		for id, bizible := range map[string]string{
			"hyphens": "08c1063c-b0a6-4349-ad0d-2d862f5cc700", "capitals": "08C1063CB0A64349AD0D2D862F5CC700", "plain": browser,
			"another": "not-a-bizible-id-of-32-characters", "too_short": "08c1-063c", "none": "",
		} {
			_, err := db.ExecContext(t.Context(), `INSERT INTO crm_tasks (id, site_id, external_id, conversion_id, person, type, bizible_id, date_only, deleted, created_at, updated_at)
				VALUES ('`+id+`', 'site_old', '`+id+`', '', '', 'Call', '`+bizible+`', false, false, '2026-01-01 09:00:00+00:00', '2026-01-01 09:00:00+00:00')`)
			require.NoError(t, err)
		}
		_, err := models.Migrate(t.Context(), s)
		require.NoError(t, err)
		for id, want := range map[string]string{
			"hyphens": browser, "capitals": browser, "plain": browser, "another": "not-a-bizible-id-of-32-characters", "too_short": "08c1-063c", "none": "",
		} {
			var stored string
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT bizible_id FROM crm_tasks WHERE id = '"+id+"'").Scan(&stored))
			require.Equal(t, want, stored, id)
		}
	})
}

// TestR8_VisitorsOfBeforeHaveTheTimesOfTheirVisits migrates the visitor of a visit, and has the version
// of before, which may run on, store another one.
func TestR8_VisitorsOfBeforeHaveTheTimesOfTheirVisits(t *testing.T) {
	t.Parallel()
	const beforeTimes = 84
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		require.NoError(t, s.MigrateTo(t.Context(), 1))
		db := modeltest.SQL(t, dsn)
		run := func(statement string) {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		report := func(system string) {
			run("INSERT INTO visit_visitors (visit_id, system, visitor_id, site_id) VALUES ('vis_old', '" + system + "', 'sample', 'site_old')")
		}
		for _, statement := range storedBefore {
			run(statement)
		}
		require.NoError(t, s.MigrateTo(t.Context(), beforeTimes))
		report("before")
		require.NoError(t, s.MigrateTo(t.Context(), database.Newest))
		report("after")
		timeOf := func(system string) (at sql.NullTime) {
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT at FROM visit_visitors WHERE system = '"+system+"'").Scan(&at))
			return at
		}
		require.Equal(t, time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC), timeOf("before").Time.UTC())
		require.Equal(t, strings.HasPrefix(dsn, "postgres"), timeOf("after").Valid, "SQLite has one process, and so one version")
	})
}
