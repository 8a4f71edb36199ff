package bench_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"ringback/test/e2e/harness"
)

// fillVisits adds half as many visits to all sites as there are calls and leads, of the last 400
// days. A visit has two page views, a number, and in two of three cases a visitor of its own.
func (s sizedSite) fillVisits(prefix string, count int, at string) {
	s.b.Helper()
	const each = 100_000
	when, visitor := "now() - (g % 400) * interval '1 day' - (g % 86400) * interval '1 second'", "'vst_"+prefix+"' || g / 3 * 2 + g % 3 / 2"
	var statements []string
	for from := 0; from < count/2; from += each {
		series := fmt.Sprintf("FROM generate_series(%d, %d) AS g", from+1, min(count/2, from+each))
		statements = append(statements, fmt.Sprintf(`INSERT INTO sessions (id, site_id, visitor_id, started_at, last_activity_at, traffic, why, carried, storage, views, leads, created_at)
				SELECT 'ses_%[1]s' || g, %[2]s, %[3]s, %[4]s, %[4]s, '{"source": "google", "medium": "cpc"}', 'first', false, 'cookie', 2, 0, %[4]s %[5]s`, prefix, at, visitor, when, series),
			fmt.Sprintf(`INSERT INTO visitors (site_id, id, first_seen_at, last_seen_at) SELECT %[1]s, %[2]s, %[3]s, %[3]s %[4]s ON CONFLICT DO NOTHING`, at, visitor, when, series),
			fmt.Sprintf(`INSERT INTO page_views (site_id, id, session_id, kind, at, url, referrer, script, received_at)
				SELECT %[2]s, '%[1]s-' || g || '-' || n, 'ses_%[1]s' || g, 'navigate', %[3]s, 'https://shop.example/products?page=' || g %% 1000, '', '', %[3]s %[4]s, generate_series(1, 2) AS n`,
				prefix, at, when, series),
			fmt.Sprintf(`SET session_replication_role = replica; INSERT INTO assignments (id, site_id, number_id, pool_id, session_id, visitor_id, held_from, held_until)
				SELECT 'asg_%[1]s' || g, %[2]s, 'num_' || g %% 97, 'pool', 'ses_%[1]s' || g, %[3]s, %[4]s, %[4]s + interval '1 hour' %[5]s; SET session_replication_role = origin`, prefix, at, visitor, when, series)) // the numbers are not stored
	}
	s.runAll(statements)
}

// fillOutbox adds signals that are not due yet, as while Temporal is away.
func (s sizedSite) fillOutbox(count int, at string) {
	s.b.Helper()
	s.run(fmt.Sprintf(`INSERT INTO outbox (workflow_id, site_id, conversion_id, delivery_id, kind, event_type, tries, next_try_at, created_at)
		SELECT 'call/x/api/size-' || g, %s, 'cnv_none', '', 'call', 'started', 3, now() + interval '1 day', now() FROM generate_series(1, %d) AS g`, at, count))
}

// keepLess makes the largest site keep visits, calls and leads, and what was received and sent,
// for less time than they are old, so that there is something to erase of each.
func (s sizedSite) keepLess() {
	s.api.Must(http.MethodPatch, s.site+"/script", harness.JSON{"keep_days": 390})
	s.api.Must(http.MethodPatch, s.site+"/retention", harness.JSON{"conversions": 1000, "raw_bodies": 900, "attempt_bodies": 900, "page_views": 380})
}

// kinds are what the service erases, as its metrics name it.
var kinds = []string{"visits", "conversions", "raw_bodies", "attempt_bodies", "page_views"}

// statement is one that the service sent by itself.
type statement struct {
	calls   int
	longest time.Duration
}

// statementsOf returns the statements that were run since they were counted from zero, by the
// beginning of their text.
func (s sizedSite) statementsOf() map[string]statement {
	s.b.Helper()
	all := map[string]statement{}
	for _, line := range s.texts(`SELECT max_exec_time || ' ' || calls || ' ' || left(regexp_replace(query, '\s+', ' ', 'g'), 110) FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query ~* '^(SELECT|UPDATE|DELETE|INSERT|WITH)' AND query !~ 'pg_'`) {
		var milliseconds float64
		var calls int
		parts := strings.SplitN(line, " ", 3)
		if _, err := fmt.Sscan(parts[0]+" "+parts[1], &milliseconds, &calls); err != nil {
			s.b.Fatal(err)
		}
		one := all[parts[2]]
		all[parts[2]] = statement{one.calls + calls, max(one.longest, time.Duration(milliseconds*float64(time.Millisecond)))}
	}
	return all
}

// reportSweeps reports the longest statements of what the service did by itself, and how much
// it erased per second.
func (s sizedSite) reportSweeps(small, large map[string]statement, during time.Duration) {
	const shown = 25
	queries := slices.SortedFunc(maps.Keys(large), func(a, b string) int { return int(large[b].longest - large[a].longest) })
	for _, query := range queries[:min(shown, len(queries))] {
		was, is := small[query], large[query]
		r := row{what: fmt.Sprintf("idle at size: %s (%d times)", query, is.calls), ringback: ms(is.longest)}
		if was.calls > 0 {
			r.bare, r.ratio = ms(was.longest)+" small", fmt.Sprintf("%.1f", float64(is.longest)/float64(was.longest))
		}
		report(r)
	}
	for _, what := range kinds {
		erased := metric(s.b, s.Ops, "ringback_retention_rows_total", what)
		report(row{"erased at size: " + what, fmt.Sprintf("%.0f in %s", erased, during), "", "", fmt.Sprintf("due for %.1f days at most", metric(s.b, s.Ops, "ringback_retention_lag_seconds", what)/86400)})
	}
}
