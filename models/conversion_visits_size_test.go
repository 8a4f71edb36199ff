package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
)

// Section 2.1 of the review of the core: one person with very many reported visits took a
// decision a second.
func TestG6_ADecisionReadsTheEndsOfALongHistory(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	for _, statement := range []string{
		`UPDATE conversions SET session_id = 'session', person = '+12025550123', visitor_ids = '{"system": "visitor"}' WHERE id = $1`,
		`INSERT INTO visits (id, site_id, conversion_id, session_id, person, at, traffic, created_at)
			SELECT 'vis_z' || 90000 - g, site_id, 'cnv_' || g, CASE g % 3 WHEN 0 THEN session_id ELSE '' END, CASE g % 3 WHEN 1 THEN person ELSE '' END, at - g * interval '1 minute', '{}', created_at
			FROM conversions, generate_series(1, 15000) g WHERE id = $1`,
		`INSERT INTO visit_visitors (visit_id, system, visitor_id, site_id) SELECT 'vis_z' || 90000 - g, 'system', CASE g % 3 WHEN 2 THEN 'visitor' ELSE 'other-' || g END, site_id
			FROM conversions, generate_series(1, 15000) g WHERE id = $1`,
	} {
		_, err := l.db.ExecContext(t.Context(), statement, l.sent.ConversionID)
		require.NoError(t, err)
	}
	_, err := l.db.ExecContext(t.Context(), "ANALYZE visits, visit_visitors")
	require.NoError(t, err)
	l.plan["enable_hashjoin"], l.plan["enable_mergejoin"] = "off", "off" // which pay with so few rows
	read := l.read(t, "history", func(s *models.Store) error {
		known, err := s.Case(t.Context(), l.sent.ConversionID)
		if err != nil {
			return err
		}
		history, err := s.Visits(t.Context(), known)
		require.NoError(t, err)
		require.Equal(t, "vis_z89998", history[0].ID, "the newest that counts")
		require.Equal(t, "vis_z75000", history[len(history)-1].ID, "the oldest")
		return nil
	})
	const most = times * 4000 // the visitor has 5,000 visits by each of three things
	for of, n := range read {
		if n > most {
			t.Errorf("reading a history reads %d entries of %s in %d times, at most %d", n, of, times, most)
		}
	}
}
