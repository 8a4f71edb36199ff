package relay

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"go.temporal.io/sdk/client"

	"ringback/models"
)

// Store is the outbox. models.Store has it.
type Store interface {
	// DueSignals claims rows that are due, until now+hold.
	DueSignals(ctx context.Context, now time.Time, limit int, hold time.Duration) ([]models.Signal, error)
	SignalsDone(ctx context.Context, seqs []int64) error
	PostponeSignals(ctx context.Context, seqs []int64, until time.Time) error
	// RequeueStuck puts rows into the outbox for what should long be done.
	RequeueStuck(ctx context.Context, now time.Time, limit int) ([]models.Signal, error)
}

// Starter is what the relay needs of Temporal. client.Client has it.
type Starter interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
	SignalWithStartWorkflow(ctx context.Context, workflowID, signalName string, signalArg any,
		options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

// Metrics counts what was told. telemetry.Metrics has it.
type Metrics interface {
	OutboxSent(n int)
}

// Options make a relay. Every field is required, but for Senders.
type Options struct {
	Store    Store
	Temporal Starter
	Clock    clockwork.Clock
	Logger   *slog.Logger
	Metrics  Metrics
	Senders  int // calls to Temporal at the same time; 0: DefaultSenders
}

// DefaultSenders is enough to keep a server busy that answers within 30 ms at
// 1,000 events per second.
const DefaultSenders = 32

// The relay's other numbers.
const (
	offers      = 1024             // signals offered and not taken yet; more wait in the outbox
	sendTimeout = 10 * time.Second // of one call to Temporal
	drainFor    = 5 * time.Second  // on shutdown, to send what was offered
)

// Relay carries signals from the outbox to Temporal, by two ways: those offered
// right after their commit go out at once, and the sweeper takes what is left:
// after an outage, a crash, or too many offers. Now and then it also looks for
// what is stuck because its workflow is gone.
type Relay struct {
	Options
	offered chan models.Signal
	swept   chan sweptSignal
	told    chan int64
	state   state
}

// New makes a relay. Run it once.
func New(o Options) *Relay {
	if o.Senders <= 0 {
		o.Senders = DefaultSenders
	}
	return &Relay{
		Options: o,
		offered: make(chan models.Signal, offers),
		swept:   make(chan sweptSignal),
		told:    make(chan int64, offers),
		state:   state{log: o.Logger},
	}
}

// Offer takes a signal whose row was committed just now. It never blocks: with
// too many on their way, or with Temporal away, the row waits for the sweeper.
func (r *Relay) Offer(s models.Signal) {
	select {
	case r.offered <- s:
	default:
	}
}

// Run carries signals until the context ends. It then sends what was offered
// already, as far as Temporal takes it within a few seconds; the rest stays in
// the outbox.
func (r *Relay) Run(ctx context.Context) error {
	var senders, finisher, reviver sync.WaitGroup
	for range r.Senders {
		senders.Go(func() { r.sendUntil(ctx) })
	}
	finisher.Go(r.finish)
	reviver.Go(func() { r.reviveUntil(ctx) })
	r.sweepUntil(ctx)
	reviver.Wait()
	senders.Wait()
	close(r.told)
	finisher.Wait()
	return nil
}

// sendUntil is one sender: it sends until the context ends, and then what is
// left of the offers.
func (r *Relay) sendUntil(ctx context.Context) {
	for {
		select {
		case s := <-r.offered:
			r.sendOffered(ctx, s)
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
		case s := <-r.offered:
			r.sendOffered(ctx, s)
		default:
			return
		}
	}
}

// sendOffered sends one offer, unless Temporal is away: then only the sweeper
// tries, with one row at a time. Whatever goes wrong, the row is in the outbox.
func (r *Relay) sendOffered(ctx context.Context, s models.Signal) {
	if !r.state.away() {
		_ = r.send(ctx, s)
	}
}

// send tells Temporal of one signal. A call that has begun is not cut off by
// the end of the context.
func (r *Relay) send(ctx context.Context, s models.Signal) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	err := r.tell(ctx, s)
	r.state.saw(ctx, s, err)
	if err == nil {
		r.told <- s.Seq
	}
	return err
}
