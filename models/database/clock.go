package database

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jonboulle/clockwork"
)

// measureEvery is how often the clock of a server is compared with that of this process,
// besides once with each new connection.
const measureEvery = time.Minute

// Clock is a clock that follows the one of the database. Leases and times that one process
// stores and another one compares are of one clock then, however wrong the clocks of their
// machines are (G3). Until the database has answered, it has the time of the machine, and
// always on SQLite, whose file is on one machine. Create it with Following, and use it for
// all that a process does. It is safe for concurrent use.
type Clock struct {
	clockwork.Clock // of the machine

	mu       sync.Mutex
	offset   time.Duration // how far the database's clock is ahead of that of the machine
	measured time.Time     // when, by the clock of the machine; zero if never
}

// Following returns a clock that follows the one of a database that is opened with it. A
// clock that follows already is returned as it is.
func Following(machine clockwork.Clock) *Clock {
	if already, ok := machine.(*Clock); ok {
		return already
	}
	return &Clock{Clock: machine}
}

// Now returns the time by the database's clock.
func (c *Clock) Now() time.Time { return c.Clock.Now().Add(c.Offset()) }

// Since returns how long ago t was by the database's clock.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Until returns how long it is until t by the database's clock.
func (c *Clock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// Offset returns how far the database's clock is ahead of that of the machine.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// isDue reports whether the clocks are to be compared again. A nil clock is never due.
func (c *Clock) isDue() bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.measured.IsZero() || c.Clock.Since(c.measured) >= measureEvery
}

// observe sets the offset by a time that was read from a server between two moments of the
// machine's clock. An offset that may be right is kept, so that the clock does not vary
// with how long answers take.
func (c *Clock) observe(asked, answered, server time.Time) {
	least, most := server.Sub(answered), server.Sub(asked)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.measured = answered
	if c.offset < least || c.offset > most {
		c.offset = least + (most-least)/2
	}
}

// measure reads the time from the server of a connection. A nil clock is not measured.
func (c *Clock) measure(ctx context.Context, conn *pgx.Conn) error {
	if c == nil {
		return nil
	}
	asked := c.Clock.Now()
	var server time.Time
	if err := conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&server); err != nil {
		return fmt.Errorf("reading the clock of the database: %w", err)
	}
	c.observe(asked, c.Clock.Now(), server)
	return nil
}
