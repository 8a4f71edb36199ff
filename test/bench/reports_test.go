package bench_test

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// Environment variables of BenchmarkReports.
const (
	// databaseVariable names a database that is filled, unless it is filled already, and that
	// stays. It is empty or was filled by this benchmark.
	databaseVariable = "RINGBACK_BENCH_DATABASE"
	// touchpointsVariable is how many touchpoints the large site has. Ten other sites have a
	// hundredth each.
	touchpointsVariable = "RINGBACK_BENCH_TOUCHPOINTS"
	// roundsVariable is how often each report is asked for.
	roundsVariable = "RINGBACK_BENCH_ROUNDS"
)

// number returns the number that an environment variable holds.
func number(b *testing.B, variable string, otherwise int) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv(variable), strconv.Itoa(otherwise)))
	if err != nil || n < 1 {
		b.Fatalf("%s must be a number above zero", variable)
	}
	return n
}

// reportsDatabase returns the database of a benchmark of the reports.
func reportsDatabase(b *testing.B, kind string) string {
	given := os.Getenv(databaseVariable)
	switch {
	case given != "" && strings.HasPrefix(given, "sqlite") != (kind == "sqlite"):
		b.Skipf("%s is another kind of database", databaseVariable)
	case given != "":
		return given
	case kind == "sqlite":
		return "sqlite:" + filepath.Join(b.TempDir(), "ringback.db")
	}
	dsn, _ := harness.NewDatabase(b, kind)
	return dsn
}

// reportsSite is a running service without Temporal, and a site with touchpoints of two years.
type reportsSite struct {
	*harness.Stack
	filler
	id string
}

// newReportsSite starts the service, fills its database unless that is filled already, and
// waits until all is added up.
func newReportsSite(b *testing.B, kind string) reportsSite {
	b.Helper()
	dsn := reportsDatabase(b, kind)
	s := reportsSite{Stack: harness.NewStack(b, harness.StackOptions{Database: dsn, Env: []string{"RINGBACK_LOG_LEVEL=error"}})}
	api := s.API()
	var sites []string
	for _, found := range api.Must("GET", "/api/v1/sites?limit=100", nil)["items"].([]any) {
		sites = append(sites, found.(harness.JSON)["id"].(string))
	}
	for len(sites) < 1+otherSites {
		site := api.Site(nil)
		api.Webhook(site, "http://127.0.0.1:9/", harness.JSON{"enabled": false})
		sites = append(sites, site)
	}
	slices.Sort(sites) // ids are in the order of their making
	s.id = sites[0]
	if err := s.Service.Stop(time.Minute); err != nil {
		b.Fatal(err)
	}
	s.Temporal.Kill()
	s.filler = openFiller(b, dsn)
	began := time.Now()
	if s.fillAll(sites) {
		b.Logf("filled in %s", time.Since(began).Round(time.Second))
	}
	s.StartService()
	return s
}

const otherSites = 10

// analyze returns what a database does by itself after many changes.
func (f filler) analyze() string {
	if f.postgres {
		return "VACUUM ANALYZE"
	}
	return "ANALYZE"
}

// fillAll fills all sites up to today, and reports whether anything was missing.
func (s reportsSite) fillAll(sites []string) bool {
	today := time.Now().UTC().Truncate(24 * time.Hour)
	s.run("CREATE TABLE IF NOT EXISTS bench_fill (first_day bigint, days bigint, per_day bigint)")
	all := span{first: today.AddDate(0, 0, 1-fillDays), perDay: number(s.b, touchpointsVariable, 200_000) / fillDays, to: fillDays}
	var first int64
	switch err := s.db.QueryRow("SELECT first_day, days, per_day FROM bench_fill").Scan(&first, &all.from, &all.perDay); {
	case err == nil:
		all.first = time.Unix(first*86400, 0).UTC()
		all.to = int(today.Sub(all.first)/(24*time.Hour)) + 1
	case !errors.Is(err, sql.ErrNoRows):
		s.b.Fatal(err)
	}
	if all.from == all.to {
		return false
	}
	fill := func() {
		var statements []string
		for i, site := range sites {
			part := all
			part.summed = fillDays
			if i > 0 {
				part.perDay, part.summed = max(2, all.perDay/100), 31
			}
			s.generation(site, part)
			statements = append(statements, s.fill(site, part)...)
		}
		s.runAll(statements)
	}
	if all.from == 0 {
		s.withoutIndexes(filled, fill)
	} else {
		fill()
	}
	s.run("DELETE FROM bench_fill")
	s.run(fmt.Sprintf("INSERT INTO bench_fill VALUES (%d, %d, %d)", all.first.Unix()/86400, all.to, all.perDay))
	s.run(s.analyze())
	return true
}

