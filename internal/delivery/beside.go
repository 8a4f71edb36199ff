package delivery

import (
	"sync"
	"time"
)

// The limits of what a worker does beside its deliveries, in the slots of the same queue (G6).
const (
	LimitReadings     Limit = "readings"      // of CRMs, and of the calls that providers list
	LimitReadingsHost Limit = "readings_host" // of these at one host
	LimitComputations Limit = "computations"  // of the figures of sites
)

// EnterReading takes a place for reading from a host, if the readings of this worker have one
// left, and those at the host. Key is what is read from. The caller calls leave when it has
// read. The error is a *FullError.
func (g *Gate) EnterReading(key, host string) (leave func(), err error) {
	return g.enterBeside(key, func() []*share {
		shares := []*share{g.share(LimitReadings, "", g.shares.Readings)}
		if host != "" {
			shares = append(shares, g.share(LimitReadingsHost, host, max(g.shares.Readings/2, 1)))
		}
		return shares
	})
}

// EnterComputation takes a place for computing the figures of a site anew, as EnterReading
// does for reading.
func (g *Gate) EnterComputation(siteID string) (leave func(), err error) {
	return g.enterBeside(siteID, func() []*share {
		return []*share{g.share(LimitComputations, "", g.shares.Computations)}
	})
}

// enterBeside takes a place of each of some shares. A key that has left a share comes after
// those that have waited for it meanwhile.
func (g *Gate) enterBeside(key string, of func() []*share) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	shares := of()
	full := g.refusal(shares, now)
	for _, s := range shares {
		if full == nil && s.comesAfterOthers(key, now) {
			full = g.refuse(s, shares, now)
		}
	}
	if full != nil {
		return nil, full
	}
	place := &slot{shares: shares, entered: now}
	g.enter(shares, now)
	return sync.OnceFunc(func() { g.leaveBeside(key, place) }), nil
}

func (g *Gate) leaveBeside(key string, place *slot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	for _, s := range place.shares {
		s.noteLeft(key, now)
	}
	g.exit(place, now.Sub(place.entered))
}

// noteLeft notes that a key leaves the share, if others wait for a place.
func (s *share) noteLeft(key string, now time.Time) {
	if !s.turns.last.After(now) {
		s.left = nil
		return
	}
	if s.left == nil {
		s.left = map[string]bool{}
	}
	s.left[key] = true
}

// comesAfterOthers reports whether a key has left the share while others waited who still do.
// It is false the next time.
func (s *share) comesAfterOthers(key string, now time.Time) bool {
	left := s.left[key]
	delete(s.left, key)
	return left && s.turns.last.After(now)
}
