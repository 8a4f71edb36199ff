package relay_test

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"ringback/conversion"
	"ringback/internal/bursts"
	"ringback/internal/relay"
	"ringback/models/outbox"
	"ringback/models/reconciliations"
	"ringback/workflows"
)

// fakeOutbox is an outbox in memory.
type fakeOutbox struct {
	mu        sync.Mutex
	rows      map[int64]outbox.Signal
	order     []int64
	polls     []int // the limit of each DueSignals
	postponed map[int64]time.Time
	stuck     []outbox.Signal          // for RequeueStuck, once
	overdue   []string                 // for RequeueReadings, once
	still     []string                 // for RequeueRecomputing, once
	err       error                    // of every call
	decides   func(outbox.Signal) bool // which signals are decided when the relay looks; nil means all
	looks     int                      // how often it has looked

	unreconciled []reconciliations.Key // for RequeueReconciliations, once
}

func newOutbox(signals ...outbox.Signal) *fakeOutbox {
	o := &fakeOutbox{rows: map[int64]outbox.Signal{}, postponed: map[int64]time.Time{}}
	for _, s := range signals {
		o.add(s)
	}
	return o
}

// add adds a row.
func (o *fakeOutbox) add(s outbox.Signal) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows[s.Seq] = s
	o.order = append(o.order, s.Seq)
}

// DueSignals returns due rows by turns of their sites, as the store does.
func (o *fakeOutbox) DueSignals(_ context.Context, now time.Time, limit int, hold time.Duration) ([]outbox.Signal, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.polls = append(o.polls, limit)
	if o.err != nil {
		return nil, o.err
	}
	var due []outbox.Signal
	slices.SortStableFunc(o.order, func(a, b int64) int { return o.rows[a].NextTryAt.Compare(o.rows[b].NextTryAt) })
	nth, ofSite := map[int64]int{}, map[string]int{}
	for _, seq := range o.order {
		if s, ok := o.rows[seq]; ok && !s.NextTryAt.After(now) {
			due = append(due, s)
			nth[seq] = ofSite[s.SiteID]
			ofSite[s.SiteID]++
		}
	}
	slices.SortStableFunc(due, func(a, b outbox.Signal) int { return cmp.Compare(nth[a.Seq], nth[b.Seq]) })
	due = due[:min(limit, len(due))]
	for i := range due {
		due[i].Tries++
		due[i].NextTryAt = now.Add(hold)
		o.rows[due[i].Seq] = due[i]
	}
	return due, nil
}

func (o *fakeOutbox) KeepSignals(_ context.Context, seqs []int64, until time.Time) (kept []int64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return nil, o.err
	}
	for _, seq := range seqs {
		if s, ok := o.rows[seq]; ok && s.NextTryAt.Before(until) {
			s.NextTryAt = until
			o.rows[seq] = s
			kept = append(kept, seq)
		}
	}
	return kept, nil
}

func (o *fakeOutbox) RequeueReconciliations(context.Context, time.Time, int, reconciliations.WorkflowID) ([]reconciliations.Key, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	gone := o.unreconciled
	o.unreconciled = nil
	return gone, o.err
}

func (o *fakeOutbox) RequeueReadings(context.Context, time.Time, int, func(string, string) string) ([]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	overdue := o.overdue
	o.overdue = nil
	return overdue, o.err
}

func (o *fakeOutbox) RequeueRecomputing(context.Context, time.Time, int) ([]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	still := o.still
	o.still = nil
	return still, o.err
}

func (o *fakeOutbox) SignalsDone(_ context.Context, seqs []int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	for _, seq := range seqs {
		delete(o.rows, seq)
	}
	return nil
}

// SignalsDecided returns those that are decided, all if the test says nothing of it.
func (o *fakeOutbox) SignalsDecided(_ context.Context, signals []outbox.Signal) (decided []int64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.looks++
	for _, s := range signals {
		if o.decides == nil || o.decides(s) {
			decided = append(decided, s.Seq)
		}
	}
	return decided, o.err
}

func (o *fakeOutbox) ReleaseSignals(_ context.Context, seqs []int64, at time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, seq := range seqs {
		if s, ok := o.rows[seq]; ok {
			s.Tries--
			s.NextTryAt = at
			o.rows[seq] = s
		}
	}
	return o.err
}

func (o *fakeOutbox) PostponeSignals(_ context.Context, seqs []int64, until time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, seq := range seqs {
		s, ok := o.rows[seq]
		if !ok {
			continue // it was sent and deleted meanwhile
		}
		s.NextTryAt = until
		o.rows[seq] = s
		o.postponed[seq] = until
	}
	return o.err
}

func (o *fakeOutbox) RequeueStuck(context.Context, time.Time, int) ([]outbox.Signal, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	requeued := o.stuck
	o.stuck = nil
	for _, s := range requeued {
		o.rows[s.Seq] = s
		o.order = append(o.order, s.Seq)
	}
	return requeued, o.err
}

func (o *fakeOutbox) left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.rows)
}

func (o *fakeOutbox) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

