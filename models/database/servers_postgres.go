package database

import (
	"context"
	"database/sql/driver"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	connectTimeout = 5 * time.Second // for one server, with signing in
	// dialTimeout is for the TCP connection to one of several servers, so that one which is
	// gone costs little. It is enough for one packet that is lost.
	dialTimeout = 1500 * time.Millisecond
	// silence is how long a server may leave what was sent to it unconfirmed, or probes of an
	// idle connection unanswered, before the connection is closed.
	silence = 8 * time.Second
	// checkEvery is how long a connection is used before its server is asked again whether
	// it accepts writes.
	checkEvery = 5 * time.Second
	// readOnly is the SQLSTATE of a write to a server that accepts none.
	readOnly = "25006"
)

// parseServers reads the database URL, which may name several servers. A connection is
// made to the first one that accepts writes, unless target_session_attrs asks for
// another one.
func parseServers(dsn string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errPostgresURL
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.DialFunc = dialer(config).DialContext
	if config.ValidateConnect == nil && !strings.Contains(dsn, "target_session_attrs") {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	config.OnPgError = func(_ *pgconn.PgConn, answer *pgconn.PgError) bool {
		return answer.Code != readOnly && !strings.EqualFold(answer.Severity, "FATAL")
	}
	return config, nil
}

// dialer returns a dialer whose connections end when the server's machine is gone without
// having closed them.
func dialer(config *pgx.ConnConfig) *net.Dialer {
	d := &net.Dialer{
		Timeout: config.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: silence / 2, Interval: silence / 4, Count: 2,
		},
		Control: endWhenSilent,
	}
	for _, other := range config.Fallbacks {
		if other.Host != config.Host || other.Port != config.Port {
			d.Timeout = min(d.Timeout, dialTimeout)
		}
	}
	return d
}

// checks closes connections whose server no longer accepts writes: after a fail-over
// the old server may answer reads for as long as somebody asks. A connection is checked
// before it is used, if it was not checked for so long. The check also reads the clock of
// the server, once a minute.
type checks struct {
	every    time.Duration
	validate pgconn.ValidateConnectFunc // nil if any server will do
	clock    *Clock                     // nil if the server's clock does not matter
}

// unchecked is the key of the time for which a connection was not checked, in its custom data.
const unchecked = "ringback:unchecked"

// options returns the options of a pool with these checks. Both functions are called
// before each use of a connection, in this order.
func (w checks) options() []stdlib.OptionOpenDB {
	if w.validate == nil && w.clock == nil {
		return nil
	}
	return []stdlib.OptionOpenDB{stdlib.OptionShouldPing(w.shouldPing), stdlib.OptionResetSession(w.reset)}
}

// shouldPing reports whether a connection is pinged before it is used, as the driver does
// after a second. A check makes the ping unnecessary.
func (w checks) shouldPing(_ context.Context, p stdlib.ShouldPingParams) bool {
	data := p.Conn.PgConn().CustomData()
	last, _ := data[unchecked].(time.Duration)
	data[unchecked] = last + p.IdleDuration
	return last+p.IdleDuration < w.every && p.IdleDuration > time.Second
}

// reset checks a connection if it is time to.
func (w checks) reset(ctx context.Context, conn *pgx.Conn) error {
	data := conn.PgConn().CustomData()
	if last, _ := data[unchecked].(time.Duration); last < w.every {
		return nil
	}
	if w.validate != nil && w.validate(ctx, conn.PgConn()) != nil {
		return driver.ErrBadConn
	}
	if w.clock.isDue() && w.clock.measure(ctx, conn) != nil {
		return driver.ErrBadConn
	}
	data[unchecked] = time.Duration(0)
	return nil
}
