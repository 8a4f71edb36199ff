package bench_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// newCounted starts the service on a PostgreSQL that counts statements.
func newCounted(b *testing.B, env ...string) (stack, filler) {
	b.Helper()
	dsn := counting(b).Database("ringback")
	harness.Exec(b, dsn, "CREATE EXTENSION pg_stat_statements")
	s := stackOn(b, dsn, env...)
	return s, openFiller(b, dsn)
}

// statements returns how many statements the database has run, with begins and commits.
func (f filler) statements() int {
	f.b.Helper()
	n, err := strconv.Atoi(f.texts(`SELECT coalesce(sum(calls), 0)::bigint::text FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`)[0])
	if err != nil {
		f.b.Fatal(err)
	}
	return n
}

// BenchmarkIdle counts the statements of one idle process per minute: with web and
// workers, with web, and with workers. Some are sent every two minutes.
func BenchmarkIdle(b *testing.B) {
	const (
		holding  = 75 * time.Second // after its last delivery a worker holds slots for a minute
		starting = 10 * time.Second
	)
	s, f := newCounted(b)
	s.accept(b, s.leads, "warm")
	s.dest.WaitHits(b, "ok", 1, time.Minute)
	count := func(what string, calm time.Duration) {
		<-time.After(calm)
		before := f.statements()
		<-time.After(2 * time.Minute)
		report(row{"statements of an idle process per minute, " + what, strconv.Itoa((f.statements() - before) / 2), "", "", "<= 60"})
	}
	for range b.N {
		count("serve", holding)
		s.Service.Kill()
		web := s.LaunchWeb(harness.FreeAddress(b))
		web.WaitReady(time.Minute)
		count("web", starting)
		web.Kill()
		worker := s.LaunchWorker()
		worker.WaitReady(time.Minute)
		count("worker", starting)
		worker.Kill()
		s.StartService()
	}
}

// BenchmarkStatements counts the statements of a lead and of a call with two events, each
// sent to one destination.
func BenchmarkStatements(b *testing.B) {
	const idleFor, things = 30 * time.Second, 50
	s, f := newCounted(b)
	s.accept(b, s.leads, "warm")
	s.dest.WaitHits(b, "ok", 1, time.Minute)
	for round := range b.N {
		before := f.statements()
		<-time.After(idleFor)
		idle := f.statements() - before
		each := func(what string, do func(i int)) {
			before, began, hits := f.statements(), time.Now(), len(s.dest.Hits("ok"))
			for i := range things {
				do(i)
			}
			s.dest.WaitHits(b, "ok", hits+things, 2*time.Minute)
			s.api.WaitFor("all to be done", time.Minute, func() bool {
				return f.texts("SELECT count(*)::text FROM conversions WHERE state <> 'done'")[0] == "0"
			}, s.Service.Log)
			// What is read here and what an idle process does is left out.
			others := float64(idle) * float64(time.Since(began)) / float64(idleFor)
			report(row{"statements of " + what, fmt.Sprintf("%.0f", (float64(f.statements()-before)-others)/things), "", "", ""})
		}
		each("a lead", func(i int) { s.accept(b, s.leads, fmt.Sprintf("lead-%d-%d", round, i)) })
		each("a call of two events", func(i int) {
			events := fmt.Sprintf("%s/calls/call-%d-%d/events", s.leads[:len(s.leads)-len("/leads")], round, i)
			start := time.Now().Add(-time.Minute)
			s.api.Must(http.MethodPost, events, harness.JSON{"event_id": "e1", "type": "started", "at": start.Format(time.RFC3339),
				"caller": "+12025550123", "visitor_ids": harness.JSON{"rtbhouse": "sample-visitor"}})
			s.api.Must(http.MethodPost, events, harness.JSON{"event_id": "e2", "type": "ended", "at": start.Add(40 * time.Second).Format(time.RFC3339),
				"outcome": "answered", "talk_seconds": 30})
		})
	}
}

// BenchmarkConnections counts the connections of three processes with web and five with
// workers while leads come.
func BenchmarkConnections(b *testing.B) {
	s, f := newCounted(b)
	s.Service.Kill()
	api, members := []*harness.API{}, []*harness.Process{}
	for range 3 {
		address := harness.FreeAddress(b)
		members = append(members, s.LaunchWeb(address))
		api = append(api, harness.NewAPI(b, "http://"+address, harness.AdminToken))
	}
	for range 5 {
		members = append(members, s.LaunchWorker())
	}
	for _, m := range members {
		m.WaitReady(2 * time.Minute)
	}
	for round := range b.N {
		most := 0
		inParallel(1000, 96, func(i int) {
			if _, _, err := api[i%3].Try(http.MethodPost, s.leads, lead(fmt.Sprintf("lead-%d-%d", round, i))); err != nil {
				b.Error(err)
			}
			if i%50 == 0 {
				n, _ := strconv.Atoi(f.texts("SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND application_name !~ 'bench' AND pid <> pg_backend_pid()")[0])
				most = max(most, n)
			}
		})
		report(row{"connections of 3 webs and 5 workers", strconv.Itoa(most), "", "", "<= 97"})
	}
}
