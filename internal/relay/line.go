package relay

import (
	"context"
	"slices"
	"sync"

	"github.com/jonboulle/clockwork"

	"ringback/models/outbox"
)

// waiting is a signal that waits for a sender.
type waiting struct {
	signal  outbox.Signal
	offered bool           // whether it was offered
	result  chan<- outcome // of the sweep that has claimed its row; nil if none has
	work    *work          // once it is taken
}

// line holds the signals that wait for a sender, offered ones and those that the sweeper
// has claimed, by site. Of the sites that may begin more work, one with few signals is next, as
// progress.choose says, and sites with equally many take turns. So bursts of other sites,
// however many, do not delay the signals of one that has few (G6).
type line struct {
	places   int // how many offers may wait
	progress *progress
	clock    clockwork.Clock
	dropped  func() // counts an offer that is left to the sweepers

	mu      sync.Mutex
	changed *sync.Cond
	offers  int
	sites   map[string][]*waiting
	turns   []string           // the sites with signals, in the order of their turns
	rows    map[int64]*waiting // by row
	begun   map[int64]bool     // the rows that are being sent, and those that were and are not deleted yet
}

func newLine(places int, p *progress, clock clockwork.Clock, dropped func()) *line {
	l := &line{places: places, progress: p, clock: clock, dropped: dropped, sites: map[string][]*waiting{}, rows: map[int64]*waiting{}, begun: map[int64]bool{}}
	l.changed = sync.NewCond(&l.mu)
	return l
}

// offer adds an offered signal. If too many wait, the site with the most leaves its newest
// to the sweeper. It reports whether all offers found a place.
func (l *line) offer(s outbox.Signal) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows[s.Seq] != nil {
		return true
	}
	full := l.offers == l.places
	if full && !l.makeRoom(s.SiteID) {
		return false
	}
	l.add(&waiting{signal: s, offered: true})
	return !full
}

// sweep adds signals whose rows the sweeper has claimed. Each result is sent to results,
// unless the signal is withdrawn before it is sent. Those that are being sent as offers, or
// have just been, are not sent again: each start of a workflow costs Temporal, also one that
// it refuses. If such an offer fails, its row is due again when the claim ends.
func (l *line) sweep(signals []outbox.Signal, results chan<- outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range signals {
		if l.begun[s.Seq] {
			results <- outcome{signal: s}
			continue
		}
		if w := l.rows[s.Seq]; w != nil { // it is also an offer
			w.signal, w.result = s, results
			continue
		}
		l.add(&waiting{signal: s, result: results})
	}
}

// withdraw removes the signals whose rows the sweeper has claimed and which nobody has taken,
// and returns their rows.
func (l *line) withdraw() (rows []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for row, w := range l.rows {
		if w.result == nil {
			continue
		}
		rows = append(rows, row)
		l.remove(w)
	}
	return rows
}

// take waits for a signal that may be sent, and counts it as in progress. It reports false
// when ctx is done.
func (l *line) take(ctx context.Context) (*waiting, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w := l.next(); w != nil {
		return w, true
	}
	defer context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.changed.Broadcast()
	})()
	for ctx.Err() == nil {
		l.changed.Wait()
		if w := l.next(); w != nil {
			return w, true
		}
	}
	return nil, false
}

// done forgets rows that were not sent, or that were and are not in the outbox any more.
func (l *line) done(rows ...int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, row := range rows {
		delete(l.begun, row)
	}
}

// wake makes one that waits look again. If it finds a signal, it wakes the next.
func (l *line) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed.Signal()
}

// empty reports whether no signal waits.
func (l *line) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.rows) == 0
}

// next removes and returns the signal that is to be sent next, nil if none may be. Offers that
// could not be kept until now are left to the sweepers.
func (l *line) next() *waiting {
	for len(l.turns) > 0 {
		site, found := l.progress.choose(l.turns, func(site string) int { return len(l.sites[site]) })
		if !found {
			return nil
		}
		w := l.sites[site][0]
		l.remove(w)
		if l.late(w) {
			l.dropped()
			continue
		}
		l.begun[w.signal.Seq] = true
		w.work = l.progress.begin(w.signal)
		if len(l.turns) > 0 {
			l.changed.Signal()
		}
		return w
	}
	return nil
}

func (l *line) add(w *waiting) {
	site := w.signal.SiteID
	if len(l.sites[site]) == 0 {
		l.turns = append(l.turns, site)
	}
	l.sites[site] = append(l.sites[site], w)
	l.rows[w.signal.Seq] = w
	if w.offered {
		l.offers++
	}
	l.changed.Signal()
}

// remove removes a signal. Its site comes after those that wait for their turn.
func (l *line) remove(w *waiting) {
	site := w.signal.SiteID
	delete(l.rows, w.signal.Seq)
	if w.offered {
		l.offers--
	}
	left := slices.DeleteFunc(l.sites[site], func(other *waiting) bool { return other == w })
	l.turns = slices.DeleteFunc(l.turns, func(other string) bool { return other == site })
	if len(left) == 0 {
		delete(l.sites, site)
		return
	}
	l.sites[site] = left
	l.turns = append(l.turns, site)
}

// makeRoom removes the newest offer of the site with the most signals. It reports false if
// the given site would then have the most itself.
func (l *line) makeRoom(site string) bool {
	most := site
	for other, signals := range l.sites {
		if len(signals) > len(l.sites[most])+1 && signals[len(signals)-1].offered {
			most = other
		}
	}
	if most == site {
		return false
	}
	newest := l.sites[most][len(l.sites[most])-1]
	if newest.result != nil {
		newest.offered = false
		l.offers--
		return true
	}
	l.remove(newest)
	return true
}