// waitSums waits until all days that are over are added up.
func (s reportsSite) waitSums(b *testing.B) {
	b.Helper()
	began := time.Now()
	left := func() string { // today stays marked, several times
		return s.texts("SELECT (SELECT COUNT(*) FROM (SELECT DISTINCT site_id, generation, grain, day FROM revenue_stale) AS marked) + (SELECT COUNT(*) FROM report_dirty)")[0]
	}
	before := left()
	s.API().WaitFor("sums of days", 2*time.Hour, func() bool { n, _ := strconv.Atoi(left()); return n <= 3*(1+otherSites) }, left)
	if took := time.Since(began); took > 10*time.Second {
		b.Logf("added up %s days and months in %s", before, took.Round(time.Second))
		s.run(s.analyze())
	}
}

// BenchmarkReports measures how long each report takes. It prints the sizes of the tables.
func BenchmarkReports(b *testing.B) {
	for _, kind := range harness.Databases {
		b.Run(kind, func(b *testing.B) {
			s := newReportsSite(b, kind)
			s.waitSums(b)
			for range b.N {
				for _, r := range reportsOf() {
					s.measure(b, kind, r)
				}
			}
			s.logSizes()
		})
	}
}

// reportsOf returns the reports by name, with their addresses below those of the site.
func reportsOf() [][2]string {
	days := func(n int) string {
		today := time.Now().UTC()
		return "from=" + today.AddDate(0, 0, 1-n).Format(time.DateOnly) + "&to=" + today.Format(time.DateOnly)
	}
	return [][2]string{
		{"overview, 30 days", "overview?" + days(30)},
		{"overview, 12 months, compared", "overview?compare=previous&" + days(365)},
		{"sources, 30 days", "sources?" + days(30)},
		{"sources, 12 months by campaign", "sources?by=campaign&" + days(365)},
		{"sources, 24 months by landing page", "sources?by=landing_page&" + days(fillDays)},
		{"sending, 12 months", "sending?" + days(365)},
		{"health of integrations, 14 days", "health"},
		{"hours, 90 days", "hours?" + days(90)},
		{"hours, 12 months", "hours?" + days(365)},
		{"revenue, today", "revenue?" + days(1)},
		{"revenue, 30 days", "revenue?" + days(30)},
		{"revenue, 12 months, compared", "revenue?compare=previous&" + days(365)},
		{"revenue, 24 months", "revenue?" + days(fillDays)},
		{"revenue, 30 days by campaign", "revenue?by=campaign&" + days(30)},
		{"revenue, 12 months by campaign", "revenue?by=campaign&" + days(365)},
		{"revenue, 12 months by campaign, compared", "revenue?by=campaign&compare=previous&" + days(365)},
		{"revenue, 12 months by campaign and touchpoints", "revenue?by=campaign&order_by=touchpoints&" + days(365)},
		{"pools, 12 months", "pools?" + days(365)},
		{"tracking, 12 months", "tracking?" + days(365)},
	}
}

// measure asks for a report several times, up to the last byte of its answer.
func (s reportsSite) measure(b *testing.B, kind string, r [2]string) {
	b.Helper()
	api, path := s.API(), "/api/v1/sites/"+s.id+"/reports/"+r[1]
	api.Fetch(path) // warm up
	var took []time.Duration
	for range number(b, roundsVariable, 9) {
		began := time.Now()
		api.Fetch(path)
		took = append(took, time.Since(began))
	}
	report(row{kind + ": " + r[0], fmt.Sprintf("p50 %s, worst %s", ms(percentile(took, 50)), ms(percentile(took, 100))), "", "", "p50 <= 200 ms"})
}

// logSizes logs the sizes of the tables.
func (s reportsSite) logSizes() {
	s.b.Helper()
	for _, table := range slices.Concat(filled, []string{"revenue_days", "revenue_months", "report_days", "report_months", "report_send_days"}) {
		s.b.Log(s.size(table))
	}
}

// size returns the rows, and on PostgreSQL the sizes, of a table and its indexes.
func (f filler) size(table string) string {
	query := "SELECT COUNT(*) || ' rows' FROM " + table
	if f.postgres {
		query = fmt.Sprintf("SELECT reltuples::bigint || ' rows, table ' || pg_size_pretty(pg_table_size(oid)) || ', indexes ' || pg_size_pretty(pg_indexes_size(oid)) FROM pg_class WHERE oid = '%s'::regclass", table)
	}
	return table + ": " + f.texts(query)[0]
}
