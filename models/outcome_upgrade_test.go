package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/reports"
)

// outcomesOf returns how many calls of the sixty days up to one have become what.
func outcomesOf(t *testing.T, s *models.Store, to reports.Day) map[string]int64 {
	t.Helper()
	answers, err := s.Revenue(t.Context(), "acc_old", "site_old", revenue.Query{
		Dimension: revenue.Outcome, Span: reports.Span{Period: reports.Period{From: to - 59, To: to}},
	})
	require.NoError(t, err)
	counts := map[string]int64{}
	for _, v := range answers[0].Values {
		counts[v.Key] = v.Units
	}
	return counts
}

// TestM6_CallsOfEarlierVersionsAreCountedByOutcome migrates a database with calls of days that are
// over and of days that are not.
func TestM6_CallsOfEarlierVersionsAreCountedByOutcome(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(time.Now().UTC()) // the migration goes by the database's date
		s, db := modeltest.Open(t, dsn, clock), modeltest.SQL(t, dsn)
		require.NoError(t, s.MigrateTo(t.Context(), 58))
		run := func(statement string) {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		run(`INSERT INTO accounts (id, name, created_at) VALUES ('acc_old', 'Example account', '2026-01-01 09:00:00+00:00')`)
		run(`INSERT INTO sites (id, account_id, name, domains, time_zone, region, target_call_seconds, uniqueness_days,
				max_call_minutes, lookback_days, script_key, created_at, updated_at)
			VALUES ('site_old', 'acc_old', 'Example site', '["www.example.com"]', 'UTC', 'US', 30, 30, 240, 90, 'KEYOFTHEOLDSITE', '2026-01-01 09:00:00+00:00', '2026-01-01 09:00:00+00:00')`)
		run(`INSERT INTO journey_rules (site_id, generation, state, rules, time_zone, stage, after, done, total, changed_by, created_at, ready_at)
			VALUES ('site_old', 1, 'serving', '{}', 'UTC', '', '', 0, 0, '', '2026-01-01 09:00:00+00:00', '2026-01-01 09:00:00+00:00')`)
		today := reports.DayOf(clock.Now(), time.UTC)
		call := func(id, outcome string, day reports.Day) {
			run(`INSERT INTO journey_calls (site_id, generation, id, conversion_id, task_id, person_id, outcome, merging, day, updated_at)
				VALUES ('site_old', 1, '` + id + `', '` + id + `', '', '', '` + outcome + `', '{}', '` + day.String() + `', '2026-01-01 09:00:00+00:00')`)
		}
		for i, day := range []reports.Day{today - 50, today - 50, today - 1, today} {
			call(string(rune('a'+i)), "merged", day)
		}
		call("e", "no_session", today-50)
		_, err := models.Migrate(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, map[string]int64{"merged": 4, "no_session": 1}, outcomesOf(t, s, today))

		call("f", "merged", today) // this day is marked
		clock.Advance(24 * time.Hour)
		for more := true; more; {
			more, err = s.WorkRevenue(t.Context())
			require.NoError(t, err)
		}
		require.Equal(t, map[string]int64{"merged": 5, "no_session": 1}, outcomesOf(t, s, today))
		var left int
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM revenue_stale").Scan(&left))
		require.Zero(t, left)
	})
}
