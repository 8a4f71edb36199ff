package database

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"ringback/internal/fault"
)

const (
	lockPause   = time.Second     // between two attempts to have the lock of migrations
	lockLogged  = time.Minute     // how often it is logged that a migration waits for another one
	longestIdle = 5 * time.Minute // how long the session of a migration may do nothing while another one waits for it
)

// migrationLock is a lock that one session of PostgreSQL has while it migrates a schema. A
// migration waits for another one for as long as that one works, which may be hours: where every
// replica migrates before it starts, each has to wait until the schema is current. If the session
// of the other one does nothing, its process hangs, or its machine is gone and PostgreSQL has not
// found out. Nobody can wait for that, so it is an error that names the session.
type migrationLock struct {
	id     int64
	clock  *Clock
	logger *slog.Logger
}

// migrating is the name of a session that migrates, in pg_stat_activity, before the time since which
// it does.
const migrating = "ringback migrate since "

// SessionLock waits for the lock.
func (l migrationLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	wait := lockWait{lock: l}
	for {
		var locked bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", l.id).Scan(&locked); err != nil {
			return fmt.Errorf("locking the schema for the migration: %w", err)
		}
		if locked {
			_, err := conn.ExecContext(ctx, `SELECT set_config('application_name', $1 || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), false)`, migrating)
			return err
		}
		holder, err := l.holder(ctx, conn)
		if err != nil {
			return err
		}
		if err := wait.on(ctx, holder); err != nil {
			return err
		}
		select {
		case <-l.clock.Clock.After(lockPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// SessionUnlock returns the lock.
func (l migrationLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", l.id); err != nil {
		return fmt.Errorf("unlocking the schema: %w", err)
	}
	_, err := conn.ExecContext(ctx, "RESET application_name")
	return err
}

// lockHolder is the session that has the lock.
type lockHolder struct {
	Process int64 // of PostgreSQL, zero if no session has the lock any more
	Name    string
	Address string
	Since   time.Time // when it was connected
	State   string    // empty if this role may not see it
	Changed time.Time // when it began to be in this state
}

// isIdle reports whether the session does nothing.
func (h lockHolder) isIdle() bool { return strings.HasPrefix(h.State, "idle") }

// holder returns the session that has the lock.
func (l migrationLock) holder(ctx context.Context, conn *sql.Conn) (h lockHolder, err error) {
	rows, err := conn.QueryContext(ctx, `SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local'), coalesce(a.backend_start, now()), coalesce(a.state, ''), coalesce(a.state_change, now())
		FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database LEFT JOIN pg_stat_activity AS a USING (pid)
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = $1 AND d.datname = current_database()`, l.id)
	if err != nil {
		return h, fmt.Errorf("finding what has the lock of the schema: %w", err)
	}
	defer func() { _ = rows.Close() }() // what it returns was returned by Err
	if rows.Next() {
		err = rows.Scan(&h.Process, &h.Name, &h.Address, &h.Since, &h.State, &h.Changed)
	}
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		return h, fmt.Errorf("reading what has the lock of the schema: %w", err)
	}
	return h, nil
}

// lockWait is how long a migration has waited for another one.
type lockWait struct {
	lock   migrationLock
	idle   lockHolder // as it was when it was first found to do nothing
	since  time.Time  // when that was, by the clock of this machine
	logged time.Time
}

// on returns an error if the session that has the lock has done nothing for too long.
func (w *lockWait) on(ctx context.Context, holder lockHolder) error {
	now := w.lock.clock.Clock.Now()
	if holder.Process != 0 && now.Sub(w.logged) >= lockLogged {
		w.logged = now
		w.lock.logger.LogAttrs(ctx, slog.LevelInfo, "migration.waiting", slog.Int64("process", holder.Process), slog.String("holder", holder.Name),
			slog.String("address", holder.Address), slog.Time("connected", holder.Since), slog.String("state", holder.State))
	}
	if !holder.isIdle() || holder.Process != w.idle.Process || !holder.Changed.Equal(w.idle.Changed) {
		w.idle, w.since = holder, now
		return nil
	}
	if now.Sub(w.since) < longestIdle {
		return nil
	}
	return fault.New(fault.Unavailable, "migration_hangs").With("Process", strconv.FormatInt(holder.Process, 10)).With("Name", holder.Name).
		With("Address", holder.Address).With("Since", holder.Since.UTC().Format(time.RFC3339)).With("Minutes", strconv.Itoa(int(longestIdle.Minutes())))
}
