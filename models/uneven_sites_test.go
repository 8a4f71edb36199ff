package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// TestG6_PiecesOfALargeSiteAmongSmallOnesArePlannedForIt erases old visits of a site that has as
// many as there are, and many marks, while hundreds of others have one visit each. A plan for an
// average site, which PostgreSQL makes on the sixth execution of a statement, would compare all
// visits of the large site with each piece.
func TestG6_PiecesOfALargeSiteAmongSmallOnesArePlannedForIt(t *testing.T) {
	t.Parallel()
	const (
		others = 300
		most   = 6 // rows of one table that are read for each visit
	)
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	exec := func(statement string, values ...any) {
		t.Helper()
		_, err := l.db.ExecContext(t.Context(), statement, values...)
		require.NoError(t, err)
	}
	exec(`INSERT INTO sites SELECT (jsonb_populate_record(s, jsonb_build_object('id', 'small_' || g, 'script_key', 'small_' || g))).*
		FROM (SELECT o AS s FROM sites o LIMIT 1) first, generate_series(1, $1) g`, others)
	for _, table := range []string{"visitors", "sessions", "page_views"} {
		exec(`INSERT INTO `+table+` SELECT (jsonb_populate_record(original, jsonb_build_object('site_id', 'small_' || g, 'id', 'small_' || g) ||
			CASE WHEN $1 = 'visitors' THEN '{}' ELSE jsonb_build_object('visitor_id', 'small_' || g, 'session_id', 'small_' || g) END)).*
			FROM (SELECT o AS original FROM `+table+` o LIMIT 1) first, generate_series(1, $2) g`, table, others)
	}
	l.fill(t, "journey_marks", `jsonb_build_object('seq', 1000000000 + g, 'site_id', '`+l.site.ID+`', 'kind', 'visitor', 'ref', 'another-' || g, 'created_at', now(), 'failures', 0)`, l.count)
	l.analyze(t)
	large := l.large(t)
	s := l.store(t, modeltest.Start.AddDate(0, 0, 367), plannedOnce)
	pruned, err := s.PruneVisits(t.Context(), 50, modeltest.NewProgress())
	require.NoError(t, err)
	require.GreaterOrEqual(t, pruned, l.count)
	for _, fault := range faults(taken(t, s.proxy), large, bounds{rows: pruned * most, statements: math.MaxInt, bloated: true}) {
		t.Error(fault)
	}
}
