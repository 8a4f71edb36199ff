package destinationtest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/locale"
	"ringback/internal/settings"
)

func (s Subject) validates(t *testing.T) {
	t.Parallel()
	d := s.New(clockwork.NewFakeClockAt(now))
	complete := s.Settings("https://example.com")
	require.Empty(t, d.Validate(complete))
	for _, f := range d.Describe().Credentials {
		if f.Required {
			wrong := d.Validate(with(complete, f.Name, " "))
			require.Len(t, wrong, 1, "without %s", f.Name)
			require.Equal(t, "credentials."+f.Name, wrong[0].Path)
			require.NotEmpty(t, wrong[0].Expected)
			writtenInEachLanguage(t, wrong)
		}
		bad := d.Validate(with(complete, f.Name, "bad-value-9\x00: bad-value-9"))
		for _, wrong := range bad {
			require.NotContains(t, wrong.Expected.String(), "bad-value-9", "quotes %s", f.Name)
		}
		writtenInEachLanguage(t, bad)
	}
	for _, f := range d.Describe().Options {
		changed := complete
		changed.Options = maps.Clone(complete.Options)
		changed.Options[f.Name] = "_bad value, with spaces: and more than any setting takes"
		writtenInEachLanguage(t, d.Validate(changed))
	}
}

// writtenInEachLanguage checks that what was expected of the fields has a sentence in
// each language.
func writtenInEachLanguage(t *testing.T, fields []fault.Field) {
	t.Helper()
	for _, f := range fields {
		texts := map[string]bool{}
		for _, l := range locale.Languages() {
			text := explanation.In(l).Expected(f.Expected)
			require.NotContains(t, text, f.Expected.Code, "%s in %s", f.Path, l)
			texts[text] = true
		}
		require.Len(t, texts, len(locale.Languages()), "%s: %s is the same in two languages", f.Path, f.Expected)
	}
}

func with(s settings.Values, credential, value string) settings.Values {
	s.Credentials = maps.Clone(s.Credentials)
	s.Credentials[credential] = value
	return s
}

// keepsSecrets checks that nothing that is stored, printed or returned holds a
// credential, even if the receiver echoes it or the connection fails (G8).
func (s Subject) keepsSecrets(t *testing.T) {
	t.Parallel()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Echo", r.RequestURI)
		w.WriteHeader(http.StatusBadRequest)
		decoded, _ := url.QueryUnescape(r.RequestURI)
		_ = json.NewEncoder(w).Encode([]string{r.RequestURI, decoded, string(body), fmt.Sprint(r.Header)})
	}))
	t.Cleanup(echo.Close)
	for name, baseURL := range map[string]string{"echoed": echo.URL, "no connection": nobody} {
		printed := s.everythingPrinted(t, baseURL)
		for _, secret := range s.secrets() {
			require.NotContains(t, printed, secret, name)
		}
	}
}

// everythingPrinted makes an attempt with a client that quotes URLs in its errors and
// returns all texts that result from it.
func (s Subject) everythingPrinted(t *testing.T, baseURL string) string {
	t.Helper()
	clock, set := clockwork.NewFakeClockAt(now), s.Settings(baseURL)
	recorder := delivery.NewRecorder(&http.Client{}, delivery.NewRedactor(set.Credentials), clock)
	client := &errorRecorder{next: recorder}
	result := s.New(clock).Send(t.Context(), client, s.Event, set)
	exchanges, err := json.Marshal(recorder.Exchanges())
	require.NoError(t, err)

	var printed bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&printed, nil))
	log.Info("attempt", "result", result, "settings", set, "error", client.err)
	fmt.Fprintf(&printed, "%+v %#v %+v %v %s", result, set, set, client.err, exchanges)
	return printed.String()
}

// errorRecorder records the error that the destination receives.
type errorRecorder struct {
	next delivery.Doer
	err  error
}

func (l *errorRecorder) Do(r *http.Request) (*http.Response, error) {
	resp, err := l.next.Do(r)
	l.err = err
	return resp, err
}

// secrets returns every line of the sample credentials in all encodings in which it
// may appear.
func (s Subject) secrets() []string {
	var all []string
	for _, credential := range s.Settings("https://example.com").Credentials {
		all = append(all, encodingsOf(credential)...)
	}
	return all
}

func encodingsOf(credential string) []string {
	var all []string
	for line := range strings.Lines(credential) {
		if _, value, isHeader := strings.Cut(line, ":"); isHeader {
			line = value
		}
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line, url.QueryEscape(line), url.PathEscape(line), base64.StdEncoding.EncodeToString([]byte(line)))
		}
	}
	return all
}

// namesSentCredentials checks that SentElsewhere names every credential that a request
// carries (G8).
func (s Subject) namesSentCredentials(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var request string // of all requests of the attempt
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		mu.Lock()
		request += r.RequestURI + fmt.Sprint(r.Header) + string(body)
		mu.Unlock()
		s.Before(w, r)
	}))
	t.Cleanup(server.Close)
	s.deliver(t, server.URL)
	set := s.Settings(server.URL)
	d := s.New(clockwork.NewFakeClockAt(now)).Describe()
	named := d.SentElsewhere(set, s.Settings("https://example.com"))
	for name, credential := range set.Credentials {
		for _, encoded := range encodingsOf(credential) {
			if strings.Contains(request, encoded) {
				require.Contains(t, named, name)
			}
		}
	}
	require.Empty(t, d.SentElsewhere(set, set), "the same address")
}
