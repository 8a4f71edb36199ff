package models_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
)

// How many rows of one table may be read for one more call of a crowd of sizeOfCrowd calls and
// leads, and as many visits.
const (
	mostOfCrowd  = 30_000 // to compute touchpoints, in some statements
	mostToDecide = 3_000
	sizeOfCrowd  = 40_000
)

// crowdOf makes nearly all calls, leads and visits of a large site those of one number, one
// visitor, and one id of each system.
func (l *largeSite) crowdOf(t *testing.T, caller string) {
	t.Helper()
	for _, c := range []struct{ table, changed string }{
		{"conversions", `jsonb_build_object('kind', CASE WHEN g % 2 = 0 THEN 'call' ELSE 'lead' END, 'id', 'crowd_' || lpad(g::text, 10, '0'), 'external_id', 'c' || g, 'workflow_id', 'c' || g,
			'at', (r).at - g * interval '1 minute', 'phone', '` + caller + `', 'person', '` + caller + `', 'session_id', 'ses_crowd' || g % 10, 'is_unique', false, 'is_unique_target', false, 'is_target', false,
			'visitor_ids', jsonb_build_object('bizible', '` + crowdsBrowser + `', 'rtbhouse', 'crowd'))`},
		{"sessions", `jsonb_build_object('id', 'ses_crowd' || g, 'visitor_id', 'visitor-of-the-crowd', 'started_at', (r).started_at - g * interval '1 minute')`},
		{"visitors", `jsonb_build_object('id', 'crowd-' || g)`},
	} {
		l.fill(t, c.table, c.changed, sizeOfCrowd)
	}
	for _, rows := range []string{
		`visitor_ids (site_id, visitor_id, system, value, seen_at) SELECT site_id, id, 'rtbhouse', 'crowd', first_seen_at FROM visitors WHERE id LIKE 'crowd-%'`,
		`visitor_ids (site_id, visitor_id, system, value, seen_at) SELECT id, 'visitor-of-the-crowd', 'bizible', '` + crowdsBrowser + `', created_at FROM sites WHERE id = '` + l.site.ID + `'`,
		`visitors (site_id, id, first_seen_at, last_seen_at) SELECT id, 'visitor-of-the-crowd', created_at, created_at FROM sites WHERE id = '` + l.site.ID + `'`,
		`journey_browsers (site_id, bizible_id, ref) SELECT site_id, '` + crowdsBrowser + `', 'conversion/' || id FROM conversions WHERE id LIKE 'crowd_%'`,
		`journey_browsers (site_id, bizible_id, ref) SELECT id, '` + crowdsBrowser + `', 'visitor/visitor-of-the-crowd' FROM sites WHERE id = '` + l.site.ID + `'`,
	} {
		_, err := l.db.ExecContext(t.Context(), "INSERT INTO "+rows)
		require.NoError(t, err, rows)
	}
	l.analyze(t)
}

const crowdsBrowser = "28c1063cb0a64349ad0d2d8600000000"

// TestG6_OneMoreCallOfACrowdReadsNoLargeTable has one number, visitor and browser with nearly
// all calls, leads and visits of a site.
func TestG6_OneMoreCallOfACrowdReadsNoLargeTable(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	l.crowdOf(t, modeltest.Caller)
	large := l.large(t)
	n := 0
	calls := func(ctx context.Context, t *testing.T, s *models.Store, caller string, ids map[string]string, session string) string {
		t.Helper()
		n++
		accepted, err := s.AcceptCallEvent(ctx, modeltest.CallEvent(l.site, fmt.Sprint("again", n), conversion.CallEvent{
			ID: "start", Type: conversion.EventStarted, At: modeltest.Start.Add(time.Duration(n) * time.Second), Caller: caller, VisitorIDs: ids, SessionID: session,
		}))
		require.NoError(t, err)
		return accepted.ConversionID
	}
	crowds := map[string]struct {
		caller  string
		ids     map[string]string
		session string
	}{
		"a number":    {caller: modeltest.Caller},
		"a browser":   {caller: "+12025550177", ids: map[string]string{"bizible": crowdsBrowser}},
		"a shared id": {caller: "+12025550177", ids: map[string]string{"rtbhouse": "crowd"}},
		"a visitor":   {caller: "+12025550177", session: "ses_crowd7"},
	}
	compute := func(s *models.Store) error {
		for more := true; more; {
			var err error
			if more, err = s.WorkJourneys(t.Context()); err != nil {
				return err
			}
		}
		return nil
	}
	for _, mode := range []string{plannedForValues, plannedOnce} {
		s := l.store(t, modeltest.Start.Add(later), mode)
		for _, name := range slices.Sorted(maps.Keys(crowds)) {
			crowd := crowds[name]
			taken(t, s.proxy)
			id := calls(t.Context(), t, s.Store, crowd.caller, crowd.ids, crowd.session)
			c, err := s.Case(t.Context(), id)
			require.NoError(t, err)
			_, err = s.Visits(t.Context(), c)
			require.NoError(t, err)
			_, err = s.Earlier(t.Context(), c)
			require.NoError(t, err)
			for _, fault := range faults(taken(t, s.proxy), large, bounds{rows: mostToDecide, statements: 60}) {
				t.Errorf("deciding on a call of %s, %s: %s", name, mode, fault)
			}
			require.NoError(t, compute(s.Store))
			for _, fault := range faults(taken(t, s.proxy), large, bounds{rows: mostOfCrowd, statements: 300}) {
				t.Errorf("computing a call of %s, %s: %s", name, mode, fault)
			}
		}
	}
}
