package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"ringback/internal/bursts"
	"ringback/internal/delivery"
	"ringback/internal/telemetry"
	"ringback/models"
	"ringback/models/database"
	"ringback/models/modeltest"
	"ringback/test/statements"
)

// mostIdleStatements is how many statements an idle process may send in a minute.
const mostIdleStatements = 60

// refusing is a Temporal that is never asked, because nothing is to be sent.
type refusing struct{ t *testing.T }

func (r refusing) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	r.t.Error("a workflow is started")
	return nil, errors.New("refused")
}

func (r refusing) SignalWithStartWorkflow(context.Context, string, string, any, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return r.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{}, nil)
}

// runIdle runs what a process with web and workers runs beside them, and a worker's part
// of the fleet that has just sent for an integration. The store leads through a proxy.
func runIdle(ctx context.Context, t *testing.T, dsn string) (running *sync.WaitGroup) {
	t.Helper()
	clock, log := clockwork.NewRealClock(), slog.New(slog.DiscardHandler) // fake in a bubble
	store := modeltest.Open(t, dsn, clock)
	s := &Service{store: store, deps: Deps{Clock: clock}, clock: database.Following(clock), log: log, metrics: telemetry.NewMetrics(telemetry.NewRegistry())}
	channels := s.channels()
	look := s.lookout(channels)
	parts := append(s.beside(Parts{Web: true, Worker: true}, look, channels), component{relayName, relayed(s.newRelay(refusing{t}, look, bursts.New(clock)), look)})
	running = &sync.WaitGroup{}
	for _, part := range parts {
		purpose := database.Workers
		if part.name == relayName {
			purpose = database.Relay
		}
		running.Go(func() {
			if err := part.run(models.For(ctx, purpose), func() {}); ctx.Err() == nil {
				t.Errorf("%s has ended: %v", part.name, err)
			}
		})
	}
	gate, hosts := delivery.NewGate(clock, func() float64 { return 0.5 }, shares, s.metrics), delivery.NewHosts(clock)
	stop := s.divide(models.For(ctx, database.Workers), gate, hosts)
	site := modeltest.Site(t, store)
	integration := modeltest.Integration(t, store, site)
	release, err := gate.Enter(ctx, delivery.Origin{IntegrationID: integration.ID, SiteID: site.ID, Host: "example.com"}, delivery.Limits{Slots: 10})
	require.NoError(t, err)
	release()
	running.Go(func() { <-ctx.Done(); stop() })
	return running
}

func TestAnIdleProcessAsksTheDatabaseRarely(t *testing.T) {
	t.Parallel()
	proxy, dsn := statements.Start(t, modeltest.MigratedPostgres(t))
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		running := runIdle(ctx, t, dsn)
		<-time.After(2 * time.Minute)
		proxy.Take()
		const minutes = 30
		<-time.After(minutes * time.Minute)
		sent := proxy.Take()
		cancel()
		running.Wait()
		require.NotEmpty(t, sent)
		require.LessOrEqual(t, len(sent)/minutes, mostIdleStatements, "%q", byNumber(sent))
	})
}

// byNumber returns the most frequent statements.
func byNumber(sent []statements.Statement) []string {
	count := map[string]int{}
	for _, s := range sent {
		count[s.SQL]++
	}
	found := make([]string, 0, len(count))
	for sql := range count {
		found = append(found, sql)
	}
	slices.SortFunc(found, func(a, b string) int { return count[b] - count[a] })
	for i, sql := range found {
		found[i] = fmt.Sprintf("%d times: %s", count[sql], sql)
	}
	return found[:min(len(found), 12)]
}

// asked is what a lookout is answered.
type asked struct {
	mu    sync.Mutex
	due   models.Due
	err   error
	times int
}

func (a *asked) ask(context.Context) (models.Due, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.times++
	return a.due, a.err
}

func (a *asked) answer(due models.Due, err error) (times int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	times, a.times = a.times, 0
	a.due, a.err = due, err
	return times
}

func TestAWebProcessLooksNoMoreOftenForTheWorkOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		answers := &asked{due: models.Due{Figures: true, Journeys: true, Notices: true}}
		clock, log := clockwork.NewRealClock(), slog.New(slog.DiscardHandler) // fake in a bubble
		s := &Service{deps: Deps{Clock: clock}, clock: database.Following(clock), log: log, metrics: telemetry.NewMetrics(telemetry.NewRegistry())}
		look := &lookout{ask: answers.ask, clock: clock}
		s.newRelay(refusing{t}, look, bursts.New(clock))
		require.Empty(t, s.beside(Parts{Web: true}, look, s.channels()))
		var running sync.WaitGroup
		running.Go(func() { look.run(ctx) })
		<-time.After(time.Minute)
		require.InDelta(t, time.Minute/askIdle, answers.answer(models.Due{}, nil), 1)
		stop()
		running.Wait()
	})
}

func TestTheLookoutWakesThoseThatHaveWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		answers := &asked{}
		look := &lookout{ask: answers.ask, clock: clockwork.NewRealClock()} // fake in a bubble
		var running sync.WaitGroup
		running.Go(func() { look.run(ctx) })
		waits := func(idle func(context.Context)) time.Duration {
			began := time.Now()
			idle(ctx)
			return time.Since(began)
		}
		signals := look.idle(func(due models.Due) bool { return due.Signals })
		notices := look.idle(func(due models.Due) bool { return due.Notices })

		require.Equal(t, checkAgain, waits(signals), "if nothing is due")
		require.InDelta(t, checkAgain/askIdle, answers.answer(models.Due{Signals: true}, nil), 1, "times asked")
		require.LessOrEqual(t, waits(signals), askIdle)
		require.LessOrEqual(t, waits(signals), askBusy, "it is asked more often while there is work")
		require.Equal(t, checkAgain, waits(notices), "not woken by the work of others")

		answers.answer(models.Due{}, errors.New("the database is away"))
		require.LessOrEqual(t, waits(notices), askIdle, "each tries, and reports by itself what prevents its work")
		stop()
		running.Wait()
		require.Zero(t, waits(signals), "it has ended")
	})
}
