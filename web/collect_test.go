package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/geoip"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/web"
)

const (
	chrome  = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	visitor = "visitor-0123456789abcdef"
)

// page sends requests to the service as the script on a page does.
type page struct {
	w         *world
	key       string // of the site's script
	origin    string // no header if empty
	userAgent string
	address   string // of the connection
	forwarded string // X-Forwarded-For
}

// page returns a page of the world's site.
func (w *world) page() page {
	key := w.must("GET", "/sites/{site}", "")["script_key"].(string)
	return page{w: w, key: key, origin: "https://www.example.com", userAgent: chrome, address: "192.0.2.1:50000"}
}

// as restarts the service of the world with other options.
func (w *world) as(change func(*web.Options)) {
	o := options(w.store, w.clock, w.relay, w.outside, w.log)
	change(&o)
	var err error
	w.handler, err = web.New(o)
	require.NoError(w.t, err)
}

func (p page) post(what, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/s/"+p.key+"/"+what, strings.NewReader(p.w.fill(body)))
	r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	r.Header.Set("User-Agent", p.userAgent)
	r.RemoteAddr = p.address
	if p.origin != "" {
		r.Header.Set("Origin", p.origin)
	}
	if p.forwarded != "" {
		r.Header.Set("X-Forwarded-For", p.forwarded)
	}
	return p.w.serve(r)
}

// viewed is the answer to a page view.
type viewed struct {
	Session string              `json:"session"`
	Numbers map[string][]string `json:"numbers"`
}

// see reports a page view, which must be accepted.
func (p page) see(body string) viewed {
	p.w.t.Helper()
	answer := p.post("views", body)
	require.Equal(p.w.t, http.StatusOK, answer.Code, answer.Body)
	var v viewed
	require.NoError(p.w.t, json.Unmarshal(answer.Body.Bytes(), &v))
	return v
}

// view returns the body of a page view. More holds further fields, each with a comma before it.
func view(id, visitor, more string) string {
	return fmt.Sprintf(`{"id":"view-0123456789-%s","visitor":"%s","ago":0,"kind":"navigate","url":"https://www.example.com/","referrer":"","ids":{},"storage":"cookie","version":"1a2b3c4d"%s}`, id, visitor, more)
}

// saysSomething matches bodies that are a lead: with a contact or a text.
var saysSomething = regexp.MustCompile(`"(fields|phone|email|name)":`)

func lead(id, visitor, more string) string {
	if !saysSomething.MatchString(more) {
		more = `,"fields":[{"name":"topic","value":"price"}]` + more
	}
	return fmt.Sprintf(`{"id":"lead-0123456789-%s","visitor":"%s","ago":0,"url":"https://www.example.com/contact","referrer":"","ids":{},"storage":"cookie","version":"1a2b3c4d","form":"contact"%s}`, id, visitor, more)
}

// sessions returns the sessions of a visitor, newest first, as the API lists them.
func (w *world) sessions(visitor string) []any {
	w.t.Helper()
	return w.must("GET", "/sites/{site}/sessions?visitor="+visitor, "")["items"].([]any)
}

// stored returns a lead of the script as the API shows it, and its stored body.
func (w *world) stored(id string) (detail map[string]any, raw string) {
	w.t.Helper()
	found := w.must("GET", "/sites/{site}/conversions?external_id=script:lead-0123456789-"+id, "")["items"].([]any)
	require.Len(w.t, found, 1)
	conversionID := found[0].(map[string]any)["id"].(string)
	return w.must("GET", "/conversions/"+conversionID, ""), modeltest.Bodies(w.t, w.dsn, conversionID)[0]
}

// tally counts the calls of the metrics.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func newTally() *tally { return &tally{counts: map[string]int{}} }

func (m *tally) count(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[what]++
}

func (m *tally) PageView(outcome string)         { m.count("view " + outcome) }
func (m *tally) PoolExhausted(_, poolID string)  { m.count("dry " + poolID) }
func (m *tally) ScriptRefused(reason string)     { m.count("refused " + reason) }
func (m *tally) NumbersWithheld()                { m.count("withheld") }
func (m *tally) RequestHeldBack(of string)       { m.count("held back " + of) }
func (m *tally) Received(source, outcome string) { m.count("received " + source + " " + outcome) }

