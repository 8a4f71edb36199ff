package database

import (
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
)

func TestOfSeveralServersOneThatIsGoneCostsLittle(t *testing.T) {
	t.Parallel()
	for dsn, timeout := range map[string]time.Duration{
		"postgres://ringback@192.0.2.1/ringback":                              connectTimeout,
		"postgres://ringback@192.0.2.1/ringback?sslmode=prefer":               connectTimeout,
		"postgres://ringback@192.0.2.1,192.0.2.2/ringback":                    dialTimeout,
		"postgres://ringback@192.0.2.1:5432,192.0.2.1:5433/ringback":          dialTimeout,
		"postgres://ringback@192.0.2.1,192.0.2.2/ringback?connect_timeout=1":  time.Second,
		"postgres://ringback@192.0.2.1/ringback?connect_timeout=20":           20 * time.Second,
		"postgres://ringback@192.0.2.1/ringback?target_session_attrs=any":     connectTimeout,
		"postgres://ringback@192.0.2.1/ringback?default_query_exec_mode=exec": connectTimeout,
	} {
		config, err := parseServers(dsn)
		require.NoError(t, err)
		require.Equal(t, timeout, dialer(config).Timeout, dsn)
	}
}

func TestAnyServerWillDoOnlyIfTheURLAsksForIt(t *testing.T) {
	t.Parallel()
	config, err := parseServers("postgres://ringback@192.0.2.1/ringback")
	require.NoError(t, err)
	require.NotNil(t, config.ValidateConnect)
	config, err = parseServers("postgres://ringback@192.0.2.1/ringback?target_session_attrs=any")
	require.NoError(t, err)
	require.Nil(t, config.ValidateConnect)
	require.Empty(t, checks{}.options())
}

func TestConnectionsToAServerThatIsGoneEnd(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	config, err := parseServers("postgres://ringback@192.0.2.1/ringback")
	require.NoError(t, err)
	conn, err := config.DialFunc(t.Context(), "tcp", listener.Addr().String())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	requireEndsWhenSilent(t, conn.(*net.TCPConn))
	require.LessOrEqual(t, silence+silence/4, 10*time.Second, "docs/operators.md promises that such a server is left within ten seconds")
}

// A server that becomes read-only answers reads as before. A connection to it must not be
// used after the next check.
func TestReadsLeaveAServerThatBecameReadOnly(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv("RINGBACK_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("RINGBACK_TEST_POSTGRES is not set")
	}
	config, err := parseServers(dsn)
	require.NoError(t, err)
	for every, same := range map[time.Duration]bool{time.Hour: true, 0: false} {
		db := stdlib.OpenDB(*config, checks{every: every, validate: config.ValidateConnect}.options()...)
		db.SetMaxOpenConns(1)
		var before, after int
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&before))
		_, err = db.ExecContext(t.Context(), "SET default_transaction_read_only = on")
		require.NoError(t, err)
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&after))
		require.Equal(t, same, before == after, "checked every %v", every)
		require.NoError(t, db.Close())
	}
}
