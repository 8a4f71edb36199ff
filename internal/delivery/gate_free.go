package delivery

import (
	"context"
	"sync"
)

// EnterFree takes a slot of the integration if one is free and its rate allows a send now.
// It waits for nothing but the claim of slots that this worker lacks. The caller calls leave
// when its send has ended, or giveBack if it sends nothing. Both are nil if there is no slot,
// which counts as no refusal: the delivery has another way.
func (g *Gate) EnterFree(ctx context.Context, of Origin, limits Limits) (leave, giveBack func()) {
	q := g.queueOf(of.IntegrationID)
	limits.Slots = max(limits.Slots, 1)
	if usable, err := g.claimed(ctx, q, of, limits); err != nil || !usable {
		return nil, nil
	}
	s, unspend := g.takeFree(q, of, limits)
	if s == nil {
		return nil, nil
	}
	leave = sync.OnceFunc(func() { g.release(q, s) })
	return leave, func() {
		unspend()
		leave()
	}
}

// takeFree takes a slot that is free, or returns nil. With a slot it spends one send of the
// rate, which unspend returns.
func (g *Gate) takeFree(q *integrationQueue, of Origin, limits Limits) (s *slot, unspend func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	shares := g.prepare(q, of, limits, now)
	if fullOf(shares) != nil || len(q.queue) > 0 || len(q.taken) >= q.limits.Slots {
		g.forgetUnused(shares)
		return nil, nil
	}
	// A reservation is given back at the time when it was made: later it counts as used.
	spent := q.rate.ReserveN(now, 1)
	if spent.DelayFrom(now) > 0 {
		spent.CancelAt(now)
		g.forgetUnused(shares)
		return nil, nil
	}
	s = &slot{shares: shares, entered: now}
	q.taken[s] = now
	g.enter(shares, now)
	return s, func() { spent.CancelAt(now) }
}
