package delivery

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Limits are how many sends of one integration may be in progress at once, and
// how many may start per second (0 means no limit), both within this process.
type Limits struct {
	Slots     int
	PerSecond float64
}

// The gate's own limits. A delivery waits in the queue at most MaxWait; a
// refused one comes back after MinReturn to MaxReturn.
const (
	MaxWait       = 2 * time.Second
	MinReturn     = time.Second
	MaxReturn     = 5 * time.Minute
	queuePerSlot  = 4
	longestQueue  = 100
	averageWeight = 4 // the average time in a slot moves by a quarter of each new one

	// Refused deliveries return one after the other at the pace of the sends, but
	// within these bounds, because the pace is an estimate. The lower bound keeps
	// a backlog from returning at one instant while nothing is known yet. The
	// upper bound makes sure that a delivery is there when a slot becomes free;
	// it is also what a backlog costs the Temporal server: four dispatches per second.
	minGap = 2 * time.Millisecond
	maxGap = 250 * time.Millisecond
)

// FullError is the refusal of a delivery that may not go now.
type FullError struct {
	ReturnIn time.Duration // when it may come back, estimated from how fast slots become free
	Site     bool          // the site has no slot left, over all its integrations
}

// Error returns the refusal in words.
func (e *FullError) Error() string {
	whose := "integration"
	if e.Site {
		whose = "site"
	}
	return fmt.Sprintf("every slot of the %s is taken; back in %s", whose, e.ReturnIn.Round(time.Millisecond))
}

// Gate limits each integration to its own slots, so that one whose destination
// hangs never takes the worker's capacity from the others (G6): at most its
// slots, and a bounded queue for them, are held here. It also limits each site
// to its share of the capacity, because a site may have any number of
// integrations.
type Gate struct {
	clock   clockwork.Clock
	jitter  Jitter
	perSite int

	mu     sync.Mutex
	queues map[string]*integrationQueue
	inside map[string]int // deliveries in a slot or in a queue, by site
}

// NewGate returns a gate that admits perSite deliveries of a site at once,
// including those that wait in a queue. The clock is that of the process.
func NewGate(clock clockwork.Clock, jitter Jitter, perSite int) *Gate {
	return &Gate{clock: clock, jitter: jitter, perSite: perSite, queues: map[string]*integrationQueue{}, inside: map[string]int{}}
}

// Enter waits for a slot of the integration and for its rate, at most MaxWait
// for each. The caller calls leave when its send has ended. The error is a
// *FullError, or the context's.
func (g *Gate) Enter(ctx context.Context, siteID, integrationID string, limits Limits) (leave func(), err error) {
	q := g.queueOf(siteID, integrationID)
	s, err := g.takeSlot(ctx, q, limits)
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

func (g *Gate) queueOf(siteID, integrationID string) *integrationQueue {
	g.mu.Lock()
	defer g.mu.Unlock()
	q, ok := g.queues[integrationID]
	if !ok {
		q = newIntegrationQueue(siteID)
		g.queues[integrationID] = q
	}
	return q
}

// takeSlot takes a free slot, or waits in the queue for one.
func (g *Gate) takeSlot(ctx context.Context, q *integrationQueue, limits Limits) (*slot, error) {
	s, full := g.enqueue(q, limits)
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
// It is refused if the site has no slot left, if the queue is full, or if the
// queue is so slow that it would wait in vain. One may always wait, so that a
// slot that becomes free is taken immediately.
func (g *Gate) enqueue(q *integrationQueue, limits Limits) (*slot, *FullError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	q.setLimits(limits, now)
	if g.inside[q.site] >= g.perSite {
		return nil, &FullError{ReturnIn: q.returnToSite(now, g.jitter), Site: true}
	}
	length := min(queuePerSlot*q.limits.Slots, longestQueue)
	wait := time.Duration(len(q.queue)+1) * q.pace(now)
	if len(q.queue) >= length || len(q.queue) > 0 && wait > MaxWait {
		return nil, &FullError{ReturnIn: q.returnAfter(now, 0, g.jitter)}
	}
	s := &slot{ready: make(chan struct{})}
	q.queue = append(q.queue, s)
	g.inside[q.site]++
	q.admit(now)
	return s, nil
}

// leaveQueue stops the wait for a slot. It returns the slot if that was assigned
// in the same instant.
func (g *Gate) leaveQueue(q *integrationQueue, s *slot) (*slot, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if q.leaveQueue(s) {
		g.countOut(q.site)
		return nil, &FullError{ReturnIn: q.returnAfter(g.clock.Now(), 0, g.jitter)}
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
	if wait > MaxWait {
		reservation.CancelAt(now)
		return 0, &FullError{ReturnIn: q.returnAfter(now, wait-MaxWait, g.jitter)}
	}
	return wait, nil
}

func (g *Gate) release(q *integrationQueue, s *slot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q.release(s, g.clock.Now())
	g.countOut(q.site)
}

// countOut counts one less inside. A site without any takes no memory.
func (g *Gate) countOut(site string) {
	g.inside[site]--
	if g.inside[site] == 0 {
		delete(g.inside, site)
	}
}
