package delivery_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

type doerFunc func(*http.Request) (*http.Response, error)

func (f doerFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func post(t *testing.T, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	return req
}

func recorder(next doerFunc, clock clockwork.Clock) *delivery.Recorder {
	return delivery.NewRecorder(next, delivery.NewRedactor(map[string]string{"pkey": "s3cret key"}), clock)
}

func TestG8_RecorderKeepsTheExchangeWithoutSecrets(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(start)
	r := recorder(func(req *http.Request) (*http.Response, error) {
		sent, err := io.ReadAll(req.Body)
		require.NoError(t, err)
		require.Equal(t, `{"key":"s3cret key"}`, string(sent), "the request itself is sent whole")
		clock.Advance(120 * time.Millisecond)
		return &http.Response{
			StatusCode: http.StatusBadRequest,
			Header:     http.Header{"Set-Cookie": {"a=b"}, "X-Echo": {"s3cret key"}},
			Body:       io.NopCloser(strings.NewReader("bad key: s3cret%20key \xff\x00")),
		}, nil
	}, clock)
	req := post(t, "https://user:pass@example.com/?pkey=s3cret+key&a=1", `{"key":"s3cret key"}`)
	req.Header.Set("Authorization", "Bearer x")
	resp, err := r.Do(req)
	require.NoError(t, err)
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "bad key: s3cret%20key \xff\x00", string(answer), "the caller reads the whole answer")
	require.Equal(t, []delivery.Exchange{{
		Request: delivery.Message{
			Method:  http.MethodPost,
			URL:     "https://user:xxxxx@example.com/?pkey=[redacted]&a=1",
			Headers: http.Header{"Authorization": {"[redacted]"}},
			Body:    `{"key":"[redacted]"}`,
		},
		Response: delivery.Message{
			Status:  http.StatusBadRequest,
			Headers: http.Header{"Set-Cookie": {"[redacted]"}, "X-Echo": {"[redacted]"}},
			Body:    "bad key: [redacted] \uFFFD\uFFFD", // neither message is cut
		},
		StartedAt: start,
		Duration:  120 * time.Millisecond,
	}}, r.Exchanges())
}

func TestG8_RecorderReturnsErrorsWithoutSecrets(t *testing.T) {
	t.Parallel()
	cause := errors.New("reset by s3cret key")
	r := recorder(func(req *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: req.URL.String(), Err: cause}
	}, clockwork.NewFakeClockAt(start))
	_, err := r.Do(post(t, "https://example.com/?pkey=s3cret+key", ""))
	require.EqualError(t, err, "reset by [redacted]")
	require.ErrorIs(t, err, cause)
	require.Equal(t, "reset by [redacted]", r.Exchanges()[0].Error)
	require.Zero(t, r.Exchanges()[0].Response.Status)
}

func TestRecorderCutsBodiesAfterRedacting(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", delivery.MaxRecordedBody-4) + "s3cret key" + strings.Repeat("y", 100)
	r := recorder(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(long))}, nil
	}, clockwork.NewFakeClockAt(start))
	_, err := r.Do(post(t, "https://example.com/", long))
	require.NoError(t, err)
	got := r.Exchanges()[0]
	for _, body := range []string{got.Request.Body, got.Response.Body} {
		require.Equal(t, strings.Repeat("x", delivery.MaxRecordedBody-4)+"[red", body)
	}
	require.True(t, got.Request.Cut)
	require.True(t, got.Response.Cut)
}
