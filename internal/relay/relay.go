package relay

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"go.temporal.io/sdk/client"

	"ringback/models/outbox"
	"ringback/models/reconciliations"
)

// Store is the outbox. models.Store implements it.
type Store interface {
	// DueSignals claims rows that are due, until now+hold.
	DueSignals(ctx context.Context, now time.Time, limit int, hold time.Duration) ([]outbox.Signal, error)
	SignalsDone(ctx context.Context, seqs []int64) error
	PostponeSignals(ctx context.Context, seqs []int64, until time.Time) error
	// RequeueStuck adds rows to the outbox for what should have been done long ago.
	RequeueStuck(ctx context.Context, now time.Time, limit int) ([]outbox.Signal, error)
	// RequeueReadings does the same for readings of CRMs, and returns their integrations.
	RequeueReadings(ctx context.Context, now time.Time, limit int, workflowID func(siteID, integrationID string) string) ([]string, error)
	// RequeueRecomputing does the same for figures that are computed anew, and returns their sites.
	RequeueRecomputing(ctx context.Context, now time.Time, limit int) ([]string, error)
	// RequeueReconciliations does the same for reconciliations of sources.
	RequeueReconciliations(ctx context.Context, now time.Time, limit int, id reconciliations.WorkflowID) ([]reconciliations.Key, error)
}

// Starter is what the relay needs of Temporal. client.Client implements it.
type Starter interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
	SignalWithStartWorkflow(ctx context.Context, workflowID, signalName string, signalArg any,
		options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

// Metrics counts the rows. telemetry.Metrics implements it.
type Metrics interface {
	OutboxSent(n int)
	// OfferDropped counts a signal that was left to the sweeper because too many waited.
	OfferDropped()
}

// Options are what a relay needs. Every field but Senders is required.
type Options struct {
	Store    Store
	Temporal Starter
	Clock    clockwork.Clock
	Logger   *slog.Logger
	Metrics  Metrics
	Senders  int // most concurrent calls to Temporal; 0 means DefaultSenders
	// Idle waits until rows of the outbox may be due, or ctx is done. The sweeper calls it
	// when it has found none.
	Idle func(ctx context.Context)
}

// DefaultSenders is enough for 1,000 events per second if the server answers
// within 30 ms. Fewer send while it is slow.
const DefaultSenders = 32

// The relay's other numbers.
const (
	offers      = 1024             // offered signals that wait for a sender; more wait in the outbox
	sendTimeout = 10 * time.Second // of one call to Temporal
	drainFor    = 5 * time.Second  // how long to send offered signals on shutdown
)

// Relay sends signals from the outbox to Temporal in two ways: those that are
// offered right after their commit are sent at once, and the sweeper sends what is
// left after an outage, a crash, or too many offers. From time to time it also
// requeues what is stuck because its workflow is gone.
type Relay struct {
	Options
	offered *line
	swept   chan sweptSignal
	sent    chan int64
	window  *window
	state   availability
}

// New returns a relay. Call Run once.
func New(o Options) *Relay {
	if o.Senders <= 0 {
		o.Senders = DefaultSenders
	}
	return &Relay{
		Options: o,
		offered: newLine(offers),
		swept:   make(chan sweptSignal),
		sent:    make(chan int64, offers),
		window:  newWindow(o.Clock, o.Senders),
		state:   availability{log: o.Logger},
	}
}

// Offer takes a signal whose row was just committed. It never blocks: if too many
// are waiting, or Temporal is away, the row is left to the sweeper. Do not offer
// many at once: the outbox spreads the signals of a bulk by their times.
func (r *Relay) Offer(s outbox.Signal) {
	if !r.offered.add(s) {
		r.Metrics.OfferDropped()
	}
}

// Run sends signals until the context ends. It then sends the signals that were
// already offered, as far as Temporal accepts them within a few seconds; the rest
// stays in the outbox.
func (r *Relay) Run(ctx context.Context) error {
	var senders, finisher, requeuer sync.WaitGroup
	for number := range r.Senders {
		senders.Go(func() { r.sendUntil(ctx, number) })
	}
	finisher.Go(func() { r.finish(ctx) })
	requeuer.Go(func() { r.requeueUntil(ctx) })
	r.sweepUntil(ctx)
	requeuer.Wait()
	senders.Wait()
	close(r.sent)
	finisher.Wait()
	return nil
}

// sendUntil is one sender. It sends until the context ends, and then sends the
// remaining offers.
func (r *Relay) sendUntil(ctx context.Context, number int) {
	for {
		r.window.wait(ctx, number)
		select {
		case <-r.offered.waiting:
			r.sendOffered(ctx, r.offered.take())
		case s := <-r.swept:
			s.result <- outcome{signal: s.signal, err: r.send(ctx, s.signal)}
		case <-ctx.Done():
			r.drain(ctx)
			return
		}
	}
}

func (r *Relay) drain(ctx context.Context) {
	until := r.Clock.Now().Add(drainFor)
	for r.Clock.Now().Before(until) {
		select {
		case <-r.offered.waiting:
			r.sendOffered(ctx, r.offered.take())
		default:
			return
		}
	}
}

// sendOffered sends one offer, unless Temporal is away: then only the sweeper
// tries, with one row at a time. After an error the row is still in the outbox.
func (r *Relay) sendOffered(ctx context.Context, s outbox.Signal) {
	if !r.state.away() {
		_ = r.send(ctx, s)
	}
}

// send sends one signal to Temporal. The end of the context does not cut off a
// call that has begun.
func (r *Relay) send(ctx context.Context, s outbox.Signal) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	began := r.Clock.Now()
	err := r.startOrSignal(ctx, s)
	r.state.record(ctx, s, err)
	if err == nil {
		r.window.answered(r.Clock.Since(began))
		r.sent <- s.Seq
	}
	return err
}
