package relay

import (
	"slices"
	"sync"

	"ringback/models/outbox"
)

// line holds the offered signals that wait for a sender, by site. The site with the fewest
// is next, and sites with equally many take turns, so that bursts of other sites, however
// many, do not delay the signals of one that has few (G6).
type line struct {
	places  int           // how many signals may wait
	waiting chan struct{} // one element for each signal that waits

	mu    sync.Mutex
	size  int
	sites map[string][]outbox.Signal
	turns []string // the sites with signals, in the order of their turns
}

func newLine(places int) *line {
	return &line{places: places, waiting: make(chan struct{}, places), sites: map[string][]outbox.Signal{}}
}

// add adds a signal. If too many wait, the site with the most leaves its newest to
// the sweeper. It reports whether all signals found a place.
func (l *line) add(s outbox.Signal) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	full := l.size == l.places
	if full && !l.makeRoom(s.SiteID) {
		return false
	}
	if len(l.sites[s.SiteID]) == 0 {
		l.turns = append(l.turns, s.SiteID)
	}
	l.sites[s.SiteID] = append(l.sites[s.SiteID], s)
	if !full {
		l.size++
		l.waiting <- struct{}{}
	}
	return !full
}

// makeRoom removes the newest signal of the site with the most. It reports false if
// the given site would then have the most itself.
func (l *line) makeRoom(site string) bool {
	most := site
	for other, signals := range l.sites {
		if len(signals) > len(l.sites[most])+1 {
			most = other
		}
	}
	if most == site {
		return false
	}
	l.sites[most] = l.sites[most][:len(l.sites[most])-1]
	return true
}

// take returns the next signal. Receive from waiting before each call.
func (l *line) take() outbox.Signal {
	l.mu.Lock()
	defer l.mu.Unlock()
	turn := 0
	for i, site := range l.turns {
		if len(l.sites[site]) < len(l.sites[l.turns[turn]]) {
			turn = i
		}
	}
	site := l.turns[turn]
	l.turns = slices.Delete(l.turns, turn, turn+1)
	next := l.sites[site][0]
	l.sites[site] = l.sites[site][1:]
	if len(l.sites[site]) > 0 {
		l.turns = append(l.turns, site)
	} else {
		delete(l.sites, site)
	}
	l.size--
	return next
}
