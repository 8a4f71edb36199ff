package harness

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pgbouncerConfig is the configuration: the database, its server, its port, its user, the
// address and port of PgBouncer, and the number of connections.
const pgbouncerConfig = `[databases]
%s = host=%s port=%s user=%s
[pgbouncer]
listen_addr = %s
listen_port = %s
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = %d
`

// StartPgBouncer starts a PgBouncer in transaction mode before a database, with few
// connections to it, and returns the DSN through it.
func StartPgBouncer(t testing.TB, dsn string, connections int) string {
	t.Helper()
	path := Program(t, "pgbouncer", "pgbouncer")
	server, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	address := FreeAddress(t)
	host, port, _ := net.SplitHostPort(address)
	config := publicFile(t, "pgbouncer.ini", fmt.Sprintf(pgbouncerConfig,
		strings.TrimPrefix(server.Path, "/"), server.Hostname(), server.Port(), server.User.Username(), host, port, connections))
	args := []string{config}
	if os.Geteuid() == 0 {
		args = append(args, "--user", "postgres") // it refuses to run as root
	}
	process := Start(t, "pgbouncer", path, nil, args...)
	listens := func() bool {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}
	if !poll(time.Minute, listens) {
		t.Fatalf("pgbouncer does not listen:\n%s", process.Log())
	}
	server.Host = address
	return server.String()
}

// publicFile writes a file that other users can read: a test's own folder is closed to them.
func publicFile(t testing.TB, name, text string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ringback-public")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, name)
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}
