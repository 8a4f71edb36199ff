package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// errNotInFleet is the error of a worker that was taken for dead. Its next beat adds it again.
var errNotInFleet = errors.New("another worker has taken over the slots of this one")

// settleEach settles what follows from each beat until there is none any more.
func (f *Fleet) settleEach(ctx context.Context, contested <-chan []string) {
	for ids := range contested {
		f.record(ctx, f.settle(ctx, ids))
	}
}

// settle releases what others need and what nobody has used for long, and claims again
// what others had before. A worker without any slots leaves the fleet.
func (f *Fleet) settle(ctx context.Context, contested []string) error {
	var errs []error
	for _, id := range contested {
		errs = append(errs, f.reclaim(ctx, id, (*integrationQueue).wantOfContested))
	}
	unused, denied, left := f.gate.endBeat(f.clock.Now())
	for _, id := range unused {
		errs = append(errs, f.reclaim(ctx, id, func(*integrationQueue, int) int { return 0 }))
	}
	for _, id := range denied {
		if slices.Contains(contested, id) {
			continue
		}
		errs = append(errs, f.reclaim(ctx, id, (*integrationQueue).wantOfContested))
	}
	if left == 0 {
		errs = append(errs, f.leave(ctx))
	}
	f.gate.forgetNeeds()
	return errors.Join(errs...)
}

// reclaim claims the slots of an integration anew.
func (f *Fleet) reclaim(ctx context.Context, integrationID string, want func(*integrationQueue, int) int) error {
	q := f.gate.queueOf(integrationID)
	if err := q.beginClaim(ctx); err != nil {
		return err
	}
	defer q.endClaim()
	return f.claim(ctx, q, integrationID, func(workers int) int { return want(q, workers) })
}

// claim claims slots of an integration. No send begins meanwhile, so that what is in use
// stays what it is.
func (f *Fleet) claim(ctx context.Context, q *integrationQueue, integrationID string, want func(workers int) int) error {
	f.mu.Lock()
	id, workers := f.id, f.workers
	f.mu.Unlock()
	c := f.gate.freeze(q, func() int { return want(workers) }, f.clock.Now())
	ctx, cancel := context.WithTimeout(ctx, validFor)
	defer cancel()
	held, member, err := f.store.ClaimSlots(ctx, id, integrationID, c.decide)
	if err == nil && !member {
		f.lose(id)
		err = errNotInFleet
	}
	if err != nil {
		return fmt.Errorf("claiming slots: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.id == id { // else this worker has left meanwhile
		f.gate.hold(q, held, c.part, f.clock.Now())
	}
	return nil
}

// leave releases all that this worker holds.
func (f *Fleet) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, validFor)
	defer cancel()
	id := f.current()
	if id == "" {
		return nil
	}
	f.lose(id)
	return f.store.LeaveFleet(ctx, id)
}

// use records that an integration has something to send.
func (g *Gate) use(q *integrationQueue, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q.stake.usedAt = now
}

// mustClaim reports whether slots must be claimed before a delivery may go, by limits that
// may have changed.
func (g *Gate) mustClaim(q *integrationQueue, limits Limits, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	must := q.mustClaim(limits, now)
	q.stake.limits = limits
	return must
}

// freeze keeps an integration from using more slots than it uses now, and returns the
// claim that follows.
func (g *Gate) freeze(q *integrationQueue, want func() int, now time.Time) *claim {
	g.mu.Lock()
	defer g.mu.Unlock()
	limit := q.stake.limits.Slots
	c := &claim{limit: limit, busy: min(len(q.taken), q.stake.slots), own: Holding{Slots: q.stake.slots, Wants: min(want(), limit)}}
	q.stake.slots, q.stake.claimedAt, q.stake.denied = c.busy, now, true
	q.setLimits(q.stake.limited(), now)
	return c
}

// hold sets what this worker holds of an integration's slots, and how many it may use.
func (g *Gate) hold(q *integrationQueue, held Holding, part int, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q.stake.slots, q.stake.part, q.stake.short, q.stake.denied = held.Slots, part, false, held.Slots < held.Wants
	q.setLimits(q.stake.limited(), now)
}

// dropStakes forgets all slots that this worker held.
func (g *Gate) dropStakes(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, q := range g.queues {
		q.stake.slots, q.stake.denied = 0, false
		q.setLimits(q.stake.limited(), now)
	}
}

// endBeat returns the integrations whose slots are not used any more, those of which this
// worker got less than it wanted, and of how many it holds or needs slots.
func (g *Gate) endBeat(now time.Time) (unused, denied []string, left int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, q := range g.queues {
		idle := now.Sub(q.stake.usedAt)
		switch {
		case q.stake.usedAt.IsZero():
			continue
		case q.need() == 0 && (idle >= idleFor || q.stake.usable() == 0 && idle >= deadAfter):
			unused = append(unused, id)
			q.stake.usedAt = time.Time{}
			continue
		case q.stake.denied:
			denied = append(denied, id)
		}
		left++
	}
	return unused, denied, left
}

// forgetNeeds begins to count anew what deliveries need.
func (g *Gate) forgetNeeds() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, q := range g.queues {
		q.stake.short = q.stake.short && q.need() > 0
		q.stake.refused = 0
	}
}
