package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// attemptsLock keeps attempts from being recorded, until it is released. It is for one
// goroutine.
type attemptsLock struct {
	t    *testing.T
	conn *pgx.Conn
}

func lockAttempts(t *testing.T, dsn string) attemptsLock {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	_, err = conn.Exec(t.Context(), "BEGIN; LOCK TABLE attempts IN SHARE MODE")
	require.NoError(t, err)
	return attemptsLock{t: t, conn: conn}
}

// waiting reports whether an attempt is about to be recorded.
func (l attemptsLock) waiting() bool {
	l.t.Helper()
	var waiting bool
	err := l.conn.QueryRow(l.t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE relation = 'attempts'::regclass AND NOT granted)").Scan(&waiting)
	require.NoError(l.t, err)
	return waiting
}

// release ends the statements that wait, and then lets others go on. PostgreSQL would run one
// to its end although nobody is there any more, and the attempt would be recorded.
func (l attemptsLock) release() {
	l.t.Helper()
	_, err := l.conn.Exec(l.t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE relation = 'attempts'::regclass AND NOT granted`)
	require.NoError(l.t, err)
	_, err = l.conn.Exec(l.t.Context(), "ROLLBACK")
	require.NoError(l.t, err)
}

// TestG3_KilledBetweenAnswerAndRecord kills the service when the destination has answered
// and the attempt is not recorded: the first attempt, which goes out with the decision, and
// the second, which is the dispatch activity's. It is sent again with the same id, and shown
// as interrupted.
func TestG3_KilledBetweenAnswerAndRecord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, mode string
		before     []string // the classes of the attempts before the one that is cut off
	}{
		{"with the decision", "ok", nil},
		{"in the dispatch activity", "500-then-held", []string{"unavailable"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dsn, _ := harness.NewDatabase(t, "postgres")
			s := harness.NewStack(t, harness.StackOptions{Database: dsn})
			d := harness.NewDestination(t)
			api := s.API()
			site := api.Site(nil)
			api.Webhook(site, d.URL+"/"+c.mode, harness.JSON{"delivery": harness.JSON{"timeout_seconds": 30}})
			var lock attemptsLock
			if c.before == nil {
				lock = lockAttempts(t, dsn)
			}
			id := api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead("lead-1"))["conversion_id"].(string)
			if c.before != nil {
				requests := func() bool { return d.Requests(c.mode) > len(c.before) }
				api.WaitFor("the attempt that is held", time.Minute, requests, s.Service.Log)
				lock = lockAttempts(t, dsn)
				d.Release()
			}
			sent := len(c.before) + 1
			d.WaitHits(t, c.mode, sent, time.Minute)
			api.WaitFor("the record of the attempt", time.Minute, lock.waiting, s.Service.Log)
			s.Service.Kill()
			lock.release()
			s.StartService()

			detail := api.WaitConversion(id, 3*time.Minute, harness.Done)
			delivery := detail["deliveries"].([]any)[0].(harness.JSON)
			require.Equal(t, "delivered", delivery["state"], "%v", delivery)
			var classes []string
			for _, a := range delivery["attempts"].([]any) {
				classes = append(classes, a.(harness.JSON)["class"].(string))
			}
			require.Equal(t, append(c.before, "interrupted", "delivered"), classes)
			hits := d.Hits(c.mode)
			require.Len(t, hits, sent+1)
			for _, hit := range hits {
				require.Equal(t, hits[0].ID, hit.ID)
				require.Equal(t, hits[0].Header.Get("Webhook-Id"), hit.Header.Get("Webhook-Id"))
				require.NotEmpty(t, hit.Header.Get("Webhook-Id"))
			}
		})
	}
}
