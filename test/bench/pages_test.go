package bench_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

const (
	// conversionsVariable is how many calls and leads the site of BenchmarkPages has.
	conversionsVariable = "RINGBACK_BENCH_CONVERSIONS"
	// pagesDays is for how many days it has them.
	pagesDays = 365
)

// The goals of every page on a site with a million calls and leads.
const (
	pageTime  = 100 * time.Millisecond
	pageBytes = 50_000
)

// newPagesSite starts the service with a site of many calls and leads. The database is filled
// unless it is filled already.
func newPagesSite(b *testing.B) *pagesSite {
	b.Helper()
	dsn := reportsDatabase(b, "postgres")
	s := &pagesSite{reportsSite: reportsSite{Stack: harness.NewStack(b, harness.StackOptions{Database: dsn, Env: []string{"RINGBACK_LOG_LEVEL=error", "RINGBACK_REQUESTS_PER_ADDRESS=0"}})}, dest: harness.NewDestination(b)}
	s.filler = openFiller(b, dsn)
	s.run("CREATE TABLE IF NOT EXISTS bench_pages (site_id text)")
	if filled := s.texts("SELECT site_id FROM bench_pages"); len(filled) == 1 {
		s.id = filled[0]
		s.Temporal.Kill()
		return s
	}
	s.setUp()
	s.makeExamples(b)
	s.API().WaitFor("facts of the examples", time.Minute, func() bool { return s.texts("SELECT COUNT(*) FROM report_marks")[0] == "0" }, func() string { return "marks are left" })
	if err := s.Service.Stop(time.Minute); err != nil {
		b.Fatal(err)
	}
	s.Temporal.Kill()
	began := time.Now()
	copying{s.filler, s.id, s.examples, daysUntilNow(pagesDays, number(b, conversionsVariable, 100_000))}.copyAll()
	b.Logf("filled in %s", time.Since(began).Round(time.Second))
	s.run("INSERT INTO bench_pages VALUES ('" + s.id + "')")
	s.StartService()
	return s
}

// browser asks for pages as a browser does that has signed in.
type browser struct {
	b    *testing.B
	base string
	http *http.Client
}

