package relay

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// How many signals are sent at once: fewest at first and while Temporal is slow, more as
// long as it answers as fast as it can. Still fewer would send too little through a server
// that is slow because of others. What waits here is sent by turns of the sites. What
// Temporal has taken is not: it works on all of that at once, and slows down for all (G6).
const (
	fewestAtOnce = 8
	slowFactor   = 3                     // times the fastest answer, and
	slowBeyond   = 20 * time.Millisecond // this much more, is slow
	fastestFor   = 10 * time.Minute      // how long the fastest answer counts at least
)

// window is how much may be done at once: less while it takes long.
type window struct {
	clock        clockwork.Clock
	fewest, most float64
	report       func(size int) // is called with the size when it changes

	mu      sync.Mutex
	changed *sync.Cond
	size    float64
	fastest [2]time.Duration // answers of this period and of the one before; zero if there was none
	since   time.Time        // when this period began
}

func newWindow(clock clockwork.Clock, fewest, most int, report func(size int)) *window {
	fewest = min(fewest, most)
	w := &window{clock: clock, fewest: float64(fewest), most: float64(most), report: report, size: float64(fewest), since: clock.Now()}
	report(fewest)
	w.changed = sync.NewCond(&w.mu)
	return w
}

// wait waits until the sender with a number, from zero, may send, or ctx is done.
func (w *window) wait(ctx context.Context, sender int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.within(sender) {
		return
	}
	defer context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.changed.Broadcast()
	})()
	for !w.within(sender) && ctx.Err() == nil {
		w.changed.Wait()
	}
}

func (w *window) within(sender int) bool { return sender < int(w.size) }

// now returns how much may be done at once.
func (w *window) now() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return int(w.size)
}

// answered takes how long something took.
func (w *window) answered(took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clock.Since(w.since) >= fastestFor {
		w.fastest, w.since = [2]time.Duration{0, w.fastest[0]}, w.clock.Now()
	}
	if w.fastest[0] == 0 || took < w.fastest[0] {
		w.fastest[0] = took
	}
	fastest := w.fastest[0]
	if w.fastest[1] > 0 {
		fastest = min(fastest, w.fastest[1])
	}
	if took > slowFactor*fastest+slowBeyond {
		w.resize(max(w.fewest, w.size*0.9))
		return
	}
	w.resize(min(w.most, w.size+1/w.size))
	w.changed.Broadcast()
}

func (w *window) resize(size float64) {
	if int(size) != int(w.size) {
		w.report(int(size))
	}
	w.size = size
}