// postponedUntil returns until when a row was postponed.
func (o *fakeOutbox) postponedUntil(seq int64) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.postponed[seq]
}

// wait is how the relay waits for rows that are due: a process looks every two seconds.
func (o *fakeOutbox) wait(ctx context.Context) {
	select {
	case <-time.After(2 * time.Second):
	case <-ctx.Done():
	}
}

// takePolls returns the polls since the last call.
func (o *fakeOutbox) takePolls() []int {
	o.mu.Lock()
	defer o.mu.Unlock()
	polls := o.polls
	o.polls = nil
	return polls
}

// temporal is a server that records the calls.
type temporal struct {
	mu     sync.Mutex
	log    []call
	tries  int
	answer func(workflowID string) error // nil accepts everything
	delay  time.Duration
	each   time.Duration // by which it is slower for each call that is in progress
	begun  int           // calls in progress
	most   int           // of them at once since the last call of takeMost
}

// begin counts a call, and returns how long it takes.
func (t *temporal) begin() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun++
	t.most = max(t.most, t.begun)
	return t.delay + time.Duration(t.begun)*t.each
}

func (t *temporal) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun--
}

// takeMost returns how many calls were in progress at once since the last call.
func (t *temporal) takeMost() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	most := t.most
	t.most = t.begun
	return most
}

// call is one call to Temporal.
type call struct {
	workflow   any
	id         string
	signal     string
	signalArg  any
	input      any
	options    client.StartWorkflowOptions
	traceID    string
	underLimit bool // the call had a deadline
}

func (t *temporal) ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	return nil, t.take(ctx, call{workflow: workflow, id: options.ID, input: args[0], options: options})
}

func (t *temporal) SignalWithStartWorkflow(ctx context.Context, id, signal string, arg any,
	options client.StartWorkflowOptions, workflow any, args ...any,
) (client.WorkflowRun, error) {
	return nil, t.take(ctx, call{workflow: workflow, id: id, signal: signal, signalArg: arg, input: args[0], options: options})
}

func (t *temporal) take(ctx context.Context, c call) error {
	delay := t.begin()
	defer t.end()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tries++
	if t.answer != nil {
		if err := t.answer(c.id); err != nil {
			return err
		}
	}
	_, c.underLimit = ctx.Deadline()
	c.traceID = trace.SpanContextFromContext(ctx).TraceID().String()
	t.log = append(t.log, c)
	return nil
}

func (t *temporal) answerWith(answer func(workflowID string) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answer = answer
}

func (t *temporal) calls() []call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.log)
}

func (t *temporal) takeTries() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	tries := t.tries
	t.tries = 0
	return tries
}

// counter is a fake Metrics.
type counter struct {
	mu      sync.Mutex
	n       int
	dropped int
	held    int
	windows map[string]int
}

func (c *counter) OfferDropped() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped++
}

func (c *counter) SignalHeldBack() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held++
}

func (c *counter) RelayWindow(of string, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.windows == nil {
		c.windows = map[string]int{}
	}
	c.windows[of] = size
}

func (c *counter) OutboxSent(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += n
}

// bench is a running relay with its surroundings. Use it in a synctest bubble.
type bench struct {
	*relay.Relay
	outbox   *fakeOutbox
	temporal *temporal
	metrics  *counter
	log      *bytes.Buffer
	stop     func() // stops the relay and waits for its end
}

func run(t *testing.T, o *fakeOutbox, temporal *temporal) bench {
	t.Helper()
	return runBy(t, clockwork.NewRealClock(), o, temporal) // fake in a bubble
}

// runBy is run with a clock of the database.
func runBy(t *testing.T, clock clockwork.Clock, o *fakeOutbox, temporal *temporal) bench {
	t.Helper()
	b := bench{outbox: o, temporal: temporal, metrics: &counter{}, log: &bytes.Buffer{}}
	carrier := relay.New(relay.Options{
		Store: o, Temporal: temporal, Metrics: b.metrics,
		Clock: clock, Machine: clockwork.NewRealClock(),
		Logger: slog.New(slog.NewTextHandler(b.log, nil)),
		Idle:   o.wait,
		Bursts: bursts.New(clockwork.NewRealClock()),
	})
	b.Relay = carrier
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- carrier.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("relay ended with %v", err)
		}
	})
	t.Cleanup(b.stop)
	return b
}

// Offer offers a signal whose row is due much later, unless it has a time.
func (b bench) Offer(s outbox.Signal) {
	if s.NextTryAt.IsZero() {
		s.NextTryAt = time.Now().Add(time.Hour)
	}
	b.Relay.Offer(s)
}

// logged returns the number of log lines of one event. Call it after stop.
func (b bench) logged(event string) int { return strings.Count(b.log.String(), "msg="+event) }

func callSignal(seq int64) outbox.Signal {
	id := "conv_" + string(rune('a'+seq%26))
	return outbox.Signal{
		Seq: seq, SiteID: "site_1", ConversionID: id, Kind: conversion.KindCall, EventType: string(conversion.EventStarted),
		WorkflowID: workflows.CallID("site_1", "api", id),
	}
}

var errDown = serviceerror.NewUnavailable("connection refused")
