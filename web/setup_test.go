package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	destinationsbuiltin "ringback/destinations/builtin"
	"ringback/internal/accept"
	"ringback/internal/bursts"
	"ringback/internal/delivery"
	"ringback/internal/passwords"
	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
	"ringback/models/outbox"
	sourcesbuiltin "ringback/sources/builtin"
	"ringback/web"
)

// adminToken is the operator's in every test.
const adminToken = "test-operator-token"

// start is the time of the tests' clock.
var start = time.Date(2026, 1, 31, 12, 17, 0, 0, time.UTC)

// world is a service with a database and two accounts. The second account must
// never get anything of the first.
type world struct {
	t       *testing.T
	handler http.Handler
	store   *models.Store
	dsn     string
	clock   *clockwork.FakeClock
	relay   *relay
	outside outside
	log     *logBuffer
	names   map[string]string // placeholders in paths and bodies: {site}, {integration}, ...
	tokens  map[string]string // by role, of the first account; "stranger" is the other account's admin
}

// relay records the signals that were offered.
type relay struct {
	mu      sync.Mutex
	signals []outbox.Signal
}

func (r *relay) Offer(s outbox.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signals = append(r.signals, s)
}

func (r *relay) offered() []outbox.Signal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]outbox.Signal(nil), r.signals...)
}

// outside answers every request that would leave the service, and echoes it.
type outside struct{}

func (outside) Do(req *http.Request) (*http.Response, error) {
	echoed := req.URL.String()
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		echoed += "\n" + string(body)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}},
		Body: io.NopCloser(strings.NewReader(echoed)), Request: req,
	}, nil
}

type noMetrics struct{}

func (noMetrics) Accepted(string, string, string) {}
func (noMetrics) Received(string, string)         {}
func (noMetrics) PageView(string)                 {}
func (noMetrics) PoolExhausted(string, string)    {}
func (noMetrics) ScriptRefused(string)            {}
func (noMetrics) NumbersWithheld()                {}
func (noMetrics) RequestHeldBack(string)          {}

// logBuffer holds the log.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func options(store web.Store, clock clockwork.Clock, relay accept.Relay, outside delivery.Doer, log io.Writer) web.Options {
	return web.Options{
		Store: store, Relay: relay, Outbound: outside, Pages: outside, Metrics: noMetrics{}, Bursts: bursts.New(clock),
		Destinations: destinationsbuiltin.Destinations(clock), Sources: sourcesbuiltin.Sources(),
		Clock: clock, Logger: slog.New(slog.NewJSONHandler(log, nil)), AdminToken: adminToken,
		Passwords: passwords.Parameters{Memory: 8, Passes: 1, Threads: 1},
		PublicURL: "https://ringback.example.com", TemporalUIURL: "https://temporal.example.com", Namespace: "default",
	}
}

// openStore opens an empty SQLite database.
func openStore(t *testing.T, clock clockwork.Clock) (store *models.Store, dsn string) {
	t.Helper()
	dsn = modeltest.MigratedSQLite(t)
	return openWithNewKeys(t, dsn, clock), dsn
}

