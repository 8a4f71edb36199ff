package delivery

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Limits are how many sends of one integration may be under way at once, and
// how many may start per second (0: no limit), both within this process.
type Limits struct {
	Places    int
	PerSecond float64
}

// The gate's own limits. A delivery waits in line at most MaxWait; a refused
// one comes back after MinReturn to MaxReturn.
const (
	MaxWait       = 2 * time.Second
	MinReturn     = time.Second
	MaxReturn     = 5 * time.Minute
	linePerPlace  = 4
	longestLine   = 100
	averageWeight = 4 // the average of the time in a place moves by a quarter of each new one

	// Those who were refused return one after the other, at the pace of the
	// sends, but within these bounds. The pace is an estimate: while nothing is
	// known yet it must not bring a backlog back at one instant, and when it is
	// long, somebody has to be there when a place becomes free. The second bound
	// also says what a backlog costs the server: four looks per second.
	minGap = 2 * time.Millisecond
	maxGap = 250 * time.Millisecond
)

// Full says that a delivery may not go now, and when it is its turn, going by
// how fast the integration's places become free.
type Full struct {
	ReturnIn time.Duration
	Site     bool // it is the site that has no place left, by all its integrations
}

// Error returns the refusal in words.
func (f *Full) Error() string {
	whose := "integration"
	if f.Site {
		whose = "site"
	}
	return fmt.Sprintf("every place of the %s is taken; back in %s", whose, f.ReturnIn.Round(time.Millisecond))
}

// Gate keeps every integration to its own places, so that one whose
// destination hangs never takes the worker's slots from the others (guarantee
// 6): at most its places, and a bounded line in front of them, are held here.
// And it keeps every site to its share of the slots, for one may have any
// number of integrations.
type Gate struct {
	clock   clockwork.Clock
	jitter  Jitter
	perSite int

	mu     sync.Mutex
	doors  map[string]*door
	inside map[string]int // by site: in a place or in a line
}

// NewGate makes a gate that lets perSite deliveries of a site in at once, those
// that wait in line included. The clock is that of the process.
func NewGate(clock clockwork.Clock, jitter Jitter, perSite int) *Gate {
	return &Gate{clock: clock, jitter: jitter, perSite: perSite, doors: map[string]*door{}, inside: map[string]int{}}
}

// Enter waits for a place of the integration and for its rate, at most MaxWait
// for each. The caller calls leave when its send has ended. The error is *Full,
// or the context's.
func (g *Gate) Enter(ctx context.Context, siteID, integrationID string, limits Limits) (leave func(), err error) {
	d := g.door(siteID, integrationID)
	place, err := g.takePlace(ctx, d, limits)
	if err != nil {
		return nil, err
	}
	leave = sync.OnceFunc(func() { g.release(d, place) })
	if err := g.keepRate(ctx, d); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

func (g *Gate) door(siteID, integrationID string) *door {
	g.mu.Lock()
	defer g.mu.Unlock()
	d, ok := g.doors[integrationID]
	if !ok {
		d = newDoor(siteID)
		g.doors[integrationID] = d
	}
	return d
}

// takePlace takes a free place, or waits in line for one.
func (g *Gate) takePlace(ctx context.Context, d *door, limits Limits) (*place, error) {
	p, full := g.joinLine(d, limits)
	if full != nil {
		return nil, full
	}
	select {
	case <-p.ready:
		return p, nil
	default:
	}
	timer := g.clock.NewTimer(MaxWait)
	defer timer.Stop()
	select {
	case <-p.ready:
		return p, nil
	case <-timer.Chan():
		return g.leaveLine(d, p)
	case <-ctx.Done():
		if _, err := g.leaveLine(d, p); err == nil {
			g.release(d, p)
		}
		return nil, ctx.Err()
	}
}

// joinLine puts a newcomer into a place or into the line. It is refused when
// the site has no place left, or when the line is full, or so slow that it would
// wait in vain. One may always wait, so that a place that becomes free is taken
// at once.
func (g *Gate) joinLine(d *door, limits Limits) (*place, *Full) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	d.adopt(limits, now)
	if g.inside[d.site] >= g.perSite {
		return nil, &Full{ReturnIn: d.siteTurn(now, g.jitter), Site: true}
	}
	length := min(linePerPlace*d.limits.Places, longestLine)
	wait := time.Duration(len(d.line)+1) * d.pace(now)
	if len(d.line) >= length || len(d.line) > 0 && wait > MaxWait {
		return nil, &Full{ReturnIn: d.turn(now, 0, g.jitter)}
	}
	p := &place{ready: make(chan struct{})}
	d.line = append(d.line, p)
	g.inside[d.site]++
	d.admit(now)
	return p, nil
}

// leaveLine returns up waiting, unless the place was given in the same instant.
func (g *Gate) leaveLine(d *door, p *place) (*place, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if d.leaveLine(p) {
		g.goneFrom(d.site)
		return nil, &Full{ReturnIn: d.turn(g.clock.Now(), 0, g.jitter)}
	}
	return p, nil
}

// keepRate waits until the integration's rate allows one more send.
func (g *Gate) keepRate(ctx context.Context, d *door) error {
	wait, full := g.reserve(d)
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

func (g *Gate) reserve(d *door) (time.Duration, *Full) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	reservation := d.rate.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait > MaxWait {
		reservation.CancelAt(now)
		return 0, &Full{ReturnIn: d.turn(now, wait-MaxWait, g.jitter)}
	}
	return wait, nil
}

func (g *Gate) release(d *door, p *place) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d.leave(p, g.clock.Now())
	g.goneFrom(d.site)
}

// goneFrom counts one less inside. Sites without any take no memory.
func (g *Gate) goneFrom(site string) {
	g.inside[site]--
	if g.inside[site] == 0 {
		delete(g.inside, site)
	}
}
