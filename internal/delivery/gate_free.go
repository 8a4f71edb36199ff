package delivery

import (
	"context"
	"sync"
)

// EnterFree takes a slot of the integration if one is free and its rate allows a send now.
// It waits for nothing but the claim of slots that this worker lacks. The caller calls leave
// when its send has ended; it is nil if there is no slot.
func (g *Gate) EnterFree(ctx context.Context, of Origin, limits Limits) (leave func()) {
	q := g.queueOf(of.IntegrationID)
	limits.Slots = max(limits.Slots, 1)
	if err := g.claim(ctx, q, of, limits); err != nil {
		return nil
	}
	s := g.takeFree(q, of, limits)
	if s == nil {
		return nil
	}
	return sync.OnceFunc(func() { g.release(q, s) })
}

// takeFree takes a slot that is free, or returns nil.
func (g *Gate) takeFree(q *integrationQueue, of Origin, limits Limits) *slot {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	shares := g.prepare(q, of, limits, now)
	if fullOf(shares) != nil || len(q.queue) > 0 || len(q.taken) >= q.limits.Slots || !q.rate.AllowN(now, 1) {
		g.forgetUnused(shares)
		return nil
	}
	s := &slot{shares: shares, entered: now}
	q.taken[s] = now
	g.enter(shares, now)
	return s
}
