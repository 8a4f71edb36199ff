package delivery_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/settings"
)

// senderFunc is a destination that only sends.
type senderFunc func(context.Context, delivery.Doer, delivery.Payload, settings.Values) delivery.Result

func (f senderFunc) Send(ctx context.Context, out delivery.Doer, p delivery.Payload, v settings.Values) delivery.Result {
	return f(ctx, out, p, v)
}

func TestG8_AttemptReportsTheLastExchangeWithoutSecrets(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(start)
	answers := []string{"first", "second s3cret key"}
	out := doerFunc(func(*http.Request) (*http.Response, error) {
		body := answers[0]
		answers = answers[1:]
		clock.Advance(time.Second)
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
	})
	report := delivery.Attempt(t.Context(), out, clock, delivery.Send{
		To: senderFunc(func(_ context.Context, out delivery.Doer, p delivery.Payload, _ settings.Values) delivery.Result {
			for _, path := range []string{"a", "b"} {
				_, err := out.Do(post(t, "https://example.com/"+path, p.ID))
				require.NoError(t, err)
			}
			return delivery.Result{
				Class: delivery.ClassThrottled, Status: http.StatusTooManyRequests,
				RetryAfter: 48 * time.Hour, Reason: delivery.AnsweredWithError(429, "E1", "no s3cret key here"),
			}
		}),
		Payload:  delivery.Payload{ID: "cnv_1"},
		Settings: settings.Values{Credentials: map[string]string{"pkey": "s3cret key"}},
		Timeout:  time.Minute,
	})
	require.Equal(t, delivery.Report{
		StartedAt: start, Duration: 2 * time.Second,
		Result: delivery.Result{
			Class: delivery.ClassThrottled, Status: http.StatusTooManyRequests,
			RetryAfter: delivery.MaxRetryAfter, Reason: delivery.AnsweredWithError(429, "E1", "no [redacted] here"),
		},
		Request:  delivery.Message{Method: http.MethodPost, URL: "https://example.com/b", Headers: http.Header{}, Body: "cnv_1"},
		Response: delivery.Message{Status: http.StatusOK, Headers: http.Header{}, Body: "second [redacted]"},
	}, report)
}

// attempt makes an attempt with this result at an integration with this credential.
func attempt(t *testing.T, result delivery.Result, secret string) delivery.Report {
	t.Helper()
	return delivery.Attempt(t.Context(), nil, clockwork.NewFakeClockAt(start), delivery.Send{
		To:       senderFunc(func(context.Context, delivery.Doer, delivery.Payload, settings.Values) delivery.Result { return result }),
		Settings: settings.Values{Credentials: map[string]string{"key": secret}}, Timeout: time.Minute,
	})
}

func TestAttemptHasATimeout(t *testing.T) {
	t.Parallel()
	report := delivery.Attempt(t.Context(), nil, clockwork.NewFakeClockAt(start), delivery.Send{
		To: senderFunc(func(ctx context.Context, _ delivery.Doer, _ delivery.Payload, _ settings.Values) delivery.Result {
			<-ctx.Done()
			class, reason := delivery.Classify(0, ctx.Err())
			return delivery.Result{Class: class, Reason: reason}
		}),
		Timeout: time.Millisecond,
	})
	require.Equal(t, delivery.ClassTimeout, report.Class)
	require.Empty(t, report.Request, "it sent nothing")
}
