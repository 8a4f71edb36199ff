package harness

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Postgres is a temporary PostgreSQL cluster of one test, which can be stopped and
// started again on the same address.
type Postgres struct {
	t       testing.TB
	dir     string
	dsn     string
	crashed bool
}

// StartPostgres creates and starts a cluster, which is removed at the end of the test.
// If PostgreSQL is not installed, the test fails in CI and is skipped elsewhere.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	return startPostgres(t, "start")
}

// StartReplica creates a cluster that follows this one. What this one has committed from
// then on is on both.
func (p *Postgres) StartReplica() *Postgres {
	p.t.Helper()
	replica := startPostgres(p.t, "replica", p.dsn)
	p.Exec("ALTER SYSTEM SET synchronous_standby_names = '*'")
	p.Exec("SELECT pg_reload_conf()")
	return replica
}

// startPostgres starts a cluster in a folder of its own by a verb of scripts/postgres.
func startPostgres(t testing.TB, verb ...string) *Postgres {
	t.Helper()
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(found) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("PostgreSQL is not installed, and CI requires it")
		}
		t.Skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
	}
	dir, err := os.MkdirTemp("", "ringback-pg")
	if err != nil {
		t.Fatal(err)
	}
	p := &Postgres{t: t, dir: dir}
	p.dsn = p.script(verb[0], verb[1:]...)
	t.Cleanup(func() {
		if !p.crashed {
			p.script("stop")
		}
		_ = os.RemoveAll(dir)
	})
	return p
}

// Exec runs a statement as the cluster's superuser.
func (p *Postgres) Exec(statement string) {
	p.t.Helper()
	Exec(p.t, p.dsn, statement)
}

// Exec runs a statement in a PostgreSQL database.
func Exec(t testing.TB, dsn, statement string) {
	t.Helper()
	query(t, dsn, statement)
}

// query returns the rows that a statement returns in a PostgreSQL database, a line each, with =
// between the columns.
func query(t testing.TB, dsn, statement string) string {
	t.Helper()
	out, err := exec.Command("psql", dsn, "-v", "ON_ERROR_STOP=1", "-At", "-F", "=", "-c", statement).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", statement, err, out)
	}
	return string(out)
}

// PID returns the id of the cluster's first process, whose children are all others.
func (p *Postgres) PID() int {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "data", "postmaster.pid"))
	if err != nil {
		p.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		p.t.Fatalf("postmaster.pid begins with %q", first)
	}
	return pid
}

// Promote makes a replica a server of its own, which accepts writes.
func (p *Postgres) Promote() { p.script("promote") }

// DSN returns the cluster's address.
func (p *Postgres) DSN() string { return p.dsn }

// Crash ends the cluster at once. Committed data is there when it starts again.
func (p *Postgres) Crash() {
	p.script("crash")
	p.crashed = true
}

// Start starts the stopped cluster again, on the same address.
func (p *Postgres) Start() {
	p.t.Helper()
	if dsn := p.script("start"); dsn != p.dsn {
		p.t.Fatalf("the cluster came back as %s, it was %s", dsn, p.dsn)
	}
	p.crashed = false
}

func (p *Postgres) script(verb string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(filepath.Join(RepoRoot(), "scripts", "postgres"), append([]string{verb, p.dir}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("scripts/postgres %s: %v\n%s", verb, err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// sharedPostgres is the environment variable with the URL of a cluster that all tests
// may use, as in the tests of the store.
const sharedPostgres = "RINGBACK_TEST_POSTGRES"

// sharedDatabase creates an empty database in the shared cluster, which is removed at the
// end of the test, and returns its DSN. It returns "" if there is no shared cluster.
func sharedDatabase(t testing.TB) string {
	t.Helper()
	p := &Postgres{t: t, dsn: os.Getenv(sharedPostgres)}
	if p.dsn == "" {
		return ""
	}
	name := "e2e_" + strings.ToLower(rand.Text())
	dsn := p.Database(name)
	t.Cleanup(func() {
		if out, err := exec.Command("psql", p.dsn, "-c", fmt.Sprintf("DROP DATABASE %q WITH (FORCE)", name)).CombinedOutput(); err != nil {
			t.Errorf("removing database %s: %v\n%s", name, err, out)
		}
	})
	return dsn
}

// Database creates an empty database in the cluster and returns its DSN.
func (p *Postgres) Database(name string) string {
	p.t.Helper()
	p.Exec(fmt.Sprintf("CREATE DATABASE %q", name))
	return p.DSNOf(name)
}

// DSNOf returns the DSN of a database of the cluster.
func (p *Postgres) DSNOf(name string) string {
	cut := strings.LastIndex(p.dsn, "/")
	rest := p.dsn[cut+1:]
	if _, query, ok := strings.Cut(rest, "?"); ok {
		return p.dsn[:cut+1] + name + "?" + query
	}
	return p.dsn[:cut+1] + name
}

// Rows returns how many rows each table of a PostgreSQL database has.
func Rows(t testing.TB, dsn string) map[string]int {
	t.Helper()
	const count = `SELECT tablename, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', tablename), false, true, '')))[1]
		FROM pg_tables WHERE schemaname = current_schema()`
	rows := map[string]int{}
	for line := range strings.Lines(query(t, dsn, count)) {
		table, number, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatalf("counting the rows of %s: %v", table, err)
		}
		rows[table] = n
	}
	return rows
}

// Connections returns how many connections to a database there are, without its own.
func Connections(t testing.TB, dsn string) int {
	t.Helper()
	const count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	n, err := strconv.Atoi(strings.TrimSpace(query(t, dsn, count)))
	if err != nil {
		t.Fatalf("counting connections: %v", err)
	}
	return n
}
