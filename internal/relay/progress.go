package relay

import (
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/conversion"
	"ringback/internal/bursts"
	"ringback/models/outbox"
)

// How much work may be in progress: what was sent to Temporal and is not decided yet. What
// waits here is sent by turns of the sites. What is in progress is worked on at once, and
// each slows down all others (G6).
const (
	fewestInProgress, mostInProgress = 16, 128 // of all sites: fewer while deciding takes long
	partOfBurst                      = 16      // of all places, a site with a burst has one in so many while others send too
	burst                            = 16      // so many waiting signals of a site are a burst (bursts.IsBurst)
	rests                            = 1       // how many times as long as a signal was in progress its place rests then
)

// How long a signal counts as in progress. It is read from the database only when signals
// wait for it, so that a process with little to do asks nothing.
const (
	assumedFor = 100 * time.Millisecond // if nobody has looked
	brieflyFor = 25 * time.Millisecond  // if the database does not show it, as of a call that goes on

	// Whatever the database shows: the workers may be away, and a delivery may wait for its
	// destination, or for the limits of its integration, before it begins.
	longestFor, longestDelivery = 2 * time.Second, 250 * time.Millisecond
)

// work is one signal that is in progress.
type work struct {
	signal outbox.Signal
	sent   time.Time // zero while it is being sent
	until  time.Time // when it counts no longer
	rests  bool      // it has ended, and its site rests
}

// end returns when the work counts no longer, whatever the database shows.
func (w *work) end() time.Time {
	if w.signal.DeliveryID != "" {
		return w.sent.Add(longestDelivery)
	}
	return w.sent.Add(longestFor)
}

// progress holds which signals are in progress. Nothing is stored: after a restart, what an
// earlier process has sent does not count.
//
// While other sites send, a site with a burst rests after each signal for as long as that
// was in progress (bursts.Rest). So its burst uses about half of what one after the other would.
type progress struct {
	clock   clockwork.Clock
	metrics Metrics
	bursts  *bursts.Bursts
	window  *window
	full    chan struct{} // has an element when signals wait for work to end

	mu      sync.Mutex
	begun   map[*work]bool
	working int             // of them, those that do not rest
	sites   map[string]int  // how many each site has, also those that rest
	held    map[string]bool // sites that had to wait since they last sent
	fewest  bool            // the next is the site with the fewest signals that wait
}

func newProgress(clock clockwork.Clock, metrics Metrics, all *bursts.Bursts) *progress {
	return &progress{
		clock: clock, metrics: metrics, bursts: all,
		window: newWindow(clock, fewestInProgress, mostInProgress, func(size int) { metrics.RelayWindow("deciding", size) }), full: make(chan struct{}, 1),
		begun: map[*work]bool{}, sites: map[string]int{}, held: map[string]bool{}, fewest: true,
	}
}

// choose returns which of the sites that have signals may send the next, and reports false if
// none may. By turns, that is the one with the fewest signals that wait, and the one with the
// fewest in progress. By the first rule, a site that reports steadily does not wait for those
// that report a little more at once, however many these are. By the second, no site waits for
// ever for those of which less waits. Of equal ones it is the first.
func (p *progress) choose(sites []string, waiting func(site string) int) (chosen string, found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	all := p.window.now()
	total := 0
	for _, site := range sites {
		total += waiting(site)
	}
	weight := func(site string) int { return p.sites[site] }
	if p.fewest {
		weight = waiting
	}
	for _, site := range sites {
		if bursts.IsBurst(waiting(site), burst, len(sites), total) {
			p.bursts.NoteBurst(site)
		}
		switch {
		case p.working >= all || p.sites[site] >= p.share(site):
			p.held[site] = true
		case !found || weight(site) < weight(chosen):
			chosen, found = site, true
		}
	}
	if !found {
		select {
		case p.full <- struct{}{}:
		default: // somebody is about to look
		}
	}
	return chosen, found
}

// share returns how many signals of a site may be in progress.
func (p *progress) share(site string) int {
	if p.bursts.Yields(site) {
		return p.window.now() / partOfBurst
	}
	return mostInProgress
}

// begin counts a signal that is about to be sent.
func (p *progress) begin(s outbox.Signal) *work {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held[s.SiteID] {
		delete(p.held, s.SiteID)
		p.metrics.SignalHeldBack()
	}
	p.bursts.NoteSending(s.SiteID)
	w := &work{signal: s}
	p.fewest = !p.fewest
	p.begun[w] = true
	p.sites[s.SiteID]++
	p.working++
	return w
}

// sent notes that a signal was sent.
func (p *progress) sent(w *work) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.sent = p.clock.Now()
	if w.until = w.sent.Add(assumedFor); !shown(w.signal) {
		w.until = w.sent.Add(brieflyFor)
	}
}

// cancel stops counting a signal that was not sent.
func (p *progress) cancel(w *work) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(w)
}

// shown reports whether the database shows when a signal is in progress no longer.
func shown(s outbox.Signal) bool { return s.Kind == conversion.KindLead || s.DeliveryID != "" }

// unclear returns the work that may have ended, as far as the database shows it.
func (p *progress) unclear() (all []*work) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	for w := range p.begun {
		if !w.sent.IsZero() && !w.rests && shown(w.signal) {
			all = append(all, w)
		}
	}
	return all
}

// seen takes which of the unclear work has ended, by row. The other work goes on.
func (p *progress) seen(unclear []*work, ended []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range unclear {
		switch {
		case !p.begun[w]: // it has expired
		case slices.Contains(ended, w.signal.Seq):
			p.rest(w)
		default:
			now := p.clock.Now()
			w.until = now.Add(min(assumedFor, w.end().Sub(now)))
		}
	}
}

// rest ends work. Its site rests afterwards if it must leave something to others.
func (p *progress) rest(w *work) {
	p.window.answered(p.clock.Since(w.sent))
	if p.share(w.signal.SiteID) == mostInProgress {
		p.end(w)
		return
	}
	w.rests, w.until = true, p.clock.Now().Add(bursts.Rest(p.clock.Since(w.sent), rests))
	p.working--
}

// expire ends what counts no longer.
func (p *progress) expire() {
	now := p.clock.Now()
	for w := range p.begun {
		if !w.sent.IsZero() && !w.until.After(now) {
			p.end(w)
		}
	}
}

func (p *progress) end(w *work) {
	delete(p.begun, w)
	if !w.rests {
		p.working--
	}
	if p.sites[w.signal.SiteID]--; p.sites[w.signal.SiteID] == 0 {
		delete(p.sites, w.signal.SiteID)
	}
}