func openWithNewKeys(t *testing.T, dsn string, clock clockwork.Clock) *models.Store {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	box, err := secrets.New(keys)
	require.NoError(t, err)
	store, err := models.Open(context.Background(), models.Options{DSN: dsn, Box: box, Clock: clock, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// withOtherKeys returns the service as it is when the keys that sealed its credentials are gone.
func (w *world) withOtherKeys() http.Handler {
	handler, err := web.New(options(openWithNewKeys(w.t, w.dsn, w.clock), w.clock, w.relay, w.outside, w.log))
	require.NoError(w.t, err)
	return handler
}

// newWorld makes a service with a site, a source, an integration, a call, and
// tokens of all roles; and another account with a site of its own.
func newWorld(t *testing.T) *world {
	t.Helper()
	clock := clockwork.NewFakeClockAt(start)
	w := &world{
		t: t, clock: clock, relay: &relay{}, outside: outside{}, log: &logBuffer{},
		names: map[string]string{}, tokens: map[string]string{"operator": adminToken, "nobody": ""},
	}
	w.store, w.dsn = openStore(t, clock)
	handler, err := web.New(options(w.store, clock, w.relay, w.outside, w.log))
	require.NoError(t, err)
	w.handler = handler

	w.names["site"] = w.must("POST", "/sites", `{"name":"Example Shop","domains":["www.example.com"]}`)["id"].(string)
	w.names["integration"] = w.must("POST", "/sites/{site}/integrations", sampleIntegration)["id"].(string)
	w.names["hook"] = w.must("PUT", "/sites/{site}/sources/callrail", sampleSource)["webhook_url"].(string)
	w.names["conversion"] = w.must("POST", "/sites/{site}/calls/call-1/events", sampleEvent)["conversion_id"].(string)
	for _, role := range []string{"admin", "editor", "viewer", "intake"} {
		token := w.must("POST", "/tokens", `{"name":"test","role":"`+role+`"}`)
		w.tokens[role], w.names["token-"+role] = token["token"].(string), token["id"].(string)
	}
	w.names["account"] = w.must("POST", "/accounts", `{"name":"Another"}`)["id"].(string)
	w.addStranger()
	w.names["delivery"] = w.deliver("call-delivered")
	w.addVisit()
	w.addUnread()
	w.names["person"] = w.must("POST", "/sites/{site}/people", samplePerson)["id"].(string)
	w.addUser()
	w.names["opportunity"] = w.must("POST", "/sites/{site}/opportunities", sampleOpportunity)["id"].(string)
	return w
}

const (
	sampleKey         = "sample-pkey-0123456789"
	sampleHash        = "abcdefghij0123456789"
	sampleSigningKey  = "sample-signing-key-0123456789"
	sampleIntegration = `{"type":"rtbhouse","name":"RTB House","credentials":{"pkey":"` + sampleKey + `","tagging_hash":"` + sampleHash + `"},"calls":{"metrics":["target"]},"leads":{"metrics":["all"]}}`
	sampleSource      = `{"credentials":{"signing_keys":"` + sampleSigningKey + `"}}`
	sampleEvent       = `{"event_id":"e1","type":"started","at":"2026-01-31T12:00:00Z","caller":"+12025550123","visitor_ids":{"rtbhouse":"test-visitor"}}`
	samplePerson      = `{"external_id":"contact-1","account":"acme","email":"visitor@example.com"}`
	sampleOpportunity = `{"external_id":"deal-1","account":"acme","opened_at":"2026-01-31T12:00:00Z"}`
	sampleLead        = `{"external_id":"lead-1","email":"visitor@example.com"}`
)

// addStranger makes an account with its own admin, who owns a site.
func (w *world) addStranger() {
	r := w.request("POST", "/tokens", adminToken, `{"name":"test","role":"admin"}`)
	r.Header.Set("Ringback-Account", w.names["account"])
	answer := w.serve(r)
	require.Equal(w.t, http.StatusCreated, answer.Code, answer.Body)
	w.tokens["stranger"] = decode(w.t, answer)["token"].(string)
}

// deliver makes a decided call with a failed delivery, as workers would.
func (w *world) deliver(externalID string) string {
	id := w.plan(externalID)
	_, err := w.store.GiveUpDelivery(context.Background(), id, delivery.AnsweredWithError(400, "E1", "sample message"))
	require.NoError(w.t, err)
	return id
}

// plan makes a decided call with a delivery that is not tried yet.
func (w *world) plan(externalID string) string {
	ctx := context.Background()
	id := w.must("POST", "/sites/{site}/calls/"+externalID+"/events", `{"type":"ended","outcome":"answered","talk_seconds":60,"caller":"+12025550199"}`)["conversion_id"].(string)
	site, integration := w.names["site"], w.names["integration"]
	decision := models.Decision{
		ID: "dec_" + externalID, ConversionID: id, SiteID: site, IntegrationID: integration, IntegrationVersion: 1,
		IntegrationType: "rtbhouse", IntegrationName: "RTB House", Verdict: "send", Reason: "all_checks_passed", Moment: "end", CreatedAt: start,
		Detail: conversion.Decision{Checks: []conversion.Check{{Code: conversion.CheckVisitorID, Seen: conversion.Seen{Code: conversion.SeenVisitorID}, Passed: true}}},
	}
	made := deliveries.Delivery{
		ID: "dlv_" + externalID, SiteID: site, ConversionID: id, IntegrationID: integration, IntegrationType: "rtbhouse",
		DecisionID: decision.ID, State: deliveries.Pending, CreatedAt: start, GiveUpAt: start.Add(time.Hour),
	}
	found, err := w.store.Case(ctx, id)
	require.NoError(w.t, err)
	_, err = w.store.SaveDecisions(ctx, models.DecisionSet{
		ConversionID: id, Moment: "end", Final: true, JudgedSeq: found.LastSeq(),
		Decisions: []models.Decision{decision}, Deliveries: []deliveries.Delivery{made},
	})
	require.NoError(w.t, err)
	return made.ID
}

// fill replaces placeholders by the world's ids.
func (w *world) fill(text string) string {
	for name, value := range w.names {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

func (w *world) request(method, path, token, body string) *http.Request {
	path = w.fill(path)
	if !strings.HasPrefix(path, "https://") && !strings.HasPrefix(path, "//") {
		path = "/api/v1" + path
	}
	r := httptest.NewRequest(method, strings.TrimPrefix(path, "//root"), strings.NewReader(w.fill(body)))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

func (w *world) serve(r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// do sends a request with a token.
func (w *world) do(method, path, token, body string) *httptest.ResponseRecorder {
	return w.serve(w.request(method, path, token, body))
}

// must sends a request as the operator, which must succeed.
func (w *world) must(method, path, body string) map[string]any {
	w.t.Helper()
	answer := w.do(method, path, adminToken, body)
	require.Less(w.t, answer.Code, 300, "%s %s: %s", method, path, answer.Body)
	return decode(w.t, answer)
}
