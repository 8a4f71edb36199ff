package database_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/secrets"
	"ringback/models/database"
	"ringback/models/modeltest"
)

// openAt opens a database in a process whose clock is wrong by so long.
func openAt(t *testing.T, dsn string, wrong time.Duration) (*database.DB, *database.Clock) {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	box, err := secrets.New(keys)
	require.NoError(t, err)
	clock := database.Following(clockwork.NewFakeClockAt(time.Now().Add(wrong)))
	db, err := database.Open(t.Context(), database.Options{
		DSN: dsn, Migrations: migrations, Box: box, Clock: clock, Logger: slog.New(slog.DiscardHandler),
		Pools: database.Pools{Intake: 1, Relay: 1, Workers: 1, Viewers: 1},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db, clock
}

// TestG3_ProcessesGoByTheClockOfTheDatabase leases in one process for nine minutes, with a clock
// that is slow by seven minutes, what another process may take, whose clock is fast by
// three: by that the lease would have ended. On SQLite both would be on one machine.
func TestG3_ProcessesGoByTheClockOfTheDatabase(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		if strings.HasPrefix(dsn, "sqlite:") {
			_, clock := openAt(t, dsn, 7*time.Minute)
			require.Zero(t, clock.Offset())
			return
		}
		slow, slowClock := openAt(t, dsn, -7*time.Minute)
		fast, fastClock := openAt(t, dsn, 3*time.Minute)
		_, err := slow.MigrateTo(t.Context(), database.Newest)
		require.NoError(t, err)
		for _, db := range []*database.DB{slow, fast} {
			require.NoError(t, db.Ping(t.Context()))
		}
		require.InDelta(t, 7*time.Minute, slowClock.Offset(), float64(time.Minute))
		require.InDelta(t, -3*time.Minute, fastClock.Offset(), float64(time.Minute))

		leasedUntil := slow.Now().Add(9 * time.Minute)
		require.NoError(t, slow.Write(t.Context()).Create(&note{ID: "leased", CreatedAt: leasedUntil}).Error)
		free := func() (n int64) {
			require.NoError(t, fast.Read(t.Context()).Model(&note{}).Where("created_at <= ?", fast.Now()).Count(&n).Error)
			return n
		}
		require.Zero(t, free(), "the lease has not ended, though the clock of this process is past its end")
		fastClock.Clock.(*clockwork.FakeClock).Advance(11 * time.Minute)
		require.EqualValues(t, 1, free())
	})
}
