package delivery

import (
	"context"
	"time"
)

// stake is what this worker holds of the slots of an integration, of which the fleet has
// a limited number. The gate's lock guards it.
type stake struct {
	limits    Limits // of all workers together
	slots     int    // that this worker holds
	part      int    // of them that may be used: fewer if sends in progress hold some that are others'
	claimedAt time.Time
	denied    bool // the last claim got less than it wanted
	usedAt    time.Time
	short     bool // a delivery has waited or was refused since the last claim
	refused   int  // deliveries since the last beat
}

// mustClaim reports whether to claim slots before the next delivery: the worker has none,
// needs more than it has, or the limits have changed. It asks rarely if it gets none.
func (q *integrationQueue) mustClaim(limits Limits, now time.Time) bool {
	if limits != q.stake.limits {
		return true
	}
	usable := q.stake.usable()
	more := usable == 0 || q.lacks() && usable < limits.Slots
	return more && (!q.stake.denied || now.Sub(q.stake.claimedAt) >= claimEvery)
}

// lacks reports whether the next delivery would have to wait, or others had to.
func (q *integrationQueue) lacks() bool {
	usable := q.stake.usable()
	return q.stake.short || usable > 0 && len(q.taken)+len(q.queue) >= usable
}

// usable returns how many slots may be used for further sends.
func (s *stake) usable() int { return min(s.slots, s.part, s.limits.Slots) }

// limited returns the worker's part of the limits. Its part of the rate is that of the
// slots, so that the rates of all workers come to no more than the limit.
func (s *stake) limited() Limits {
	slots := s.usable()
	return Limits{Slots: slots, PerSecond: s.limits.PerSecond * float64(slots) / float64(max(s.limits.Slots, 1))}
}

// need returns how many slots the integration could use in this worker, by what came
// since the last beat.
func (q *integrationQueue) need() int { return len(q.taken) + len(q.queue) + q.stake.refused }

// want returns how many slots to claim for one more delivery: all if deliveries have to
// wait. Otherwise it leaves an equal part to each other worker, of which any may get the
// next delivery, and to one that may come.
func (q *integrationQueue) want(workers int) int {
	limit := q.stake.limits.Slots
	if q.lacks() {
		return limit
	}
	return min(max(q.need()+1, (limit+workers)/(workers+1)), limit)
}

// wantOfContested is want while another worker needs slots that this one holds: it keeps
// none that it does not need, if there are fewer slots than workers.
func (q *integrationQueue) wantOfContested(workers int) int {
	if q.need() == 0 {
		return q.stake.limits.Slots / max(workers, 1)
	}
	return min(max(q.need(), q.stake.limits.Slots/max(workers, 1)), q.stake.limits.Slots)
}

// beginClaim waits until no other claim of the integration's slots is under way.
func (q *integrationQueue) beginClaim(ctx context.Context) error {
	select {
	case q.claiming <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (q *integrationQueue) endClaim() { <-q.claiming }
