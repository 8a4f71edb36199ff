// Package migrationlock keeps two migrations of one schema of PostgreSQL from running at once.
//
// A migration waits for another one for as long as that one works, which may be hours: where
// every replica migrates before it starts, each has to wait until the schema is current. If
// the session of the other one does nothing, its process hangs, or its machine is gone and PostgreSQL
// has not found out. Nobody can wait for that, so it is an error that names the session.
package migrationlock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
)

const (
	pause       = time.Second     // between two attempts to have the lock
	loggedEvery = time.Minute     // how often it is logged that a migration waits
	longestIdle = 5 * time.Minute // how long a session that is waited for may do nothing
)

// Lock is the lock of one schema. A session has it, and not a transaction: indexes are built outside of
// one. It implements lock.SessionLocker of goose.
type Lock struct {
	id     int64
	clock  clockwork.Clock
	logger *slog.Logger
}

// New returns the lock with an id. Clock measures how long it is waited for.
func New(id int64, clock clockwork.Clock, logger *slog.Logger) Lock {
	return Lock{id: id, clock: clock, logger: logger}
}

// migrating is the name of a session that migrates, in pg_stat_activity, before the time since which
// it does.
const migrating = "ringback migrate since "

// SessionLock waits for the lock.
func (l Lock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	wait := waiting{lock: l}
	for {
		var locked bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", l.id).Scan(&locked); err != nil {
			return fmt.Errorf("locking the schema for the migration: %w", err)
		}
		if locked {
			_, err := conn.ExecContext(ctx, `SELECT set_config('application_name', $1 || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), false)`, migrating)
			return err
		}
		by, err := l.heldBy(ctx, conn)
		if err != nil {
			return err
		}
		if err := wait.on(ctx, by); err != nil {
			return err
		}
		select {
		case <-l.clock.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// errOtherSession means that a pooler has given the statements of a connection to several sessions of
// PostgreSQL. One of them keeps the lock, and the others did not have it.
var errOtherSession = errors.New("unlocking the schema: another session has the lock: expected a database URL without PgBouncer, because a migration needs a session of its own")

// SessionUnlock releases the lock.
func (l Lock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	var unlocked bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_advisory_unlock($1)", l.id).Scan(&unlocked); err != nil {
		return fmt.Errorf("unlocking the schema: %w", err)
	}
	if !unlocked {
		return errOtherSession
	}
	_, err := conn.ExecContext(ctx, "RESET application_name")
	return err
}

// holder is the session that has the lock.
type holder struct {
	Process int64 // of PostgreSQL, zero if no session has the lock any more
	Name    string
	Address string
	Since   time.Time // when it was connected
	State   string    // empty if this role may not see it
	Changed time.Time // when it began to be in this state
}

// isIdle reports whether the session does nothing.
func (h holder) isIdle() bool { return strings.HasPrefix(h.State, "idle") }

// heldBy returns the session that has the lock.
func (l Lock) heldBy(ctx context.Context, conn *sql.Conn) (h holder, err error) {
	err = conn.QueryRowContext(ctx, `SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local'), coalesce(a.backend_start, now()), coalesce(a.state, ''), coalesce(a.state_change, now())
		FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database LEFT JOIN pg_stat_activity AS a USING (pid)
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = $1 AND d.datname = current_database()`, l.id).
		Scan(&h.Process, &h.Name, &h.Address, &h.Since, &h.State, &h.Changed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("finding what has the lock of the schema: %w", err)
	}
	return h, nil
}

// waiting is how long a migration has waited for another one.
type waiting struct {
	lock   Lock
	idle   holder    // as it was when it was first found to do nothing
	since  time.Time // when that was, by the clock of this machine
	logged time.Time
}

// on returns an error if the session that has the lock has done nothing for too long.
func (w *waiting) on(ctx context.Context, by holder) error {
	now := w.lock.clock.Now()
	if by.Process != 0 && now.Sub(w.logged) >= loggedEvery {
		w.logged = now
		w.lock.logger.LogAttrs(ctx, slog.LevelInfo, "migration.waiting", slog.Int64("process", by.Process), slog.String("holder", by.Name),
			slog.String("address", by.Address), slog.Time("connected", by.Since), slog.String("state", by.State))
	}
	if !by.isIdle() || by.Process != w.idle.Process || !by.Changed.Equal(w.idle.Changed) {
		w.idle, w.since = by, now
		return nil
	}
	if now.Sub(w.since) < longestIdle {
		return nil
	}
	return fault.New(fault.Unavailable, "migration_hangs").With("Process", strconv.FormatInt(by.Process, 10)).With("Name", by.Name).
		With("Address", by.Address).With("Since", by.Since.UTC().Format(time.RFC3339)).With("Minutes", strconv.Itoa(int(longestIdle.Minutes())))
}
