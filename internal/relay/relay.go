package relay

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"go.temporal.io/sdk/client"

	"ringback/internal/bursts"
	"ringback/models/outbox"
	"ringback/models/reconciliations"
)

// Store is the outbox. models.Store implements it.
type Store interface {
	// DueSignals claims rows that are due, until now+hold.
	DueSignals(ctx context.Context, now time.Time, limit int, hold time.Duration) ([]outbox.Signal, error)
	SignalsDone(ctx context.Context, seqs []int64) error
	// KeepSignals leaves rows to the process that stored them until a time. It returns, in
	// ascending order, those that no sweep has claimed and nobody has removed.
	KeepSignals(ctx context.Context, seqs []int64, until time.Time) ([]int64, error)
	// SignalsDecided returns the rows of those signals that are in progress no longer, as far as
	// it is stored.
	SignalsDecided(ctx context.Context, of []outbox.Signal) ([]int64, error)
	// ReleaseSignals makes claimed rows due again that nobody has tried to send.
	ReleaseSignals(ctx context.Context, seqs []int64, at time.Time) error
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
	// OfferDropped counts an offer that was left to the sweepers because too many waited, or
	// because its row was due or claimed before it could be sent.
	OfferDropped()
	// SignalHeldBack counts a signal that waited because too much was in progress.
	SignalHeldBack()
	// RelayWindow takes how many signals may be sent at once (sending), and how many may be
	// in progress (deciding).
	RelayWindow(of string, size int)
}

// Options are what a relay needs. Every field but Senders is required.
type Options struct {
	Store    Store
	Temporal Starter
	Clock    clockwork.Clock // by which signals are due: that of the database
	Machine  clockwork.Clock // by which it is measured how long something takes; one that is not set meanwhile
	Logger   *slog.Logger
	Metrics  Metrics
	Bursts   *bursts.Bursts // those of this process
	Senders  int            // most concurrent calls to Temporal; 0 means DefaultSenders
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
	progress *progress
	line     *line
	sent     chan int64
	window   *window
	state    availability
}

// New returns a relay. Call Run once.
func New(o Options) *Relay {
	if o.Senders <= 0 {
		o.Senders = DefaultSenders
	}
	p := newProgress(o.Machine, o.Metrics, o.Bursts)
	return &Relay{
		Options:  o,
		progress: p,
		line:     newLine(offers, p, o.Clock, o.Metrics.OfferDropped),
		sent:     make(chan int64, offers),
		window:   newWindow(o.Machine, fewestAtOnce, o.Senders, func(size int) { o.Metrics.RelayWindow("sending", size) }),
		state:    availability{log: o.Logger},
	}
}

// Offer takes a signal whose row was just committed. It never blocks: if too many
// are waiting, or Temporal is away, the row is left to the sweepers. Do not offer
// many at once: the outbox spreads the signals of a bulk by their times.
func (r *Relay) Offer(s outbox.Signal) {
	if !r.line.offer(s) {
		r.Metrics.OfferDropped()
	}
}

// Run sends signals until the context ends. It then sends the signals that were
// already offered, as far as Temporal accepts them within a few seconds; the rest
// stays in the outbox.
func (r *Relay) Run(ctx context.Context) error {
	watched, unwatch := context.WithCancel(context.WithoutCancel(ctx))
	var senders, others, finisher sync.WaitGroup
	for number := range r.Senders {
		senders.Go(func() { r.sendUntil(ctx, number) })
	}
	finisher.Go(func() { r.finish(ctx) })
	others.Go(func() { r.watch(watched) })
	others.Go(func() { r.requeueUntil(ctx) })
	others.Go(func() { r.keepUntil(watched) })
	r.sweepUntil(ctx)
	senders.Wait()
	unwatch()
	others.Wait()
	close(r.sent)
	finisher.Wait()
	return nil
}

// sendUntil is one sender. It sends until the context ends, and then sends the
// remaining offers.
func (r *Relay) sendUntil(ctx context.Context, number int) {
	for ctx.Err() == nil {
		r.window.wait(ctx, number)
		if w, ok := r.line.take(ctx); ok {
			r.sendWaiting(ctx, w)
		}
	}
	r.drain(ctx)
}

func (r *Relay) drain(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	timer := r.Clock.AfterFunc(drainFor, cancel)
	defer timer.Stop()
	for !r.line.empty() && !r.state.away() {
		w, ok := r.line.take(ctx)
		if !ok {
			return
		}
		r.sendWaiting(ctx, w)
	}
}

// sendWaiting sends one signal, unless it is an offer and Temporal is away: then only the
// sweeper tries, with one row at a time. After an error the row is still in the outbox.
func (r *Relay) sendWaiting(ctx context.Context, w *waiting) {
	if w.result == nil && r.state.away() {
		r.progress.cancel(w.work)
		r.line.done(w.signal.Seq)
		return
	}
	err := r.send(ctx, w)
	if w.result != nil {
		w.result <- outcome{signal: w.signal, err: err}
	}
}

// send sends one signal to Temporal. The end of the context does not cut off a
// call that has begun.
func (r *Relay) send(ctx context.Context, w *waiting) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	began := r.Machine.Now()
	err := r.startOrSignal(ctx, w.signal)
	r.state.record(ctx, w.signal, err)
	if err != nil {
		r.progress.cancel(w.work)
		r.line.done(w.signal.Seq)
		return err
	}
	r.progress.sent(w.work)
	r.window.answered(r.Machine.Since(began))
	r.sent <- w.signal.Seq
	return nil
}
