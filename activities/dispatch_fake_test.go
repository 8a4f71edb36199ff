package activities_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"ringback/activities"
	"ringback/conversion"
	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/locale"
	"ringback/internal/settings"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/workflows"
)

// deliveryStore is a fake DeliveryStore with the deliveries of one integration.
type deliveryStore struct {
	mu          sync.Mutex
	clock       clockwork.Clock
	deliveries  map[string]*deliveries.Delivery
	integration integrations.Integration
	breaker     integrations.Breaker
	attempts    []deliveries.Attempt
	switchedOff delivery.Reason
	err         error // of every call
	endErrs     []error
	tokens      settings.MemoryTokens
}

func (s *deliveryStore) DeliveryForSend(_ context.Context, id string) (deliveries.Delivery, integrations.Integration, integrations.Breaker, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return deliveries.Delivery{}, integrations.Integration{}, integrations.Breaker{}, s.err
	}
	return *s.deliveries[id], s.integration, s.breaker, nil
}

func (s *deliveryStore) BeginAttempt(_ context.Context, id string, lease time.Duration) (deliveries.AttemptStart, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, now := s.deliveries[id], s.clock.Now()
	switch {
	case s.err != nil:
		return deliveries.AttemptStart{}, s.err
	case d.State.Final():
		return deliveries.AttemptStart{Finished: true}, nil
	case d.LeasedUntil != nil && d.LeasedUntil.After(now):
		return deliveries.AttemptStart{LeasedUntil: *d.LeasedUntil}, nil
	}
	begun := deliveries.AttemptStart{Interrupted: d.LeasedUntil != nil}
	until := now.Add(lease)
	d.Attempts, d.LeasedUntil = d.Attempts+1, &until
	begun.Number = d.Attempts
	return begun, nil
}

func (s *deliveryStore) EndAttempt(ctx context.Context, end deliveries.AttemptEnd) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.endErrs) > 0 {
		err := s.endErrs[0]
		s.endErrs = s.endErrs[1:]
		return err
	}
	d := s.deliveries[end.Attempt.DeliveryID]
	d.State, d.Reason, d.NextTryAt, d.LeasedUntil, d.Class = end.State, end.Reason, end.NextTryAt, nil, end.Attempt.Class
	s.attempts = append(s.attempts, end.Attempt)
	return nil
}

func (s *deliveryStore) DeferDelivery(_ context.Context, id string, reason delivery.Reason, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.deliveries[id]
	d.State, d.Reason, d.NextTryAt = deliveries.Waiting, reason, &until
	return s.err
}

func (s *deliveryStore) PauseDelivery(ctx context.Context, id string, reason delivery.Reason, until time.Time) error {
	s.mu.Lock()
	s.deliveries[id].GiveUpAt = s.deliveries[id].GiveUpAt.Add(until.Sub(s.clock.Now()))
	s.mu.Unlock()
	return s.DeferDelivery(ctx, id, reason, until)
}

// sendsOfDay is a fake delivery.DayStore with so many sends per day.
type sendsOfDay struct {
	clock clockwork.Clock
	limit int
	sent  map[time.Time]int // by the end of the day
}

func (s *sendsOfDay) AccountOfSite(context.Context, string) (string, error) { return "acc_1", nil }

func (s *sendsOfDay) ReserveDay(context.Context, string) (int, delivery.Day, error) {
	day := delivery.Day{Limit: s.limit, Ends: s.clock.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)}
	if s.limit > 0 && s.sent[day.Ends] >= s.limit {
		return 0, day, nil
	}
	s.sent[day.Ends]++
	return 1, day, nil
}

func (s *deliveryStore) GiveUpDelivery(_ context.Context, id string, reason delivery.Reason) (deliveries.Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.deliveries[id]
	if !d.State.Final() {
		d.State, d.Reason = deliveries.Failed, reason
	}
	return *d, s.err
}

func (s *deliveryStore) ClaimProbe(_ context.Context, _ string, now, until time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &s.breaker
	if b.State != delivery.BreakerOpen || b.OpenUntil.After(now) || (b.ProbeUntil != nil && b.ProbeUntil.After(now)) {
		return false, s.err
	}
	b.ProbeUntil = &until
	return true, s.err
}

func (s *deliveryStore) UpdateBreaker(_ context.Context, _ string, change func(*integrations.Breaker)) (integrations.Breaker, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		change(&s.breaker)
	}
	return s.breaker, s.err
}

func (s *deliveryStore) IntegrationTokens(string) settings.Tokens { return &s.tokens }

func (s *deliveryStore) SwitchOffIntegration(_ context.Context, _ string, reason delivery.Reason) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.integration.Enabled, s.switchedOff = false, reason
	return s.err
}

// attemptCounter counts attempts by class, and deliveries.
type attemptCounter struct {
	mu        sync.Mutex
	classes   map[string]int
	delivered []time.Duration // from acceptance, one for each
	finished  map[string]int
}

func (c *attemptCounter) Attempted(_, class string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.classes[class]++
}

func (c *attemptCounter) Delivered(_, _ string, endToEnd time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delivered = append(c.delivered, endToEnd)
}

func (c *attemptCounter) Finished(_, state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finished[state]++
}

// answers returns a destination's answers in order, and then repeats the last.
type answers struct {
	mu    sync.Mutex
	list  []delivery.Result
	sent  []delivery.Payload
	pause func() // during every send
}

