package delivery

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Limits are how many sends of one integration may be in progress at once, and
// how many may start per second (0 means no limit). With a Fleet they hold for all
// workers together.
type Limits struct {
	Slots     int
	PerSecond float64
}

// The gate's own limits. A delivery waits in the queue at most MaxWait; a
// refused one comes back after MinReturn to MaxReturn.
const (
	MaxWait       = 2 * time.Second
	MinReturn     = time.Second
	MaxReturn     = time.Hour
	queuePerSlot  = 4
	longestQueue  = 100
	averageWeight = 4 // the average time in a slot moves by a quarter of each new one

	// Refused deliveries return one after the other, at the pace of the sends, but
	// within these bounds, because the pace is an estimate. The lower bound keeps
	// a backlog from returning at one instant while nothing is known yet. The
	// upper bound makes sure that a delivery is there when a slot becomes free;
	// it is also the least that a backlog costs: one dispatch per second.
	minGap = 2 * time.Millisecond
	maxGap = time.Second
)

// FullError is the refusal of a delivery that may not go now, or of other work.
type FullError struct {
	ReturnIn time.Duration // when it may come back, estimated from how fast slots become free
	Limit    Limit         // which limit refused it
}

// Error returns the refusal in words.
func (e *FullError) Error() string {
	return fmt.Sprintf("every slot of the %s is taken; back in %s", e.Limit, e.ReturnIn.Round(time.Millisecond))
}

// Gate limits each integration to its own slots, so that one whose destination
// hangs never takes the worker's capacity from the others (G6): at most its
// slots, and a bounded queue for them, are held here. It also limits each site
// and each host to its share of the capacity, because a site may have any number of
// integrations, and any number of sites may send to one host. What the worker does
// beside its deliveries has shares too.
type Gate struct {
	clock   clockwork.Clock
	jitter  Jitter
	shares  Shares
	metrics GateMetrics
	fleet   *Fleet // nil if no other worker has a part of the limits

	mu     sync.Mutex
	queues map[string]*integrationQueue
	inside map[string]*share
}

// GateMetrics counts refusals. telemetry.Metrics implements it.
type GateMetrics interface {
	// Refused counts a delivery, or work beside the deliveries, that had to wait because
	// of a Limit.
	Refused(limit string)
}

// NewGate returns a gate with these shares, which include the deliveries that wait in a
// queue. The clock is that of the process.
func NewGate(clock clockwork.Clock, jitter Jitter, shares Shares, metrics GateMetrics) *Gate {
	return &Gate{
		clock: clock, jitter: jitter, shares: shares, metrics: metrics,
		queues: map[string]*integrationQueue{}, inside: map[string]*share{},
	}
}