func (m *tally) Accepted(kind, source, outcome string) {
	m.count("accepted " + kind + " " + source + " " + outcome)
}

func TestG1_AnAnsweredPageViewIsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := w.page().see(view("1", visitor, `,"url":"https://www.example.com/?utm_source=google&utm_medium=cpc&gclid=test-click&token=secret","ids":{"rtbhouse":"test-visitor"}`))
	require.Regexp(t, `^ses_`, seen.Session)
	require.Empty(t, seen.Numbers)

	answer := w.do("GET", "/sites/{site}/sessions", adminToken, "").Body.String()
	for _, want := range []string{
		`"id":"` + seen.Session + `"`, `"visitor_id":"` + visitor + `"`, `"source":"google"`, `"channel":"paid_search"`, `"gclid":"test-click"`,
		`"visitor_ids":{"rtbhouse":"test-visitor"}`, `"storage":"cookie"`, `"device":"desktop"`, `"views":1`,
	} {
		require.Contains(t, answer, want)
	}
	views := w.do("GET", "/sites/{site}/sessions/"+seen.Session+"/views", adminToken, "").Body.String()
	require.Contains(t, views, `"kind":"navigate"`)
	require.Contains(t, views, `"script":"1a2b3c4d"`)
	require.NotContains(t, views+answer, "secret")
}

func TestG1_ALeadOfTheScriptIsStoredWithItsVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	session := p.see(view("1", visitor, `,"ids":{"rtbhouse":"test-visitor"}`)).Session
	offered := len(w.relay.offered())
	w.clock.Advance(time.Minute)
	answer := p.post("leads", lead("1", visitor, `,"ago":20000,"phone":"(202) 555-0123","name":" N ","tags":["sales"]`))
	require.Equal(t, http.StatusAccepted, answer.Code, answer.Body)
	require.JSONEq(t, `{}`, answer.Body.String(), "it tells nothing")
	require.Len(t, w.relay.offered(), offered+1)

	detail, _ := w.stored("1")
	event := detail["events"].([]any)[0].(map[string]any)["lead"].(map[string]any)
	require.Equal(t, map[string]any{
		"at": "2026-01-31T12:17:40Z", "name": "N", "phone": "+12025550123", "form": "contact", "page_url": "https://www.example.com/contact",
		"session_id": session, "visitor_ids": map[string]any{"rtbhouse": "test-visitor"}, "tags": []any{"sales"},
	}, event)
	require.EqualValues(t, 1, w.sessions(visitor)[0].(map[string]any)["leads"])
}

// away is a store whose database can become unavailable.
type away struct {
	web.Store
	gone *bool
	none *models.Store // of a PostgreSQL that does not run
}

func (a away) now() web.Store {
	if *a.gone {
		return a.none
	}
	return a.Store
}

func (a away) SitePlan(ctx context.Context, key string) (websites.Plan, error) {
	return a.now().SitePlan(ctx, key)
}

func (a away) RecordActivity(ctx context.Context, plan websites.Plan, activity models.Activity) (models.ActivityResult, error) {
	return a.now().RecordActivity(ctx, plan, activity)
}

func (a away) AcceptLead(ctx context.Context, in models.NewLead) (models.Accepted, error) {
	return a.now().AcceptLead(ctx, in)
}

func (a away) StoreVisitorIDs(ctx context.Context, siteID, visitorID string, ids map[string]string, at time.Time) error {
	return a.now().StoreVisitorIDs(ctx, siteID, visitorID, ids, at)
}

func (a away) ForgetVisitor(ctx context.Context, siteID, visitorID string) error {
	return a.now().ForgetVisitor(ctx, siteID, visitorID)
}

