package activities_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"ringback/activities"
	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/locale"
)

func TestEndToEndRunsFromAcceptance(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.clock.Advance(time.Second)
	_, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, []time.Duration{61 * time.Second}, f.count.delivered, "accepted a minute before it was decided")
}

func TestG8_NothingSecretOrPersonalReachesTemporalOrTheLog(t *testing.T) {
	t.Parallel()
	f := newField()
	f.Destinations = destinations.NewRegistry(place{sendFn: post})
	f.Outbound = doer(func(*http.Request) (*http.Response, error) {
		return nil, errText("Post https://example.com/?key=not-a-real-secret: refused by +12025550123")
	})
	_, err := f.dispatch(t, "dlv_1")
	text, _ := refusal(t, err, activities.ErrorRetrying)
	require.Equal(t, "network", text, "class and status only")
	stored := f.store.attempts[0]
	require.Contains(t, stored.Request.URL, "redacted")
	for _, seen := range []string{err.Error(), f.log.String()} {
		require.NotContains(t, seen, "not-a-real-secret")
		require.NotContains(t, seen, "2025550123")
	}
	require.NotContains(t, stored.Request.URL+stored.Request.Body+explanation.In(locale.English).Reason(stored.Reason), "not-a-real-secret")
}

// post sends like a real destination: credentials in the URL, a person in the body.
func post(ctx context.Context, out delivery.Doer, e delivery.Payload) delivery.Result {
	body := strings.NewReader(e.Phone)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://example.com/?key=not-a-real-secret", body)
	if err != nil {
		return delivery.Result{Class: delivery.ClassInvalid}
	}
	resp, err := out.Do(req)
	return delivery.ResultOf(resp, err, noon)
}

func TestAttemptRecordsThatABodyWasCut(t *testing.T) {
	t.Parallel()
	f := newField()
	f.Destinations = destinations.NewRegistry(place{sendFn: post})
	f.Outbound = doer(func(*http.Request) (*http.Response, error) {
		body := strings.NewReader(strings.Repeat("x", delivery.MaxRecordedBody+1))
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body)}, nil
	})
	_, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	stored := f.store.attempts[0]
	require.True(t, stored.Response.Cut)
	require.Len(t, stored.Response.Body, delivery.MaxRecordedBody)
	require.False(t, stored.Request.Cut)
}

func TestG7_StoreErrorsNameTheStageOnly(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.store.err = away
	_, err := f.dispatch(t, "dlv_1")
	require.ErrorContains(t, err, "reading: unavailable")
	require.NotContains(t, err.Error(), "2025550123")
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, 5*time.Second, app.NextRetryDelay(), "the delay that the database asks for")
	require.Contains(t, f.log.String(), "row of", "the log has the cause")
}
