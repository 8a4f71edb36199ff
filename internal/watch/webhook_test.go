package watch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"ringback/alerts"
	"ringback/destinations/webhook"
	"ringback/internal/notify"
	"ringback/internal/outbound"
	"ringback/internal/watch"
	"ringback/models/alerting"
	"ringback/models/notices"
)

const (
	accountID = "acc_01sample"
	secret    = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
)

// settings are the settings of one account. An error is that of the store.
type settings struct {
	alerting.Settings
	err error
}

func (s settings) AlertSettings(_ context.Context, account string) (alerting.Settings, error) {
	if account != accountID {
		return alerting.Settings{}, errors.New("another account")
	}
	return s.Settings, s.err
}

// to returns the settings of an account whose webhook is a receiver.
func to(url string) settings {
	return settings{Settings: alerting.Settings{AccountID: accountID, WebhookURL: url, Credentials: map[string]string{alerting.SigningSecret: secret}}}
}

// body is the message about a destination that is failing.
func body() string {
	return watch.Words{}.Body("en", alerting.Incident{
		ID: "alt_01sample", Kind: alerts.BreakerOpen, Subject: "int_01sample", Name: "Sample", Since: time.Unix(0, 0), BeganAt: time.Unix(0, 0),
	})
}

// post sends a notice as a process does.
func post(t *testing.T, s settings) error {
	t.Helper()
	return postWithin(t, s, outbound.MaxTimeout)
}

// postWithin sends a notice to a receiver that has so long to answer.
func postWithin(t *testing.T, s settings, timeout time.Duration) error {
	t.Helper()
	client := outbound.New(outbound.Options{AllowPrivate: true, Timeout: timeout})
	send := watch.ByWebhook(s, webhook.New(clockwork.NewRealClock()), client) // receivers compare with the system's time
	return send(t.Context(), notices.Notice{
		ID: "ntc_01sample", AccountID: accountID, Channel: alerting.Webhook, Content: map[string]string{alerting.BodyOf: body()},
	})
}

// receiver is a receiver of the test's own, on the loopback interface.
func receiver(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL + "/alerts"
}

func TestTheMessageIsSignedAndCarriesItsId(t *testing.T) {
	t.Parallel()
	type message struct {
		header http.Header
		body   []byte
	}
	seen := make(chan message, 1)
	require.NoError(t, post(t, to(receiver(t, func(w http.ResponseWriter, r *http.Request) {
		read, _ := io.ReadAll(r.Body)
		seen <- message{r.Header, read}
		w.WriteHeader(http.StatusAccepted)
	}))))
	got := <-seen
	require.JSONEq(t, body(), string(got.body))
	require.Equal(t, "ntc_01sample", got.header.Get("webhook-id"), "the same at each attempt")
	signed, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	require.NoError(t, signed.Verify(got.body, got.header))
}

// TestWhatAMisbehavingReceiverMeans has receivers that answer badly or not at all. A message
// is refused for good, or else it is tried again. Errors quote neither secrets nor answers,
// because they are logged (G8).
func TestWhatAMisbehavingReceiverMeans(t *testing.T) {
	t.Parallel()
	answers := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://192.0.2.1/")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "s3cret of the receiver")
		}
	}
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		refused bool
	}{
		"bad request":        {answers(400), true},
		"forbidden":          {answers(403), true},
		"gone":               {answers(410), true},
		"redirected":         {answers(302), true},
		"timeout of its own": {answers(408), false},
		"too many":           {answers(429), false},
		"server error":       {answers(500), false},
		"away":               {answers(503), false},
		"breaks off":         {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
		"no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "220 mail.example.com ESMTP\r\n")
				_ = conn.Close()
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := post(t, to(receiver(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				tc.answer(w, r)
			})))
			require.Error(t, err)
			require.Equal(t, tc.refused, isRefusal(err), "%v", err)
			require.NotContains(t, err.Error(), "s3cret")
			require.NotContains(t, err.Error(), secret)
		})
	}
}

// TestAReceiverThatHangsIsGivenUp posts to a receiver that never answers, however long it has.
func TestAReceiverThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	err := postWithin(t, to(receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})), 50*time.Millisecond)
	require.ErrorContains(t, err, "timeout")
	require.False(t, isRefusal(err), "%v", err)
	require.NotContains(t, err.Error(), secret)
}

func isRefusal(err error) bool {
	var refused notify.Refusal
	return errors.As(err, &refused)
}

// TestAWebhookThatCannotBeUsed has settings by which nothing can be sent. What an owner or
// the operator may mend is tried again.
func TestAWebhookThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	const nobody = "http://127.0.0.1:1/alerts"
	unreadable, unsigned, broken := to(nobody), to(nobody), to(nobody)
	unreadable.Credentials, unreadable.Unreadable = nil, true
	unsigned.Credentials = nil
	broken.err = errors.New("the database is away")
	for name, tc := range map[string]struct {
		set     settings
		refused bool
	}{
		"nobody listens":          {to(nobody), false},
		"no key opens the secret": {unreadable, false},
		"the store is away":       {broken, false},
		"no secret":               {unsigned, true},
		"no webhook any more":     {to(""), true},
	} {
		err := post(t, tc.set)
		require.Error(t, err, name)
		require.Equal(t, tc.refused, isRefusal(err), "%s: %v", name, err)
	}
}
