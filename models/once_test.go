package models_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/judged"
	"ringback/models/modeltest"
	"ringback/models/received"
)

// TestG6_SweepsAreDoneByOneProcessAtATime has another process be at each of the sweeps that all
// processes do from time to time. A sweep then leaves to it what is due, and does not wait.
func TestG6_SweepsAreDoneByOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	s := modeltest.Open(t, dsn, clock)
	site := modeltest.Site(t, s)
	db := modeltest.SQL(t, dsn)
	call, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "c1", conversion.CallEvent{ID: "e1", Type: conversion.EventStarted, At: modeltest.Start}))
	require.NoError(t, err)
	require.NoError(t, s.ForgetVisitor(t.Context(), site.ID, ids.New("visitor")))
	_, err = s.StoreUnread(t.Context(), &received.UnreadMessage{SiteID: site.ID, Source: "callrail", Body: []byte("x"), ReceivedAt: modeltest.Start})
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `INSERT INTO judged_facts (conversion_id, seq, final, site_id, facts, event, created_at) VALUES ($1, 1, true, $2, '{}', '{}', $3)`,
		call.ConversionID, site.ID, modeltest.Start)
	require.NoError(t, err)
	clock.Advance(2 * judged.KeptFor)

	for _, x := range []struct {
		job, due string // the second counts what is due
		sweep    func(s *models.Store) error
	}{
		{"judged", "SELECT count(*) FROM judged_facts", func(s *models.Store) error { return s.PruneJudged(t.Context()) }},
		{"tombstones", "SELECT count(*) FROM forgotten_visitors", func(s *models.Store) error { return s.PruneForgotten(t.Context()) }},
		{"messages", "SELECT count(*) FROM unread_messages", func(s *models.Store) error { return s.Prune(t.Context(), site.ID, clock.Now()) }},
		{"requeue", "SELECT count(*) FROM conversions WHERE revived_at IS NULL", func(s *models.Store) error {
			_, err := s.RequeueStuck(t.Context(), clock.Now(), 100)
			return err
		}},
	} {
		left := func() (n int) {
			require.NoError(t, db.QueryRowContext(t.Context(), x.due).Scan(&n), x.job)
			return n
		}
		other, _ := modeltest.Holding(t, db, "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))", x.job)
		require.NoError(t, x.sweep(s), x.job)
		require.Equal(t, 1, left(), x.job)
		require.NoError(t, other.Rollback())
		require.NoError(t, x.sweep(s), x.job)
		require.Zero(t, left(), x.job)
	}
}
