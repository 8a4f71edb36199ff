package delivery

import "time"

// Shares are how many deliveries of one site, and how many to one host, may be in a
// slot or in a queue of this process at once, and how much of other work. Of the readings,
// half may be at one host.
type Shares struct {
	PerSite      int
	PerHost      int
	Readings     int
	Computations int
}

// Origin is whose delivery it is and where it goes.
type Origin struct {
	SiteID        string
	IntegrationID string
	Host          string // of the destination; empty if it is not known, which has no share
}

// Limit is which limit refuses a delivery, or other work.
type Limit string

// The limits of the gate.
const (
	LimitIntegration Limit = "integration" // its slots, or its rate
	LimitSite        Limit = "site"        // over all its integrations
	LimitHost        Limit = "host"        // over all integrations of all sites that send to it
)

// share is what the deliveries of one site, or to one host, hold of the worker's
// capacity. The gate's lock guards it.
type share struct {
	key     string
	kind    Limit
	limit   int
	inside  int // deliveries in a slot or in a queue
	average time.Duration
	turns   turns
	left    map[string]bool // who have left the share while others waited, and were not refused since

	began   time.Time     // when the first of them came in
	entered time.Duration // the sum of when those inside came in, since began
}

// minShareGap is the least time between two deliveries that come back to a full share.
// How fast its places become free is not known before the first do.
const minShareGap = 25 * time.Millisecond

// sharesOf returns the shares that a delivery takes part of.
func (g *Gate) sharesOf(o Origin) []*share {
	shares := []*share{g.share(LimitSite, o.SiteID, g.shares.PerSite)}
	if o.Host != "" {
		shares = append(shares, g.share(LimitHost, o.Host, g.shares.PerHost))
	}
	return shares
}

func (g *Gate) share(kind Limit, of string, limit int) *share {
	key := string(kind) + " " + of
	s, ok := g.inside[key]
	if !ok {
		s = &share{key: key, kind: kind, limit: limit}
		g.inside[key] = s
	}
	return s
}

// enter counts a delivery in.
func (g *Gate) enter(shares []*share, now time.Time) {
	for _, s := range shares {
		if s.inside == 0 {
			s.began, s.entered = now, 0
		}
		s.inside++
		s.entered += now.Sub(s.began)
	}
}

// pace returns the expected time from one place becoming free to the next. It counts
// those inside as well: hung sends are not part of the average yet.
func (s *share) pace(now time.Time) time.Duration {
	age := now.Sub(s.began) - s.entered/time.Duration(s.inside)
	return max(max(s.average, age)/time.Duration(s.limit), minShareGap)
}

// exit counts a delivery out that had a slot for so long. A share of nobody takes no
// memory.
func (g *Gate) exit(x *slot, held time.Duration) {
	for _, s := range x.shares {
		s.inside--
		s.entered -= x.entered.Sub(s.began)
		if held > 0 { // not one that left the queue
			s.average += (held - s.average) / averageWeight
		}
	}
	g.forgetUnused(x.shares)
}

func (g *Gate) forgetUnused(shares []*share) {
	for _, s := range shares {
		if s.inside == 0 {
			delete(g.inside, s.key)
		}
	}
}

// refusal returns the refusal of the first share that has nothing left, nil if all have.
func (g *Gate) refusal(shares []*share, now time.Time) *FullError {
	s := fullOf(shares)
	if s == nil {
		return nil
	}
	return g.refuse(s, shares, now)
}

// refuse returns the refusal of a share, which has somebody inside.
func (g *Gate) refuse(s *share, shares []*share, now time.Time) *FullError {
	g.metrics.Refused(string(s.kind))
	g.forgetUnused(shares)
	return &FullError{ReturnIn: s.turns.next(now, 0, s.pace(now), g.jitter), Limit: s.kind}
}

// fullOf returns the first share that has no place left, nil if each has one.
func fullOf(shares []*share) *share {
	for _, s := range shares {
		if s.inside >= s.limit {
			return s
		}
	}
	return nil
}

// turns are the times at which refused deliveries may come back, one after the other.
type turns struct {
	last time.Time // of the delivery that was refused last
}

// next returns when a refused delivery may come back, not before atLeast. Each gets a
// time of its own, one pace after the one before, so that a backlog returns about as
// fast as it can be sent: each return costs the Temporal server a dispatch and the database some queries. If
// the backlog is longer than an hour, the rest comes back within the second half of it.
func (t *turns) next(now time.Time, atLeast, pace time.Duration, jitter Jitter) time.Duration {
	soonest, latest := now.Add(max(MinReturn, atLeast)), now.Add(MaxReturn)
	if t.last.Before(soonest) {
		t.last = soonest
	}
	t.last = t.last.Add(min(max(pace, minGap), maxGap))
	if t.last.After(latest) {
		t.last = latest
		return MaxReturn - time.Duration(jitter()*float64(MaxReturn)/2)
	}
	return t.last.Sub(now)
}
