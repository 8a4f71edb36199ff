// Package destinationtest is the suite that every destination passes. It checks what
// dispatch, the log of attempts and owners rely on, independent of the wire format.
// It connects to servers on loopback with the real outbound client.
package destinationtest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/locale"
	"ringback/internal/outbound"
	"ringback/internal/settings"
)

// Subject is the destination under test.
type Subject struct {
	New func(clockwork.Clock) destinations.Destination
	// Settings returns complete settings with sample credentials for this base URL.
	Settings func(baseURL string) settings.Values
	// Event is an event that can be sent.
	Event delivery.Payload
	// Before answers a request that comes before the one with the event, such as a login
	// or a look-up, and reports whether it was one. Nil if there are none. A request
	// that it does not answer is the one with the event.
	Before func(w http.ResponseWriter, r *http.Request) bool
	// Identity returns the part of a request by which a receiver recognizes a repeat.
	// It must not be empty.
	Identity func(r *http.Request, body []byte) string
}

// nobody is an address on which nothing listens. The port of a server that was closed could
// be that of another one by now.
const nobody = "http://127.0.0.1:1"

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	if s.Before == nil {
		s.Before = func(http.ResponseWriter, *http.Request) bool { return false }
	}
	t.Run("describes itself", s.describes)
	t.Run("validates without quoting values", s.validates)
	t.Run("needs are pure", s.needsArePure)
	t.Run("classifies answers", s.classifiesAnswers)
	t.Run("is delivered by the event's own answer alone", s.isDeliveredByTheEventAlone)
	t.Run("sends the event once", s.sendsTheEventOnce)
	t.Run("honors Retry-After", s.honorsRetryAfter)
	t.Run("classifies failures", s.classifiesFailures)
	t.Run("does not follow redirects", s.doesNotFollowRedirects)
	t.Run("is not held by endless answers", s.boundsAnswers)
	t.Run("stops with its context", s.stopsWithContext)
	t.Run("repeats itself recognizably", s.repeatsRecognizably)
	t.Run("reveals no secret", s.keepsSecrets)
	t.Run("names the credentials that it sends", s.namesSentCredentials)
	t.Run("checks its set-up without an event", s.checksSetup)
}

// deliver makes one attempt as dispatch does, and returns its result and the recorded
// exchanges.
func (s Subject) deliver(t *testing.T, baseURL string) (delivery.Result, []delivery.Exchange) {
	t.Helper()
	return s.deliverWithin(t, baseURL, outbound.MaxTimeout)
}

// deliverWithin is deliver with a limit for each exchange. It is for servers that do not
// answer: how long an answer takes is up to the machine.
func (s Subject) deliverWithin(t *testing.T, baseURL string, timeout time.Duration) (delivery.Result, []delivery.Exchange) {
	t.Helper()
	client := outbound.New(outbound.Options{AllowPrivate: true, Timeout: timeout})
	t.Cleanup(client.Close)
	clock := clockwork.NewFakeClockAt(now)
	set := s.Settings(baseURL)
	recorder := delivery.NewRecorder(client, delivery.NewRedactor(set.Credentials), clock)
	result := s.New(clock).Send(t.Context(), recorder, s.Event, set)
	s.explains(t, result.Reason)
	return result, recorder.Exchanges()
}

// explains checks that a reason has a message, and that the codes of the
// destination's own begin with its type.
func (s Subject) explains(t *testing.T, r delivery.Reason) {
	t.Helper()
	if owner, _, own := strings.Cut(string(r.Code), "."); own {
		require.Equal(t, s.New(clockwork.NewFakeClockAt(now)).Describe().Type, owner)
	}
	for _, l := range locale.Languages() {
		require.NotEqual(t, string(r.Code), explanation.In(l).Reason(r), "a code without a message in %s", l)
	}
}

// serve starts a server that answers requests with the event. It reads each request
// before it answers. Otherwise it would not notice that the client has closed the
// connection.
func (s Subject) serve(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !s.Before(w, r) {
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (s Subject) describes(t *testing.T) {
	t.Parallel()
	d := s.New(clockwork.NewFakeClockAt(now)).Describe()
	require.NotEmpty(t, d.Type)
	require.NotEmpty(t, d.Name)
	require.Empty(t, explanation.MessageProblems(d.Type), "messages of its own")
	names := map[string]bool{}
	for _, f := range append(d.Options, d.Credentials...) {
		s.describesField(t, d.Type, f)
		require.False(t, names[f.Name], "field %q occurs twice", f.Name)
		names[f.Name] = true
	}
}

// describesField requires that a setting has a name, and that each language says what it is.
func (s Subject) describesField(t *testing.T, destinationType string, f settings.Field) {
	t.Helper()
	require.Empty(t, f.Description, "what %q is belongs to the messages", f.Name)
	_, english := explanation.In(locale.English).Setting(destinationType, f.Name)
	for _, l := range locale.Languages() {
		label, about := explanation.In(l).Setting(destinationType, f.Name)
		require.NotEmpty(t, label, "setting_name.%s in %s", f.Name, l)
		require.NotEmpty(t, about, "setting_about.%s in %s", f.Name, l)
		require.Equal(t, l == locale.English, about == english, "setting_about.%s in %s is not translated", f.Name, l)
	}
}

func (s Subject) needsArePure(t *testing.T) {
	t.Parallel()
	d, set := s.New(clockwork.NewFakeClockAt(now)), s.Settings("https://example.com")
	before := s.Event
	first := d.Needs(s.Event, set)
	require.Equal(t, first, d.Needs(s.Event, set))
	require.Equal(t, before, s.Event)
	for _, check := range first {
		require.True(t, check.Passed, "the subject's event can be sent: %+v", check)
	}
	for _, check := range d.Needs(delivery.Payload{}, set) {
		require.Contains(t, conversion.CheckCodes(), check.Code, "a code that has a message in package explanation")
		require.Contains(t, conversion.SeenCodes(), check.Seen.Code, "a code that has a message in package explanation")
		require.Equal(t, check.Passed, check.Reason == "", "the reason of %q", check.Code)
	}
}
