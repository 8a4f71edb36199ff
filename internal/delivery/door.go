package delivery

import (
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// door is the gate's state of one integration. The gate's lock guards it.
type door struct {
	site     string
	limits   Limits
	rate     *rate.Limiter
	taken    map[*place]time.Time // since when
	line     []*place             // first come, first served
	average  time.Duration        // that a place was held
	nextTurn time.Time            // when the delivery refused last may come back
}

// place is one delivery in a place or in the line.
type place struct {
	ready chan struct{} // closed when it has a place
}

func newDoor(site string) *door {
	return &door{site: site, rate: rate.NewLimiter(rate.Inf, 1), taken: map[*place]time.Time{}}
}

// adopt takes over the limits as they are set now. Sends are spaced evenly: a
// burst of one, so that no second ever sees more than was allowed.
func (d *door) adopt(limits Limits, now time.Time) {
	limits.Places = max(limits.Places, 1)
	if limits == d.limits {
		return
	}
	d.limits = limits
	allowed := rate.Inf
	if limits.PerSecond > 0 {
		allowed = rate.Limit(limits.PerSecond)
	}
	d.rate.SetLimitAt(now, allowed)
	d.admit(now)
}

// admit returns free places to the first in line.
func (d *door) admit(now time.Time) {
	for len(d.line) > 0 && len(d.taken) < d.limits.Places {
		first := d.line[0]
		d.line = d.line[1:]
		d.taken[first] = now
		close(first.ready)
	}
}

// leaveLine reports whether p was still in the line, and takes it out.
func (d *door) leaveLine(p *place) bool {
	i := slices.Index(d.line, p)
	if i < 0 {
		return false
	}
	d.line = slices.Delete(d.line, i, i+1)
	return true
}

func (d *door) leave(p *place, now time.Time) {
	held := now.Sub(d.taken[p])
	delete(d.taken, p)
	d.average += (held - d.average) / averageWeight
	d.admit(now)
}

// pace is the time from one place becoming free to the next. Sends that are
// under way count as well: those that hang have not told the average yet.
func (d *door) pace(now time.Time) time.Duration {
	held := max(d.average, d.meanAge(now))
	pace := held / time.Duration(d.limits.Places)
	if d.limits.PerSecond > 0 {
		pace = max(pace, time.Duration(float64(time.Second)/d.limits.PerSecond))
	}
	return pace
}

func (d *door) meanAge(now time.Time) time.Duration {
	var sum time.Duration
	for _, since := range d.taken {
		sum += now.Sub(since)
	}
	return sum / time.Duration(max(len(d.taken), 1))
}

// turn returns a refused delivery its time to come back, not before a wait that
// is known. Each gets its own, one pace after the one before, so that a backlog
// returns about as fast as it can be sent: every return costs the server a
// dispatch.
func (d *door) turn(now time.Time, known time.Duration, jitter Jitter) time.Duration {
	return d.turnAfter(now, known, min(max(d.pace(now), minGap), maxGap), jitter)
}

// siteTurn is turn where the site has no place left: how fast those become free
// is not this door's to know.
func (d *door) siteTurn(now time.Time, jitter Jitter) time.Duration {
	return d.turnAfter(now, 0, maxGap, jitter)
}

func (d *door) turnAfter(now time.Time, known, gap time.Duration, jitter Jitter) time.Duration {
	soonest, latest := now.Add(max(MinReturn, known)), now.Add(MaxReturn)
	if d.nextTurn.Before(soonest) {
		d.nextTurn = soonest
	}
	d.nextTurn = d.nextTurn.Add(gap)
	if d.nextTurn.After(latest) {
		d.nextTurn = latest
		return MaxReturn - time.Duration(jitter()*float64(MaxReturn)/2)
	}
	return d.nextTurn.Sub(now)
}
