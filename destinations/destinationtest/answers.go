package destinationtest

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/outbound"
)

func (s Subject) classifiesAnswers(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	url := s.serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) })
	for code, class := range map[int32]delivery.Class{
		200: delivery.ClassDelivered, 201: delivery.ClassDelivered, 204: delivery.ClassDelivered,
		400: delivery.ClassRefused, 401: delivery.ClassRefused, 403: delivery.ClassRefused,
		404: delivery.ClassRefused, 410: delivery.ClassRefused, 422: delivery.ClassRefused,
		408: delivery.ClassUnavailable, 425: delivery.ClassUnavailable, 429: delivery.ClassThrottled,
		500: delivery.ClassUnavailable, 502: delivery.ClassUnavailable, 503: delivery.ClassUnavailable, 504: delivery.ClassUnavailable,
	} {
		status.Store(code)
		result, exchanges := s.deliver(t, url)
		require.Equal(t, class, result.Class, "answered %d", code)
		require.Equal(t, int(code), result.Status)
		require.Equal(t, int(code), result.Reason.Status)
		require.NotEmpty(t, exchanges)
		require.Equal(t, int(code), exchanges[len(exchanges)-1].Response.Status)
	}
}

// isDeliveredByTheEventAlone checks that no answer to a request before the event's own
// counts as a delivery, whatever its status is.
func (s Subject) isDeliveredByTheEventAlone(t *testing.T) {
	t.Parallel()
	var events, before atomic.Int32
	probe := s.serve(t, func(http.ResponseWriter, *http.Request) { events.Add(1) })
	_, exchanges := s.deliver(t, probe)
	require.EqualValues(t, 1, events.Load())
	for broken := range len(exchanges) - 1 {
		for _, status := range []int{200, 204, 302, 400, 403, 500} {
			before.Store(0)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if int(before.Add(1)) == broken+1 {
					w.WriteHeader(status)
					return
				}
				if !s.Before(w, r) {
					events.Add(1)
				}
			}))
			result, _ := s.deliver(t, server.URL)
			server.Close()
			require.NotEqual(t, delivery.ClassDelivered, result.Class, "request %d answered %d", broken+1, status)
		}
	}
	require.EqualValues(t, 1, events.Load(), "the event was sent although a request before it failed")
}

// sendsTheEventOnce checks that an attempt does not repeat the event's request by
// itself, so that dispatch decides when it is sent again.
func (s Subject) sendsTheEventOnce(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 401, 403, 429, 500, 503} {
		var events atomic.Int32
		address := s.serve(t, func(w http.ResponseWriter, _ *http.Request) {
			events.Add(1)
			w.WriteHeader(status)
		})
		_, _ = s.deliver(t, address)
		require.EqualValues(t, 1, events.Load(), "answered %d", status)
	}
}

func (s Subject) honorsRetryAfter(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		for header, want := range map[string]time.Duration{
			"90": 90 * time.Second,
			now.Add(time.Minute).Format(http.TimeFormat): time.Minute,
			"9999999": delivery.MaxRetryAfter,
			"later":   0,
		} {
			url := s.serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", header)
				w.WriteHeader(status)
			})
			result, _ := s.deliver(t, url)
			require.Equal(t, want, result.RetryAfter, "%d with Retry-After %q", status, header)
		}
	}
}

func (s Subject) classifiesFailures(t *testing.T) {
	t.Parallel()
	hang := s.serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	drop := s.serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for url, want := range map[string]delivery.Class{
		hang:   delivery.ClassTimeout,
		drop:   delivery.ClassNetwork,
		nobody: delivery.ClassNetwork,
		"http://" + net.JoinHostPort("169.254.169.254", "80"): delivery.ClassForbidden,
	} {
		timeout := outbound.MaxTimeout
		if url == hang {
			timeout = time.Second
		}
		result, exchanges := s.deliverWithin(t, url, timeout)
		require.Equal(t, want, result.Class, "%+v", result.Reason)
		require.Zero(t, result.Status)
		require.False(t, result.Reason.IsZero())
		require.NotEmpty(t, exchanges)
		require.NotEmpty(t, exchanges[len(exchanges)-1].Error)
	}
}

func (s Subject) doesNotFollowRedirects(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	elsewhere := s.serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		url := s.serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere)
			w.WriteHeader(status)
		})
		result, _ := s.deliver(t, url)
		require.Equal(t, delivery.ClassRedirected, result.Class)
		require.False(t, result.Class.Retryable())
	}
	require.Zero(t, hits.Load(), "the second server was called")
}

// boundsAnswers has an answer that never ends, and one that breaks off. One that stalls is
// like the latter, because the client ends it (package outbound).
func (s Subject) boundsAnswers(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	endless := s.serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			n, err := w.Write(make([]byte, 64<<10))
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	breaking := s.serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "a drop")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	for _, url := range []string{endless, breaking} {
		result, exchanges := s.deliver(t, url)
		require.Equal(t, delivery.ClassDelivered, result.Class, "the status line is the answer")
		require.Less(t, len(exchanges[len(exchanges)-1].Response.Body), 2*delivery.MaxRecordedBody)
	}
	require.Less(t, written.Load(), int64(64<<20), "far more was read than the buffers of a connection hold")
}

func (s Subject) stopsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	url := s.serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	client := outbound.New(outbound.Options{AllowPrivate: true, Timeout: time.Minute})
	t.Cleanup(client.Close)
	result := s.New(clockwork.NewFakeClockAt(now)).Send(ctx, client, s.Event, s.Settings(url))
	require.Equal(t, delivery.ClassInterrupted, result.Class)
	require.True(t, result.Class.Retryable())
}

// repeatsRecognizably checks that every attempt for an event carries the same id and
// that another event carries another one (G3).
func (s Subject) repeatsRecognizably(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	address := s.serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen <- s.Identity(r, body)
	})
	_, _ = s.deliver(t, address)
	first := <-seen
	require.NotEmpty(t, first)
	s.Event.Repeat = true // as dispatch sets it for every attempt after the first
	_, _ = s.deliver(t, address)
	require.Equal(t, first, <-seen)

	s.Event.ID += "x"
	s.Event.DeliveryID += "x"
	_, _ = s.deliver(t, address)
	require.NotEqual(t, first, <-seen)
}