// If the database is down, the answer to a page has Retry-After. The page
// may read it, and keeps its script.
func TestG1_ScriptsGetRetryAfterWhileTheDatabaseIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	none, err := models.Open(context.Background(), models.Options{
		DSN: "postgres://nobody@127.0.0.1:1/none", Clock: w.clock, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = none.Close() })
	gone := false
	w.as(func(o *web.Options) { o.Store = away{Store: w.store, gone: &gone, none: none} })
	p := w.page()
	p.see(view("1", visitor, ""))

	gone = true
	w.clock.Advance(time.Hour)
	for what, body := range map[string]string{
		"views": view("2", visitor, ""), "leads": lead("1", visitor, ""),
		"ids": `{"visitor":"` + visitor + `","ids":{"rtbhouse":"v"}}`, "forget": `{"visitor":"` + visitor + `"}`,
	} {
		answer := p.post(what, body)
		require.Equal(t, http.StatusServiceUnavailable, answer.Code, answer.Body)
		require.Equal(t, "5", answer.Header().Get("Retry-After"))
		require.Equal(t, p.origin, answer.Header().Get("Access-Control-Allow-Origin"), "the script can see it")
		require.Equal(t, "Retry-After", answer.Header().Get("Access-Control-Expose-Headers"))
	}
	require.Equal(t, http.StatusOK, w.do("GET", "//root/s/"+p.key+".js", "", "").Code, "pages keep their script")
	unknown := p
	unknown.key = "unknown"
	require.Equal(t, http.StatusServiceUnavailable, unknown.post("views", view("2", visitor, "")).Code, "nobody can tell that it is unknown")

	gone = false
	require.Equal(t, http.StatusAccepted, p.post("leads", lead("1", visitor, "")).Code)
	require.NotEmpty(t, p.see(view("2", visitor, "")).Session)

	account, err := w.store.DefaultAccount(context.Background())
	require.NoError(t, err)
	require.NoError(t, w.store.DeleteSite(context.Background(), audit.Actor{AccountID: account.ID}, w.names["site"]), "by another process")
	w.clock.Advance(time.Minute)
	require.Equal(t, http.StatusNotFound, p.post("views", view("3", visitor, "")).Code)
	gone = true
	w.clock.Advance(3 * time.Second) // an unknown key is cached until then
	require.Equal(t, http.StatusServiceUnavailable, w.do("GET", "//root/s/"+p.key+".js", "", "").Code, "a site that was deleted is not remembered")
}

func TestG2_RepeatsOfTheScriptAreOneViewAndOneLead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	metrics := newTally()
	w.as(func(o *web.Options) { o.Metrics = metrics })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			p.post("views", view("1", visitor, ""))
			p.post("leads", lead("1", visitor, `,"email":"visitor@example.com"`))
		})
	}
	all.Wait()
	require.Equal(t, http.StatusAccepted, p.post("leads", lead("1", visitor, `,"email":"visitor@example.com"`)).Code, "a repeat is answered as the first")
	sessions := w.sessions(visitor)
	require.Len(t, sessions, 1)
	require.EqualValues(t, 1, sessions[0].(map[string]any)["views"])
	require.EqualValues(t, 1, sessions[0].(map[string]any)["leads"])
	w.stored("1") // is one
	require.Equal(t, 1, metrics.counts["accepted lead script new"])
	require.Equal(t, 8, metrics.counts["accepted lead script duplicate"])
	require.Equal(t, 7, metrics.counts["view duplicate"])
}

func TestG2_IdsOfTheScriptAndOfRingbackAreReserved(t *testing.T) {
	t.Parallel()
	newWorld(t).run(t, []scenario{
		{name: "a lead of the script", method: "POST", path: "/sites/{site}/leads", as: "intake", body: `{"external_id":"script:lead-0123456789-1","email":"visitor@example.com"}`, status: 422, holds: []string{`"field":"external_id"`}},
		{name: "an event of Ringback's", method: "POST", path: "/sites/{site}/calls/call-2/events", as: "intake", body: `{"event_id":"ringback:number","type":"linked","session_id":"s"}`, status: 422, holds: []string{`"field":"event_id"`, "ringback:"}},
	})
}

