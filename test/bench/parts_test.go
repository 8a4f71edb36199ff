package bench_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// parts is a service whose web and workers are processes of their own. It and Temporal have a
// PostgreSQL each, which counts statements. So what each part costs is known.
type parts struct {
	stack
	web, worker       *harness.Process
	webOps, workerOps string
	own, engine       *harness.Postgres
	counts            map[string]filler // of what each PostgreSQL counts
	rows              filler            // of Ringback's database
}

// The parts, in the order of the tables.
const (
	webPart      = "web"
	workerPart   = "worker"
	ownPart      = "PostgreSQL of Ringback"
	temporalPart = "Temporal"
	enginePart   = "PostgreSQL of Temporal"
)

var allParts = []string{webPart, workerPart, ownPart, temporalPart, enginePart}

func newParts(b *testing.B, env ...string) *parts {
	b.Helper()
	p := &parts{own: counting(b), engine: counting(b), counts: map[string]filler{}}
	for part, cluster := range map[string]*harness.Postgres{ownPart: p.own, enginePart: p.engine} {
		cluster.Exec("CREATE EXTENSION pg_stat_statements")
		p.counts[part] = openFiller(b, cluster.DSN())
	}
	p.stack = stackWith(b, harness.StackOptions{
		Database: p.own.Database("ringback"), TemporalStore: p.engine.Database("temporal"), Env: append(env, quiet),
	})
	p.rows = openFiller(b, p.Database())
	p.Service.Kill()
	p.launch()
	return p
}

// counting starts a PostgreSQL that counts statements.
func counting(b *testing.B) *harness.Postgres {
	b.Helper()
	cluster := harness.StartPostgres(b)
	cluster.Exec("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
	cluster.Exec("ALTER SYSTEM SET shared_buffers = '1GB'")
	cluster.Exec("ALTER SYSTEM SET max_wal_size = '4GB'")
	cluster.Crash()
	cluster.Start()
	return cluster
}

// launch starts web and workers, and returns how long each took until it answered that it is
// ready.
func (p *parts) launch() (web, worker time.Duration) {
	began := time.Now()
	p.web = p.LaunchWeb(strings.TrimPrefix(p.HTTP, "http://"))
	p.worker = p.LaunchWorker()
	ready := func(process *harness.Process, ops *string) time.Duration {
		*ops = process.WaitReady(time.Minute).Ops
		p.api.WaitFor("ready", time.Minute, func() bool {
			answer, err := http.Get(*ops + "/readyz")
			if err != nil {
				return false
			}
			_ = answer.Body.Close()
			return answer.StatusCode == http.StatusOK
		}, process.Log)
		return time.Since(began)
	}
	return ready(p.web, &p.webOps), ready(p.worker, &p.workerOps)
}

// pids returns the process of each part.
func (p *parts) pids() map[string]int {
	return map[string]int{
		webPart: p.web.PID(), workerPart: p.worker.PID(), temporalPart: p.Temporal.PID(), ownPart: p.own.PID(), enginePart: p.engine.PID(),
	}
}

// work is what parts have done.
type work struct {
	at        time.Time
	processor map[string]time.Duration // of each part
	databases map[string]databaseWork  // of the two PostgreSQL
}

// databaseWork is what a PostgreSQL has done.
type databaseWork struct {
	statements int
	executed   time.Duration // how long it took to run them
	stored     int           // bytes of its databases
	logged     int           // bytes that were written to its log
}

// counted is SQL of what a PostgreSQL has done, without this statement.
const counted = `SELECT coalesce(sum(calls), 0)::bigint || ' ' || coalesce(sum(total_exec_time), 0)
	|| ' ' || (SELECT sum(pg_database_size(oid)) FROM pg_database) || ' ' || (pg_current_wal_lsn() - '0/0'::pg_lsn)
	FROM pg_stat_statements WHERE dbid <> (SELECT oid FROM pg_database WHERE datname = current_database())`

// work returns what was done so far.
func (p *parts) work(b *testing.B) work {
	b.Helper()
	w := work{at: time.Now(), processor: map[string]time.Duration{}, databases: map[string]databaseWork{}}
	for part, pid := range p.pids() {
		w.processor[part] = harness.CPU(b, pid)
	}
	for part, f := range p.counts {
		var d databaseWork
		var milliseconds float64
		if _, err := fmt.Sscan(f.texts(counted)[0], &d.statements, &milliseconds, &d.stored, &d.logged); err != nil {
			b.Fatal(err)
		}
		d.executed = time.Duration(milliseconds * float64(time.Millisecond))
		w.databases[part] = d
	}
	return w
}

// since returns what was done between an earlier time and w.
func (w work) since(before work) work {
	d := work{at: w.at, processor: map[string]time.Duration{}, databases: map[string]databaseWork{}}
	for part, used := range w.processor {
		d.processor[part] = used - before.processor[part]
	}
	for part, is := range w.databases {
		was := before.databases[part]
		d.databases[part] = databaseWork{is.statements - was.statements, is.executed - was.executed, is.stored - was.stored, is.logged - was.logged}
	}
	return d
}

// calm waits until nothing is left to be handed to Temporal, and web, workers and Temporal have used
// next to no processor for some seconds, which means that all that was reported is done.
func (p *parts) calm(b *testing.B, within time.Duration) {
	b.Helper()
	const during, most = 5 * time.Second, 400 * time.Millisecond
	used := func() time.Duration {
		return harness.CPU(b, p.web.PID()) + harness.CPU(b, p.worker.PID()) + harness.CPU(b, p.Temporal.PID())
	}
	for deadline := time.Now().Add(within); ; {
		before := used()
		<-time.After(during)
		if used()-before < most && p.rows.texts("SELECT count(*)::text FROM outbox")[0] == "0" {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("something was still to be done after %s\n%s", within, p.worker.Log())
		}
	}
}