// Enter waits for a slot of the integration and for its rate, at most MaxWait
// for each. The caller calls leave when its send has ended. The error is a
// *FullError, or the context's.
func (g *Gate) Enter(ctx context.Context, of Origin, limits Limits) (leave func(), err error) {
	q := g.queueOf(of.IntegrationID)
	limits.Slots = max(limits.Slots, 1)
	if err := g.claim(ctx, q, of, limits); err != nil {
		return nil, err
	}
	s, err := g.takeSlot(ctx, q, of, limits)
	if err != nil {
		return nil, err
	}
	leave = sync.OnceFunc(func() { g.release(q, s) })
	if err := g.waitForRate(ctx, q); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

func (g *Gate) queueOf(integrationID string) *integrationQueue {
	g.mu.Lock()
	defer g.mu.Unlock()
	q, ok := g.queues[integrationID]
	if !ok {
		q = newIntegrationQueue()
		g.queues[integrationID] = q
	}
	return q
}

// claim is claimed, with a refusal if this worker may use no slot.
func (g *Gate) claim(ctx context.Context, q *integrationQueue, of Origin, limits Limits) error {
	usable, err := g.claimed(ctx, q, of, limits)
	if err != nil || usable {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.full(q, g.clock.Now(), beatEvery)
}

// claimed claims slots of the fleet, if there is one and this worker has too few, and
// reports whether it may use any. The error is the context's.
func (g *Gate) claimed(ctx context.Context, q *integrationQueue, of Origin, limits Limits) (usable bool, err error) {
	if g.fleet == nil {
		return true, nil
	}
	err = g.fleet.claimFor(ctx, q, of.IntegrationID, limits)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	g.fleet.record(ctx, err)
	g.mu.Lock()
	defer g.mu.Unlock()
	return err == nil && q.stake.usable() > 0, nil
}

// takeSlot takes a free slot, or waits in the queue for one.
func (g *Gate) takeSlot(ctx context.Context, q *integrationQueue, of Origin, limits Limits) (*slot, error) {
	s, full := g.enqueue(q, of, limits)
	if full != nil {
		return nil, full
	}
	select {
	case <-s.ready:
		return s, nil
	default:
	}
	timer := g.clock.NewTimer(MaxWait)
	defer timer.Stop()
	select {
	case <-s.ready:
		return s, nil
	case <-timer.Chan():
		return g.leaveQueue(q, s)
	case <-ctx.Done():
		if _, err := g.leaveQueue(q, s); err == nil {
			g.release(q, s)
		}
		return nil, ctx.Err()
	}
}

// enqueue adds a delivery to the queue; if a slot is free it gets that at once.
// It is refused if its site or its host has no slot left, if the queue is full, or if the
// queue is so slow that it would wait in vain. One may always wait, so that a
// slot that becomes free is taken immediately.
func (g *Gate) enqueue(q *integrationQueue, of Origin, limits Limits) (*slot, *FullError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	shares := g.prepare(q, of, limits, now)
	if full := g.refusal(shares, now); full != nil {
		return nil, full
	}
	length := min(queuePerSlot*q.limits.Slots, longestQueue)
	wait := time.Duration(len(q.queue)+1) * q.pace(now)
	if len(q.queue) >= length || len(q.queue) > 0 && wait > MaxWait {
		g.forgetUnused(shares)
		return nil, g.full(q, now, 0)
	}
	s := &slot{ready: make(chan struct{}), shares: shares, entered: now}
	q.queue = append(q.queue, s)
	g.enter(shares, now)
	q.admit(now)
	q.stake.short = q.stake.short || len(q.queue) > 0
	return s, nil
}

// prepare sets the limits of a queue, which are a part of those given if other workers have
// the rest, and returns the shares that a delivery takes part of.
func (g *Gate) prepare(q *integrationQueue, of Origin, limits Limits, now time.Time) []*share {
	if g.fleet != nil {
		limits = q.stake.limited()
	}
	q.setLimits(limits, now)
	return g.sharesOf(of)
}

// leaveQueue stops the wait for a slot. It returns the slot if that was assigned
// in the same instant.
func (g *Gate) leaveQueue(q *integrationQueue, s *slot) (*slot, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if q.leaveQueue(s) {
		g.exit(s, 0)
		return nil, g.full(q, g.clock.Now(), 0)
	}
	return s, nil
}

// waitForRate waits until the integration's rate allows one more send.
func (g *Gate) waitForRate(ctx context.Context, q *integrationQueue) error {
	wait, full := g.reserve(q)
	if full != nil {
		return full
	}
	if wait <= 0 {
		return nil
	}
	timer := g.clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *Gate) reserve(q *integrationQueue) (time.Duration, *FullError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	reservation := q.rate.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	q.stake.short = q.stake.short || wait > 0
	if wait > MaxWait {
		reservation.CancelAt(now)
		return 0, g.full(q, now, wait-MaxWait)
	}
	return wait, nil
}

func (g *Gate) release(q *integrationQueue, s *slot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.exit(s, q.release(s, g.clock.Now()))
}

// full returns the refusal of a delivery whose integration has no slot left.
func (g *Gate) full(q *integrationQueue, now time.Time, atLeast time.Duration) *FullError {
	g.metrics.Refused(string(LimitIntegration))
	q.stake.short = true
	q.stake.refused++
	return &FullError{ReturnIn: q.turns.next(now, atLeast, q.pace(now), g.jitter), Limit: LimitIntegration}
}
