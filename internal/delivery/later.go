package delivery

import "time"

// longWait is from when on deliveries that wait for a breaker stand in line. For a shorter
// time they come back by themselves, soon after it: to wake them costs more than to look again.
const longWait = 150 * time.Second

// together is how many deliveries come back within the time by which the line of those that
// wait is longer than the wait itself. The longer the line is, the further apart they are.
const together = 100

// Later returns when a delivery may come back whose integration sends nothing for a while,
// because its breaker is open. It is at the end of that if few wait, or not for long. In a long
// backlog each comes at a time of its own, about one per second: all are woken when the breaker
// closes, so until then it is enough that one is there to be the probe. A delivery that is given
// up in givenUp has no place in the line after that, where nobody would come.
func (g *Gate) Later(integrationID string, wait, givenUp time.Duration) time.Duration {
	if wait < longWait {
		return Spread(wait, g.jitter)
	}
	q := g.queueOf(integrationID)
	g.mu.Lock()
	defer g.mu.Unlock()
	return q.later.later(g.clock.Now(), wait+Spread(0, g.jitter), min(givenUp, MaxReturn), g.jitter)
}

// Sends notes that the breaker of an integration is closed: those that Later has sent away have
// been woken, and the next ones begin a new line.
func (g *Gate) Sends(integrationID string) {
	q := g.queueOf(integrationID)
	g.mu.Lock()
	defer g.mu.Unlock()
	q.later = turns{}
}

// later returns when a delivery may come back that has nothing to do there for a while. Where the
// line is longer than the delivery may wait, it comes back within the second half of that.
func (t *turns) later(now time.Time, wait, most time.Duration, jitter Jitter) time.Duration {
	if wait > most {
		return wait
	}
	soonest, latest := now.Add(wait), now.Add(most)
	line := t.last.Sub(soonest)
	if line < 0 {
		t.last = soonest
		return wait
	}
	if next := t.last.Add(min(max(line/together, minGap), maxGap)); !next.After(latest) {
		t.last = next
		return next.Sub(now)
	}
	if t.last.Before(latest) {
		t.last = latest
	}
	return latest.Sub(now) - time.Duration(jitter()*float64(latest.Sub(soonest))/2)
}
