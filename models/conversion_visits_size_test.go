package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// Section 2.1 of the review of the core: one person with very many reported visits took a
// decision a second.
func TestG6_ADecisionReadsTheEndsOfALongHistory(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	_, err := l.db.ExecContext(t.Context(), "DELETE FROM visit_visitors; DELETE FROM visits")
	require.NoError(t, err)
	for _, statement := range []string{
		`UPDATE conversions SET session_id = 'session', person = '+12025550123', visitor_ids = '{"system": "visitor"}' WHERE id = $1`,
		`INSERT INTO visits (id, site_id, conversion_id, session_id, person, at, traffic, created_at)
			SELECT 'vis_z' || 90000 - g, site_id, 'cnv_' || g, CASE g % 3 WHEN 0 THEN session_id ELSE '' END, CASE g % 3 WHEN 1 THEN person ELSE '' END, at - g * interval '1 minute', '{}', created_at
			FROM conversions, generate_series(1, 15000) g WHERE id = $1`,
		`INSERT INTO visit_visitors (visit_id, system, visitor_id, site_id, at) SELECT 'vis_z' || 90000 - g, 'system', CASE g % 3 WHEN 2 THEN 'visitor' ELSE 'other-' || g END, site_id, at - g * interval '1 minute'
			FROM conversions, generate_series(1, 15000) g WHERE id = $1`,
	} {
		_, err := l.db.ExecContext(t.Context(), statement, l.sent.ConversionID)
		require.NoError(t, err)
	}
	_, err = l.db.ExecContext(t.Context(), "ANALYZE visits, visit_visitors")
	require.NoError(t, err)
	s := l.store(t, modeltest.Start.Add(later), plannedForValues)
	known, err := s.Case(t.Context(), l.sent.ConversionID)
	require.NoError(t, err)
	history, err := s.Visits(t.Context(), known)
	require.NoError(t, err)
	require.Equal(t, "vis_z89998", history[0].ID, "the newest that counts")
	require.Equal(t, "vis_z75000", history[len(history)-1].ID, "the oldest")
	for of, n := range readOf(taken(t, s.proxy)) {
		require.LessOrEqual(t, n, 4000, "%s: the visitor has 5,000 visits by each of three things", of)
	}
}