// The log holds that there was a request, but not from whom or with what content.
func TestG8_ScriptsRequestsLeaveNoPersonalDataInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	private := []string{visitor, "visitor@example.com", "2025550123", "test-visitor", "192.0.2.1", "Mozilla", "private-text", "ses_", "lead-0123456789"}
	personal := `,"ids":{"rtbhouse":"test-visitor"},"phone":"+12025550123","email":"visitor@example.com","name":"private-text","fields":[{"name":"private-text","value":"private-text"}]`
	for _, body := range []string{
		view("1", visitor, ""), lead("1", visitor, personal), lead("2", "short", personal), lead("3", visitor, personal+`,"tags":5`),
		`{"visitor":"` + visitor + `","ids":{"rtbhouse":"test-visitor"}}`, "private-text", `{"private-text"`, `["private-text"]`,
		lead("4", visitor, `,"form":"`+strings.Repeat("private-text", 6000)+`"`), lead("5", visitor, `,"phone":"private-text"`),
	} {
		for _, what := range []string{"views", "leads", "ids", "forget"} {
			answer := p.post(what, body)
			require.Less(t, answer.Code, 500)
			require.NotContains(t, answer.Body.String(), "private-text", "no answer quotes what was sent")
		}
	}
	require.NotContains(t, w.log.String(), p.key, "the route is logged, not the address")
	for _, text := range private {
		require.NotContains(t, w.log.String(), text)
	}
}

func TestG9_AKeyOfOneSiteNeverReachesAnothersVisitors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, other := w.page(), w.page()
	second := w.must("POST", "/sites", `{"name":"Another","domains":["www.example.com"]}`)
	other.key, w.names["other"] = second["script_key"].(string), second["id"].(string)

	mine := p.see(view("1", visitor, "")).Session
	theirs := other.see(view("1", visitor, "")).Session
	require.NotEqual(t, mine, theirs, "the same ids at two sites are two visitors")
	require.Equal(t, http.StatusNoContent, other.post("ids", `{"visitor":"`+visitor+`","ids":{"rtbhouse":"theirs"}}`).Code)
	require.NotContains(t, fmt.Sprint(w.sessions(visitor)), "theirs")
	require.Equal(t, http.StatusAccepted, p.post("leads", lead("1", visitor, "")).Code)
	require.Equal(t, http.StatusAccepted, other.post("leads", lead("1", visitor, "")).Code)
	w.stored("1")
	require.Len(t, w.must("GET", "/sites/{other}/conversions", "")["items"], 1)

	require.Equal(t, http.StatusNoContent, other.post("forget", `{"visitor":"`+visitor+`"}`).Code)
	require.Len(t, w.sessions(visitor), 1, "forgetting at one site forgets nothing at another")
	require.Empty(t, w.must("GET", "/sites/{other}/sessions", "")["items"])
	require.NotContains(t, w.do("GET", "/sites/{site}/sessions", w.tokens["stranger"], "").Body.String(), mine)
}

// A request with a visitor's id gets what the visitor's own page would get, and no more.
func TestAnswersHoldNothingAboutVisitors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	p.see(view("1", visitor, ""))
	stolen := p.post("views", view("1", "another-0123456789", ""))
	require.Equal(t, http.StatusBadRequest, stolen.Code, "the id of another's view shows no session")
	require.NotContains(t, stolen.Body.String(), "ses_")
	for what, body := range map[string]string{"ids": `{"visitor":"%s","ids":{"rtbhouse":"v"}}`, "forget": `{"visitor":"%s"}`, "leads": lead("1", "%s", "")} {
		known := p.post(what, fmt.Sprintf(body, visitor))
		unknown := p.post(what, strings.Replace(fmt.Sprintf(body, "unknown-0123456789"), "lead-0123456789-1", "lead-0123456789-2", 1))
		require.Equal(t, known.Code, unknown.Code)
		require.Equal(t, known.Body.String(), unknown.Body.String())
	}
}