// signIn returns a browser of the first admin, who is made unless there is one.
func (s *pagesSite) signIn(b *testing.B) browser {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	form := url.Values{"email": {"admin@example.com"}, "name": {"Sample Admin"}, "password": {"a sample password"}, "token": {harness.AdminToken}}
	w := browser{b, s.HTTP, &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	for _, path := range []string{"/login", "/setup"} {
		answer, err := w.http.PostForm(s.HTTP+path, form)
		if err != nil {
			b.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusSeeOther {
			return w
		}
	}
	b.Fatal("nobody can sign in")
	return w
}

// get returns a page in a coding, and how long that took.
func (w browser) get(path, coding string) (body []byte, took time.Duration) {
	w.b.Helper()
	request, err := http.NewRequest(http.MethodGet, w.base+path, http.NoBody)
	if err != nil {
		w.b.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", coding)
	began := time.Now()
	answer, err := w.http.Do(request)
	if err != nil {
		w.b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err = io.ReadAll(answer.Body)
	took = time.Since(began)
	if err != nil || answer.StatusCode != http.StatusOK {
		w.b.Fatalf("%s: %d %v", path, answer.StatusCode, err)
	}
	return body, took
}

// compressed is what browsers accept over HTTPS.
const compressed = "gzip, br"

// assets are the addresses of the style sheet and the script of a page.
var assets = regexp.MustCompile(`(?:href|src)="(/assets/(?:style|cabinet)-[^"]+)"`)

// measurePage asks for a page several times, and reports its times and how many bytes it
// has with its style sheet and script.
func (w browser) measurePage(name, path string) {
	w.b.Helper()
	plain, _ := w.get(path, "identity") // warm up
	bytes := 0
	for _, asset := range assets.FindAllSubmatch(plain, -1) {
		packed, _ := w.get(string(asset[1]), compressed)
		bytes += len(packed)
	}
	var took []time.Duration
	for n := range number(w.b, roundsVariable, 9) {
		packed, time := w.get(path, compressed)
		took = append(took, time)
		if n == 0 {
			bytes += len(packed)
		}
	}
	missed := ""
	if percentile(took, 50) > pageTime || bytes > pageBytes {
		missed = ": missed"
	}
	report(row{name, fmt.Sprintf("p50 %s, worst %s, %.1f KB", ms(percentile(took, 50)), ms(percentile(took, 100)), float64(bytes)/1000), "", "", "p50 <= 100 ms, <= 50 KB" + missed})
}

// BenchmarkPages measures every page of the cabinet, with each kind of filter, on a site with
// many calls and leads on PostgreSQL.
func BenchmarkPages(b *testing.B) {
	s := newPagesSite(b)
	s.waitSums(b)
	w := s.signIn(b)
	for range b.N {
		for _, page := range s.pages() {
			w.measurePage(page[0], page[1])
		}
	}
	for _, table := range slices.Concat(copiedTables(), []string{"report_days", "report_send_days"}) {
		b.Log(s.size(table))
	}
}

// pages returns the pages by name.
func (s *pagesSite) pages() (all [][2]string) {
	site := "/sites/" + s.id
	today := time.Now().UTC()
	month := "day_from=" + today.AddDate(0, 0, -29).Format(time.DateOnly) + "&day_to=" + today.Format(time.DateOnly)
	one := func(query string) string { return s.texts(query)[0] }
	at := " AND site_id = '" + s.id + "'"
	for _, path := range []string{
		"/start", "/overview", "/overview?period=365d", "/integrations", "/integrations/new", "/integrations/new?type=rtbhouse",
		"/integrations/" + one("SELECT MIN(id) FROM integrations WHERE true"+at), "/numbers", "/sources", "/script", "/journal",
	} {
		all = append(all, [2]string{path, site + path})
	}
	for _, name := range []string{"sources", "sending", "hours", "tracking", "pools", "revenue"} {
		for _, period := range []string{"30d", "365d"} {
			path := "/reports/" + name + "?period=" + period
			all = append(all, [2]string{path, site + path})
		}
	}
	for _, by := range []string{"campaign", "landing_page", "tag"} {
		all = append(all, [2]string{"/reports/sources by " + by, site + "/reports/sources?period=30d&by=" + by})
	}
	for _, path := range []string{"/me", "/alerts", "/people", "/keys"} {
		all = append(all, [2]string{path, path})
	}
	all = append(all, s.callLists(site+"/calls", month)...)
	for _, query := range []string{
		"", "state=delivered", "state=failed", "state=retrying", "resent=true", "resent=false", "state=failed&resent=false",
		"integration_id=" + one("SELECT MAX(id) FROM integrations WHERE true"+at), "state=delivered&integration_id=" + one("SELECT MAX(id) FROM integrations WHERE true"+at),
		"conversion_id=" + one("SELECT MAX(conversion_id) FROM deliveries WHERE true"+at), "from=" + today.AddDate(0, 0, -100).Format(time.RFC3339) + "&to=" + today.AddDate(0, 0, -99).Format(time.RFC3339),
	} {
		all = append(all, [2]string{"/deliveries?" + s.short(query), site + "/deliveries?" + query})
	}
	all = append(all, s.visitLists(site+"/visits", month)...)
	for name, condition := range map[string]string{"with a visit": "session_id <> '' AND kind = 'call'", "without a visit": "session_id = ''", "a lead": "kind = 'lead'"} {
		id := one("SELECT id FROM conversions WHERE " + condition + at + " ORDER BY id LIMIT 1 OFFSET 1000")
		all = append(all, [2]string{"a conversion " + name, "/conversions/" + id})
	}
	return all
}

// callLists are the lists of calls and leads with each filter that pages lead to.
func (s *pagesSite) callLists(path, month string) (all [][2]string) {
	one := func(query string) string { return url.QueryEscape(s.texts(query)[0]) }
	at := " AND site_id = '" + s.id + "'"
	hook, rtb := one("SELECT MIN(id) FROM integrations WHERE true"+at), one("SELECT MAX(id) FROM integrations WHERE true"+at)
	for _, query := range []string{
		"", "kind=call", "kind=lead", "state=waiting", "state=done", "tag=sales", "tag=support&" + month, "tag=none-has-it", "search=%2B12025550121", "search=visitor%40example.com",
		"search=" + one("SELECT external_id FROM conversions WHERE true"+at+" ORDER BY id LIMIT 1 OFFSET 5000"), "search=none-has-it",
		month, "day_from=2020-01-01&day_to=2020-02-01", "channel=paid_search", "channel=email", "source=google", "source=none-has-it", "medium=cpc", "medium=none-has-it",
		"campaign=campaign+0", "campaign=campaign+1400", "campaign=none-has-it", "campaign=campaign+0&" + month, "campaign=campaign+1400&" + month, "term=none-has-it", "landing_page=none-has-it",
		"device=none-has-it", "form=contact", "form=none-has-it", "no_visit=no_number", "no_visit=none-has-it", "number_id=none-has-it", "pool_id=none-has-it",
		"number_id=" + one("SELECT MAX(number_id) FROM report_facts"), "pool_id=" + one("SELECT MAX(pool_id) FROM report_facts"),
		"only=without_visit", "only=sent_nowhere", "only=sent_nowhere&" + month, "only=late_tags", "only=late_tags&" + month, "weekday=3&hour=10&" + month,
		"counted_in=missed", "counted_in=missed&" + month, "counted_in=failed", "counted_in=failed&" + month, "counted_in=delivered", "counted_in=skipped", "counted_in=waiting", "counted_in=abandoned",
		"counted_in=unique_targets&" + month, "integration_id=" + rtb, "integration_id=" + hook, "integration_id=" + rtb + "&" + month, "reason=metric_not_met", "reason=traffic_not_met",
		"integration_id=" + rtb + "&reason=metric_not_met&" + month, "integration_id=" + rtb + "&channel=email", "integration_id=" + rtb + "&counted_in=failed",
		"kind=lead&channel=paid_search&" + month, "kind=lead&channel=email", "state=waiting&channel=paid_search",
		"cols=who&cols=channel&cols=campaign&cols=landing_page&cols=external_id",
	} {
		all = append(all, [2]string{"/calls?" + s.short(query), path + "?" + query})
	}
	return all
}

// visitLists are the lists of visits with each of their filters, and the page of one visit.
func (s *pagesSite) visitLists(path, month string) (all [][2]string) {
	last := s.texts("SELECT MAX(id) FROM sessions WHERE site_id = '" + s.id + "'")[0]
	for _, query := range []string{
		"", month, "day_from=2020-01-01&day_to=2020-02-01", "channel=paid_search", "channel=email", "source=google", "source=none-has-it", "medium=cpc", "medium=none-has-it",
		"campaign=campaign+0", "campaign=none-has-it", "campaign=(not+set)", "campaign=campaign+0&" + month, "visitor=none-has-it",
	} {
		all = append(all, [2]string{"/visits?" + s.short(query), path + "?" + query})
	}
	return append(all, [2]string{"a visit", path + "/" + last})
}

// short leaves ids and days out of a query, for its name.
func (s *pagesSite) short(query string) string {
	query = regexp.MustCompile(`day_from=20[^1][^&]*&day_to=[^&]*`).ReplaceAllString(query, "30 days")
	return regexp.MustCompile(`(int|num|pol|cnv)_[0-9a-z]+`).ReplaceAllString(strings.ReplaceAll(query, "%2B", "+"), "$1")
}