func (a *answers) send(ctx context.Context, _ delivery.Doer, e delivery.Payload) delivery.Result {
	if a.pause != nil {
		a.pause()
	}
	if ctx.Err() != nil {
		return delivery.Result{Class: delivery.ClassInterrupted, Reason: delivery.Reason{Code: delivery.ReasonStopped}}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent = append(a.sent, e)
	result := a.list[0]
	if len(a.list) > 1 {
		a.list = a.list[1:]
	}
	return result
}

// The answers of the tests.
var (
	took      = delivery.Result{Class: delivery.ClassDelivered, Status: 200, Reason: delivery.AnsweredWith(200)}
	broken    = delivery.Result{Class: delivery.ClassUnavailable, Status: 500, Reason: delivery.AnsweredWith(500)}
	refused   = delivery.Result{Class: delivery.ClassRefused, Status: 400, Reason: delivery.AnsweredWith(400)}
	silent    = delivery.Result{Class: delivery.ClassTimeout, Reason: delivery.Reason{Code: delivery.ReasonTimeout}}
	throttled = delivery.Result{Class: delivery.ClassThrottled, Status: 429, Reason: delivery.AnsweredWith(429), RetryAfter: 90 * time.Second}
)

// field is the dispatch activity with its surroundings.
type field struct {
	*activities.Dispatch
	store   *deliveryStore
	clock   *clockwork.FakeClock
	answers *answers
	count   *attemptCounter
	log     *bytes.Buffer
	stop    chan struct{}   // closed when the worker begins to stop
	life    context.Context // done when the worker waits no longer
	end     context.CancelFunc

	onHeartbeat func(*activity.Info, converter.EncodedValues) // may be nil
}

// newField returns a field with one delivery, dlv_1, decided at noon and given up 72 h later.
func newField(list ...delivery.Result) field {
	clock := clockwork.NewFakeClockAt(noon)
	f := field{
		clock:   clock,
		answers: &answers{list: list},
		count:   &attemptCounter{classes: map[string]int{}, finished: map[string]int{}},
		log:     &bytes.Buffer{},
		stop:    make(chan struct{}),
		store: &deliveryStore{
			clock: clock, deliveries: map[string]*deliveries.Delivery{},
			integration: integration("int_1", conversion.MetricAll),
			breaker:     integrations.Breaker{IntegrationID: "int_1", Breaker: delivery.Breaker{State: delivery.BreakerClosed}},
		},
	}
	f.life, f.end = context.WithCancel(context.Background())
	f.add("dlv_1")
	f.Dispatch = &activities.Dispatch{
		Store:        f.store,
		Destinations: destinations.NewRegistry(place{sendFn: f.answers.send}),
		Outbound:     doer(func(*http.Request) (*http.Response, error) { return nil, errText("unused") }),
		Gate:         gateOf(clock),
		Hosts:        delivery.NewHosts(clock),
		Daily:        delivery.NewDaily(&sendsOfDay{clock: clock, sent: map[time.Time]int{}}, clock),
		Clock:        clock,
		Jitter:       noJitter,
		Logger:       slog.New(slog.NewTextHandler(f.log, nil)),
		Metrics:      f.count,
	}
	return f
}

// gateOf returns a gate of a worker that is alone.
func gateOf(clock clockwork.Clock) *delivery.Gate {
	return delivery.NewGate(clock, noJitter, delivery.Shares{PerSite: 250, PerHost: 250, Readings: 4, Computations: 2}, limitCounter{})
}

// limitCounter is a fake delivery.GateMetrics.
type limitCounter struct{}

func (limitCounter) Refused(string) {}

func noJitter() float64 { return 0 }

// add stores one more delivery.
func (f field) add(id string) {
	f.store.mu.Lock()
	defer f.store.mu.Unlock()
	f.store.deliveries[id] = &deliveries.Delivery{
		ID: id, SiteID: "site_1", ConversionID: "cnv_1", IntegrationID: "int_1", IntegrationType: "place",
		State: deliveries.Pending, GiveUpAt: noon.Add(72 * time.Hour), AcceptedAt: noon.Add(-time.Minute), CreatedAt: noon,
		Event: delivery.Payload{ID: "cnv_1", DeliveryID: id, Kind: conversion.KindCall, Phone: "+12025550123"},
	}
}

// delivery returns dlv_1 as it is stored.
func (f field) delivery() deliveries.Delivery {
	f.store.mu.Lock()
	defer f.store.mu.Unlock()
	return *f.store.deliveries["dlv_1"]
}

// dispatch runs the activity once, as a worker would.
func (f field) dispatch(t *testing.T, id string) (workflows.Dispatched, error) {
	t.Helper()
	return f.dispatchAs(t, workflows.DispatchInput{DeliveryID: id, IntegrationID: "int_1"})
}

// dispatchAs is dispatch with this input.
func (f field) dispatchAs(t *testing.T, in workflows.DispatchInput) (workflows.Dispatched, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerStopChannel(f.stop)
	env.SetWorkerOptions(worker.Options{BackgroundActivityContext: f.life})
	env.SetOnActivityHeartbeatListener(f.onHeartbeat)
	env.RegisterActivity(f.Dispatch.Dispatch)
	value, err := env.ExecuteActivity(f.Dispatch.Dispatch, in)
	var out workflows.Dispatched
	if err != nil {
		return out, err
	}
	require.NoError(t, value.Get(&out))
	return out, nil
}

// refusal checks that the error is benign and makes the server call again, and
// returns the error's text and delay.
func refusal(t *testing.T, err error, errorType string) (text string, delay time.Duration) {
	t.Helper()
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, errorType, app.Type())
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, app.Category())
	require.False(t, app.NonRetryable())
	return app.Message(), app.NextRetryDelay()
}

// attempted returns the number of wide events in the log.
func (f field) attempted() int { return strings.Count(f.log.String(), "msg=delivery.attempted") }

// doer is a function as a Doer.
type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(r *http.Request) (*http.Response, error) { return f(r) }

// text returns a reason as owners read it, in English.
func text(r delivery.Reason) string { return explanation.In(locale.English).Reason(r) }