func TestLateIDsAreStoredIfTheSiteReadsTheirSystem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	p.see(view("1", visitor, `,"ids":{"unknown_system":"x","rtbhouse":"unknown"}`))
	require.NotContains(t, w.sessions(visitor)[0].(map[string]any), "visitor_ids", "neither a system that is not set, nor an id that is nobody's")
	w.clock.Advance(time.Second)
	answer := p.post("ids", `{"visitor":"`+visitor+`","ids":{"rtbhouse":"%7B%22id%22%3A%22late-visitor%22%7D","unknown_system":"x","bizible":5}}`)
	require.Equal(t, http.StatusNoContent, answer.Code, answer.Body)
	require.Empty(t, answer.Body.String())
	require.Equal(t, map[string]any{"rtbhouse": "late-visitor"}, w.sessions(visitor)[0].(map[string]any)["visitor_ids"])
}

func TestWithdrawnConsentErasesTheVisitor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	p.see(view("1", visitor, ""))
	require.Equal(t, http.StatusNoContent, p.post("forget", `{"visitor":"`+visitor+`"}`).Code)
	require.Empty(t, w.sessions(visitor))
	require.Equal(t, http.StatusNoContent, p.post("forget", `{"visitor":"`+visitor+`"}`).Code, "again")
}

// The page's clock does not matter: late reports are placed by their age.
func TestTimesComeFromHowLongAgoItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	for ago, want := range map[string]string{
		`0`: "2026-01-31T12:17:00Z", `90000.5`: "2026-01-31T12:15:29.9995Z", `-5000`: "2026-01-31T12:17:00Z",
		`1e300`: "2026-01-24T12:17:00Z", `1e999`: "2026-01-31T12:17:00Z", `"a while"`: "2026-01-31T12:17:00Z", `null`: "2026-01-31T12:17:00Z",
	} {
		id := fmt.Sprintf("%x", ago)
		require.Equal(t, http.StatusAccepted, p.post("leads", lead(id, visitor, `,"ago":`+ago)).Code, ago)
		detail, _ := w.stored(id)
		require.Equal(t, want, detail["at"], ago)
	}
}

// where is a GeoIP database with one place.
type where map[netip.Addr]geoip.Place

func (w where) Place(address netip.Addr) geoip.Place { return w[address] }

func TestVisitsGetThePlaceOfTheirAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	w.as(func(o *web.Options) {
		o.Places = where{netip.MustParseAddr("192.0.2.1"): {City: "London", Region: "England", Country: "GB"}}
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	})
	for i, c := range []struct{ address, forwarded, city string }{
		{"192.0.2.1:1", "", "London"},
		{"[::ffff:192.0.2.1]:1", "", "London"},
		{"10.0.0.1:1", "192.0.2.1", "London"},
		{"10.0.0.1:1", "192.0.2.1:4711", "London"}, // the form of some proxies
		{"10.0.0.1:1", "203.0.113.7:80, 192.0.2.1:4711, [2001:db8::1]:80", "London"},
		{"[2001:db8::1]:1", "203.0.113.7, 192.0.2.1, 10.1.1.1", "London"},
		{"10.0.0.1:1", "192.0.2.1, 203.0.113.7", ""}, // the address that connected to our proxy is not in London
		{"203.0.113.7:1", "192.0.2.1", ""},           // not our proxy: anybody can send this header
		{"127.0.0.1:1", "192.0.2.1", ""},             // nor is this machine
		{"10.0.0.1:1", "London", ""},                 // not an address
		{"not an address", "", ""},
	} {
		who := fmt.Sprintf("visitor-0123456789-%d", i)
		p.address, p.forwarded = c.address, c.forwarded
		p.see(view(fmt.Sprint(i), who, ""))
		traffic := w.sessions(who)[0].(map[string]any)["traffic"].(map[string]any)
		if c.city == "" {
			require.NotContains(t, traffic, "city", "%+v", c)
			continue
		}
		require.Equal(t, c.city, traffic["city"], "%+v", c)
		require.Equal(t, "GB", traffic["country"])
	}
}
