package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
)

// mostReadOfErased is how many entries of one table or index are read at most for each row that
// is erased.
const mostReadOfErased = 10

// TestG6_ErasingInPiecesReadsWhatIsErased erases old visits, and then calls and leads, of a
// site that has nearly all of the database. The statements of each piece are as PostgreSQL plans
// them for any site, unless they have themselves planned for this one.
func TestG6_ErasingInPiecesReadsWhatIsErased(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	l.plan["plan_cache_mode"] = "force_generic_plan"
	exec := func(statement string, values ...any) {
		t.Helper()
		_, err := l.db.ExecContext(t.Context(), statement, values...)
		require.NoError(t, err)
	}
	exec("UPDATE sites SET script = jsonb_set(script, '{keep_days}', '1')")
	exec("UPDATE sessions SET last_activity_at = started_at")
	exec("UPDATE site_retention SET conversions = 1, raw_bodies = 0, attempt_bodies = 0, page_views = 0, messages = 0")
	exec(`INSERT INTO journey_marks (site_id, kind, ref, created_at) SELECT $1, 'visitor', 'another-' || g, now() FROM generate_series(1, $2::int) g`, l.site.ID, l.count)
	const others = 300 // sites with a visit each, so that a plan for any site expects few rows
	exec(`INSERT INTO sites SELECT (jsonb_populate_record(s, jsonb_build_object('id', 'another_' || g, 'script_key', 'key_' || g))).* FROM sites s, generate_series(1, $1) g`, others)
	for _, table := range []string{"visitors", "sessions", "page_views"} {
		exec(`INSERT INTO `+table+` SELECT (jsonb_populate_record(original, jsonb_build_object('site_id', 'another_' || g, 'id', 'another_' || g) ||
			CASE WHEN $1 = 'visitors' THEN '{}' ELSE jsonb_build_object('visitor_id', 'another_' || g, 'session_id', 'another_' || g) END)).*
			FROM (SELECT o AS original FROM `+table+` o LIMIT 1) first, generate_series(1, $2) g`, table, others)
	}
	exec("ANALYZE")
	rows := func(table string) (n int) {
		require.NoError(t, l.db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
		return n
	}
	check := func(table, name string, operation func(s *models.Store) error) {
		t.Helper()
		before := rows(table)
		read := l.readOnce(t, name, operation)
		erased := before - rows(table)
		require.Greater(t, erased, l.count/10, name)
		for of, n := range read {
			if n > erased*mostReadOfErased {
				t.Errorf("%s: reads %d entries of %s to erase %d, at most %d for each", name, n, of, erased, mostReadOfErased)
			}
		}
	}
	read := l.read(t, "a visitor who withdraws consent", func(s *models.Store) error {
		return s.ForgetVisitor(t.Context(), l.site.ID, "visitor-of-the-sample")
	})
	for of, n := range read {
		require.LessOrEqual(t, n, times*mostRead, of)
	}
	check("sessions", "old visits", func(s *models.Store) error {
		_, err := s.PruneVisits(t.Context(), 20, modeltest.NewProgress())
		return err
	})
	check("conversions", "old calls and leads", func(s *models.Store) error {
		return s.Expire(t.Context(), modeltest.NewProgress())
	})
}
