package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/app"
)

// logged is closed once a line with these words was logged.
type logged struct {
	words string
	seen  chan struct{}
	once  sync.Once
}

func (l *logged) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(l.words)) {
		l.once.Do(func() { close(l.seen) })
	}
	return len(line), nil
}

func TestWebAnswersAsNotReadyUntilLoadBalancersHaveNoticed(t *testing.T) {
	t.Parallel()
	config := settings(t)
	config.DrainTimeout = time.Minute
	migrate(t, config)
	draining := &logged{words: "draining", seen: make(chan struct{})}
	clock := clockwork.NewFakeClock()
	s, err := app.New(t.Context(), config, app.Deps{
		Logger: slog.New(slog.NewTextHandler(draining, nil)), Temporal: noTemporal(t), Clock: clock,
	})
	require.NoError(t, err)
	ctx, terminate := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, app.Parts{Web: true}) }()
	<-s.Ready()
	status, _ := readiness(t, s.HTTPURL(), func() { clock.Advance(time.Second) })
	require.Equal(t, http.StatusOK, status)

	terminate()
	select {
	case <-draining.seen:
	case err := <-ended:
		t.Fatalf("it ended at once: %v", err)
	}
	status, ready := ask(t, http.MethodGet, s.HTTPURL()+"/readyz", "")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, app.StatusNotReady, ready["status"])
	status, _ = ask(t, http.MethodPost, s.HTTPURL()+"/api/v1/sites", `{"name": "Sample"}`)
	require.Equal(t, http.StatusCreated, status, "what still comes is answered")

	clock.Advance(time.Minute)
	require.NoError(t, <-ended)
}

func TestDestinationsSeeWhichVersionCalls(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	destination := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.UserAgent() }))
	defer destination.Close()
	config := settings(t)
	config.AllowPrivateDestinations = true
	migrate(t, config)
	s, stop := run(t, config, app.Parts{Web: true})
	<-s.Ready()

	_, site := ask(t, http.MethodPost, s.HTTPURL()+"/api/v1/sites", `{"name": "Sample"}`)
	integrations := s.HTTPURL() + "/api/v1/sites/" + site["id"].(string) + "/integrations"
	_, integration := ask(t, http.MethodPost, integrations, `{"type": "webhook", "name": "Sample",
		"credentials": {"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "options": {"url": "`+destination.URL+`"}}`)
	status, sent := ask(t, http.MethodPost, integrations+"/"+integration["id"].(string)+"/test", `{}`)
	require.Equal(t, http.StatusOK, status, sent)
	require.Equal(t, "Ringback/test", <-seen)
	require.NoError(t, stop())
}
