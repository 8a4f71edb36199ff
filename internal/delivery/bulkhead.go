package delivery

import (
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// integrationQueue is the gate's state of one integration: its slots, and the
// queue of deliveries that wait for one. The gate's lock guards it.
type integrationQueue struct {
	limits  Limits
	rate    *rate.Limiter
	taken   map[*slot]time.Time // since when
	queue   []*slot             // first come, first served
	average time.Duration       // how long a slot is held
	turns   turns
	later   turns // of those that wait for the breaker
	stake   stake // what this worker holds of the limits of the fleet

	claiming chan struct{} // holds one element while slots are claimed; not guarded by the gate's lock
}

// slot is one delivery's right to be sent, or its place in the queue for it.
type slot struct {
	ready   chan struct{} // closed when the delivery may be sent
	shares  []*share      // that it takes part of
	entered time.Time     // when it came to the gate
}

func newIntegrationQueue() *integrationQueue {
	return &integrationQueue{rate: rate.NewLimiter(rate.Inf, 1), taken: map[*slot]time.Time{}, claiming: make(chan struct{}, 1)}
}

// setLimits applies the limits as they are configured now. Sends are spaced
// evenly: the limiter has a burst of one, so that no second has more sends than
// are allowed.
func (q *integrationQueue) setLimits(limits Limits, now time.Time) {
	if limits == q.limits {
		return
	}
	q.limits = limits
	if limits.Slots == 0 { // nothing is sent, and the rate that was reserved stays so
		return
	}
	allowed := rate.Inf
	if limits.PerSecond > 0 {
		allowed = rate.Limit(limits.PerSecond)
	}
	q.rate.SetLimitAt(now, allowed)
	q.admit(now)
}

// admit assigns free slots to the first in the queue.
func (q *integrationQueue) admit(now time.Time) {
	for len(q.queue) > 0 && len(q.taken) < q.limits.Slots {
		first := q.queue[0]
		q.queue = q.queue[1:]
		q.taken[first] = now
		close(first.ready)
	}
}

// leaveQueue removes s from the queue. It reports whether s was still in it.
func (q *integrationQueue) leaveQueue(s *slot) bool {
	i := slices.Index(q.queue, s)
	if i < 0 {
		return false
	}
	q.queue = slices.Delete(q.queue, i, i+1)
	return true
}

// release frees a slot and returns how long it was held.
func (q *integrationQueue) release(s *slot, now time.Time) time.Duration {
	held := now.Sub(q.taken[s])
	delete(q.taken, s)
	q.average += (held - q.average) / averageWeight
	q.admit(now)
	return held
}

// pace returns the expected time from one slot becoming free to the next. It
// counts the sends in progress as well: hung sends are not part of the average yet.
func (q *integrationQueue) pace(now time.Time) time.Duration {
	held := max(q.average, q.meanAge(now))
	pace := held / time.Duration(max(q.limits.Slots, 1))
	if q.limits.PerSecond > 0 {
		pace = max(pace, time.Duration(float64(time.Second)/q.limits.PerSecond))
	}
	return pace
}

// meanAge returns how long the sends in progress have taken so far, on average.
func (q *integrationQueue) meanAge(now time.Time) time.Duration {
	var sum time.Duration
	for _, since := range q.taken {
		sum += now.Sub(since)
	}
	return sum / time.Duration(max(len(q.taken), 1))
}
