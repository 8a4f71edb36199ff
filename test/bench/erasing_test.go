package bench_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

const (
	// viewsVariable is how many page views of a year BenchmarkErasing has.
	viewsVariable = "RINGBACK_BENCH_VIEWS"
	viewsDays     = 365
	// keptDays is for how many days the site keeps page views once they are erased.
	keptDays = 300
)

// erasingSite is a running service without Temporal, and a site with page views of a year.
type erasingSite struct {
	shopSite
	filler
}

// newErasingSite starts the service. The database that databaseVariable names is filled unless
// it is already.
func newErasingSite(b *testing.B) erasingSite {
	b.Helper()
	dsn := os.Getenv(databaseVariable)
	if dsn == "" {
		dsn, _ = harness.NewDatabase(b, "postgres")
	}
	s := erasingSite{
		shopSite: shopSite{Stack: harness.NewStack(b, harness.StackOptions{Database: dsn, Env: append(unlimited, quiet)})},
		filler:   openFiller(b, dsn),
	}
	s.Temporal.Kill()
	old := s.texts("SELECT site_id FROM page_views WHERE id LIKE 'old-%' LIMIT 1")
	if len(old) > 0 {
		s.path = "/api/v1/sites/" + old[0]
	} else {
		s.shopSite = shopOf(s.Stack, 0)
		s.fill(strings.TrimPrefix(s.path, "/api/v1/sites/"), number(b, viewsVariable, 500_000))
	}
	s.tag = s.API().Must("GET", s.path+"/script", nil)["script_url"].(string)
	s.script = s.NewScript(s.tag, shopOrigin)
	return s
}

// fill writes so many page views of the last year, each with a short address. None of them
// belongs to a session, so that as many as possible find room.
func (s erasingSite) fill(site string, views int) {
	s.b.Helper()
	const each = 1_000_000
	var statements []string
	for from := 0; from < views; from += each {
		statements = append(statements, fmt.Sprintf(`INSERT INTO page_views (site_id, id, session_id, kind, at, url, referrer, script, received_at)
			SELECT '%s', 'old-' || i, 'ses_' || i / 4, 'navigate', at, 'https://shop.example/', '', '', at
			FROM (SELECT i, now() - interval '%d days' * (1 - i::float8 / %d) AS at FROM generate_series(%d, %d) AS i) AS numbered`,
			site, viewsDays, views, from, min(views, from+each)-1))
	}
	s.run("ALTER TABLE page_views DROP CONSTRAINT page_views_pkey")
	s.withoutIndexes([]string{"page_views"}, func() {
		for _, statement := range statements { // in the order of time, as they come
			s.run(statement)
		}
	})
	s.run("ALTER TABLE page_views ADD CONSTRAINT page_views_pkey PRIMARY KEY (site_id, id)")
	s.run("VACUUM ANALYZE page_views")
}

// keep sets for how many days the site keeps page views, zero for ever.
func (s erasingSite) keep(days int) {
	s.API().Must(http.MethodPatch, s.path+"/retention", harness.JSON{"page_views": days})
}

// metric returns what a service counts of a kind of what it erases.
func metric(b *testing.B, ops, name, what string) float64 {
	b.Helper()
	answer, err := http.Get(ops + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		if value, found := strings.CutPrefix(line, name+`{what="`+what+`"} `); found {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	return 0
}

func (s erasingSite) erased() float64 {
	return metric(s.b, s.Ops, "ringback_retention_rows_total", "page_views")
}

// restart restarts the service, which looks for what is to be erased when it starts, and
// returns how long it takes until the first page views are erased.
func (s erasingSite) restart() time.Duration {
	s.b.Helper()
	s.Service.Kill()
	s.StartService()
	began := time.Now()
	s.API().WaitFor("page views to be erased", 2*time.Minute, func() bool { return s.erased() > 0 }, s.Service.Log)
	return time.Since(began)
}

// size returns what the table takes, and how many of its rows are dead.
func (s erasingSite) size() string {
	return s.texts(`SELECT reltuples::bigint || ' rows, table ' || pg_size_pretty(pg_relation_size(c.oid)) || ', indexes ' || pg_size_pretty(pg_indexes_size(c.oid)) ||
		', dead rows ' || n_dead_tup || ', vacuumed ' || autovacuum_count || ' times'
		FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.oid = 'page_views'::regclass`)[0]
}

// BenchmarkErasing measures the page views accepted at a steady rate, alone and while old
// ones are erased, and how many of these are erased per second.
func BenchmarkErasing(b *testing.B) {
	const perSecond, during = 50, 30 * time.Second
	s := newErasingSite(b)
	views := func(name string) []time.Duration {
		return measure(perSecond, during, func(i int) {
			id := fmt.Sprintf("%s-%d-%08d", name, time.Now().UnixNano(), i)
			s.view(b, id, id)
		})
	}
	for round := range b.N {
		s.keep(0)
		s.Service.Kill() // it goes by what was set when it began to erase
		s.StartService()
		b.Logf("round %d: %s", round, s.size())
		views("warm")
		alone := views("alone")
		s.keep(keptDays)
		first := s.restart()
		before, began := s.erased(), time.Now()
		beside := views("beside")
		rate := (s.erased() - before) / time.Since(began).Seconds()
		b.Logf("round %d: %s; the oldest was due for %.1f days", round, s.size(), metric(s.b, s.Ops, "ringback_retention_lag_seconds", "page_views")/86400)
		again := s.restart()
		year := number(b, viewsVariable, 500_000)
		arrive := float64(year) / (viewsDays * 24 * 3600)
		report(row{"page views erased per second", fmt.Sprintf("%.0f/s", rate), fmt.Sprintf("%.2f/s come in a year with %d", arrive, year), fmt.Sprintf("%.0f", rate/arrive), "more than come"})
		report(row{"from the start of a process to the first erased page views", ms(first), ms(again) + " after that", "", ""})
		for _, p := range []float64{50, 99, 100} {
			with, without := percentile(beside, p), percentile(alone, p)
			report(row{fmt.Sprintf("%d page views/s while others are erased, p%.0f", perSecond, p), ms(with), ms(without) + " without", fmt.Sprintf("%.2f", float64(with)/float64(without)), "p50 ratio <= 1.2"})
		}
	}
}
