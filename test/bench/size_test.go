package bench_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// sizeVariable is how many calls and leads the large database of BenchmarkAtSize has.
// Twenty times fewer calls wait for their end.
const sizeVariable = "RINGBACK_BENCH_SIZE"

// The sites of BenchmarkAtSize: one has half of all calls and leads, nine a quarter together,
// and the others the rest. The small database has fewConversions.
const (
	manySites      = 1000
	fewConversions = 1000
	// unevenly is SQL of the site of a copy. The word own stands for the site that has half of them.
	unevenly = "(CASE g % 4 WHEN 0 THEN own WHEN 2 THEN own WHEN 1 THEN 'site_other' || g / 4 % 9 ELSE 'site_other' || (9 + g / 4 % 990) END)"
)

// sizedSite is a running service whose PostgreSQL counts statements, and a site whose
// destination refuses what is sent.
type sizedSite struct {
	stack
	filler
	site         string
	lead, call   string // one that failed, and one that waits for its end
	integrations []string
}

func newSizedSite(b *testing.B) sizedSite {
	b.Helper()
	s := sizedSite{}
	s.stack, s.filler = newCounted(b)
	path := s.stack.site("/404")
	s.site = strings.TrimSuffix(path, "/leads")
	s.lead, _ = s.accept(b, path, "refused")
	s.api.WaitConversion(s.lead, time.Minute, harness.Done)
	s.call = s.api.Must(http.MethodPost, s.site+"/calls/waiting/events", harness.JSON{
		"event_id": "e1", "type": "started", "at": time.Now().Format(time.RFC3339), "caller": "+12025550123",
	})["conversion_id"].(string)
	s.api.Must(http.MethodPost, s.site+"/integrations", harness.JSON{"type": "webhook", "name": "Without deliveries",
		"credentials": harness.JSON{"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "options": harness.JSON{"url": s.dest.URL + "/ok"}})
	for _, i := range s.api.Must(http.MethodGet, s.site+"/integrations", nil)["items"].([]any) {
		s.integrations = append(s.integrations, i.(harness.JSON)["id"].(string))
	}
	return s
}

// fillTo adds so many calls and leads at all sites, of which a twentieth waits.
func (s sizedSite) fillTo(count int) {
	s.b.Helper()
	own := strings.TrimPrefix(s.site, "/api/v1/sites/")
	s.run(fmt.Sprintf(`INSERT INTO sites SELECT (jsonb_populate_record(s, jsonb_build_object('id', 'site_other' || g, 'script_key', 'other-' || g))).*
		FROM sites s, generate_series(0, %d) g WHERE s.id = '%s' ON CONFLICT DO NOTHING`, manySites-2, own))
	at := strings.ReplaceAll(unevenly, "own", "'"+own+"'")
	prefix := map[bool]string{true: "few", false: "size"}[count == fewConversions]
	first := map[bool]int{true: 10_000_000, false: 100_000_000}[count == fewConversions]
	s.withoutIndexes([]string{"conversions", "events", "decisions", "deliveries", "attempts"}, func() {
		s.copyAll(count, copied{conversion: s.lead, site: at, prefix: prefix, first: first})
		s.copyAll(count/20, copied{conversion: s.call, site: at, prefix: prefix + "w", first: 2 * first})
	})
	s.withoutIndexes([]string{"sessions", "page_views", "assignments"}, func() { s.fillVisits(prefix, count, at) })
	s.fillOutbox(count/2, at)
	s.run("VACUUM ANALYZE")
}

// lists returns what is asked of the API, by name.
func (s sizedSite) lists() [][2]string {
	old := time.Now().AddDate(-1, 0, 0).UTC()
	day := "from=" + old.Format(time.RFC3339) + "&to=" + old.AddDate(0, 0, 10).Format(time.RFC3339)
	return [][2]string{
		{"conversions", "conversions"},
		{"conversions, only calls", "conversions?kind=call"},
		{"conversions that wait", "conversions?state=waiting"},
		{"conversions of a tag that none has", "conversions?tag=nobody-has-it"},
		{"conversions of ten old days", "conversions?" + day},
		{"conversions by external id", "conversions?external_id=refused"},
		{"conversions of a person", "conversions?person=%2B12025550123"},
		{"deliveries", "deliveries"},
		{"deliveries that were resent", "deliveries?resent=true"},
		{"failed deliveries without a resend", "deliveries?state=failed&resent=false"},
		{"deliveries of an integration without any", "deliveries?integration_id=" + s.integrations[len(s.integrations)-1]},
		{"deliveries of ten old days", "deliveries?" + day},
		{"visits", "sessions"},
	}
}

// times returns the median of how long each list takes.
func (s sizedSite) times() map[string]time.Duration {
	s.b.Helper()
	took := map[string]time.Duration{}
	for _, list := range s.lists() {
		var all []time.Duration
		for range 12 { // from the sixth on, PostgreSQL may use a plan that does not depend on the values
			began := time.Now()
			s.api.Must(http.MethodGet, s.site+"/"+list[1], nil)
			all = append(all, time.Since(began))
		}
		took[list[0]] = percentile(all[1:], 50)
	}
	began := time.Now()
	s.api.Must(http.MethodPost, s.site+"/deliveries/resend", harness.JSON{"filter": harness.JSON{"state": "failed"}})
	took["count before a bulk resend"] = time.Since(began)
	return took
}

// sweeps restarts the service, which then looks for what is to be erased, counted and, after
// five minutes, what is stuck. It returns the statements that it sends, and how long its
// metrics take at most.
func (s sizedSite) sweeps(during time.Duration) (sent map[string]statement, metrics time.Duration) {
	s.b.Helper()
	s.Service.Kill()
	s.run("SELECT pg_stat_statements_reset()")
	s.StartService()
	<-time.After(during)
	for range 5 {
		began := time.Now()
		metric(s.b, s.Ops, "ringback_retention_rows_total", "visits")
		metrics = max(metrics, time.Since(began))
	}
	return s.statementsOf(), metrics
}

// BenchmarkAtSize measures lists, and what a service does by itself, on a small database and on
// a large one, and a busy person and number in the large one.
func BenchmarkAtSize(b *testing.B) {
	const during = 5*time.Minute + 20*time.Second
	s := newSizedSite(b)
	busy := s.newBusySite()
	s.fillTo(fewConversions)
	small := s.times()
	s.keepLess()
	smallSweeps, smallMetrics := s.sweeps(30 * time.Second)
	began := time.Now()
	count := number(b, sizeVariable, 200_000)
	s.fillTo(count)
	b.Logf("%d calls and leads and %d calls that wait, with %d visits, added in %s: %s", count, count/20, count/2, time.Since(began).Round(time.Second),
		s.texts("SELECT pg_size_pretty(pg_database_size(current_database()))")[0])
	busy.fill()
	for round := range b.N {
		busy.report(round)
		large := s.times()
		for _, list := range append(s.lists(), [2]string{"count before a bulk resend"}) {
			was, is := small[list[0]], large[list[0]]
			report(row{"at size: " + list[0], ms(is), ms(was) + " small", fmt.Sprintf("%.1f", float64(is)/float64(was)), "p50 <= 100 ms"})
		}
		largeSweeps, metrics := s.sweeps(during)
		report(row{"at size: metrics", ms(metrics), ms(smallMetrics) + " small", fmt.Sprintf("%.1f", float64(metrics)/float64(smallMetrics)), ""})
		s.reportSweeps(smallSweeps, largeSweeps, during)
	}
}
