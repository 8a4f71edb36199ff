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

// window is how many senders may send at once. The senders have numbers, and those beyond
// the window wait.
type window struct {
	clock clockwork.Clock
	most  int

	mu      sync.Mutex
	changed *sync.Cond
	size    float64
	fastest [2]time.Duration // answers of this period and of the one before; zero if there was none
	since   time.Time        // when this period began
}

func newWindow(clock clockwork.Clock, most int) *window {
	w := &window{clock: clock, most: most, size: float64(min(fewestAtOnce, most)), since: clock.Now()}
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

// answered takes how long Temporal took for a signal.
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
		w.size = max(min(fewestAtOnce, float64(w.most)), w.size*0.9)
		return
	}
	w.size = min(float64(w.most), w.size+1/w.size)
	w.changed.Broadcast()
}
