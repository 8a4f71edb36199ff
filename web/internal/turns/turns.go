// Package turns has requests of one kind take turns, so that they leave room for others
// (G6).
//
// It must not know what the requests are.
package turns

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/semaphore"

	"ringback/internal/bursts"
	"ringback/internal/fault"
	"ringback/web/internal/ratelimit"
)

// maxKeys is how many keys' turns are held at most.
const maxKeys = 10_000

// retryAfter is how long a request should wait that found too many before it.
const retryAfter = time.Second

// Turns holds the places of requests in one process. A few of each key, such as an account
// or a site, are answered at once, and the others wait for them.
type Turns struct {
	perKey, waiting int
	all             *semaphore.Weighted // nil if only the requests of one key wait for each other
	byKey           *lru.Cache[string, *line]
	clock           clockwork.Clock // nil if places do not rest
	rests           int             // for how many times as long as a request took its place rests
	yield           *Yield          // nil if no key yields
	present, keys   atomic.Int64    // requests of all keys, and keys that have some
}

// Yield is what a key that has a burst is left with while others send (bursts.Bursts.Yields).
type Yield struct {
	Bursts *bursts.Bursts
	Burst  int  // so many requests of a key at once are a burst (bursts.IsBurst)
	Sends  bool // a request without a burst counts as sending (bursts.Bursts.NoteSending): the keys are sites that report
	Places int  // how many requests of a key are answered at once
	Rests  int  // for how many times as long as a request took its place rests, if others of the key wait
	Pieces bool // what is answered are pieces of large requests: they are a burst, and a place rests also if none waits
	// Patience is how long a request waits at most for such a place. Then it is answered beside the
	// others. Zero means no end.
	Patience time.Duration
	HeldBack func() // is called for each request that has to wait for such a place
}

// New returns the turns of requests of which so many of one key are answered at once, at
// least one, while so many more of it may wait. The requests of other keys do not matter.
func New(perKey, waiting int) *Turns {
	return &Turns{perKey: max(1, perKey), waiting: waiting, byKey: ratelimit.NewLRU[*line](maxKeys)}
}

// NewShared returns the turns of requests of which so many are answered at once, at least
// one. One key has all of these places but one, and so many more of its requests may wait.
func NewShared(atOnce, waiting int) *Turns {
	t := New(atOnce-1, waiting)
	t.all = semaphore.NewWeighted(int64(max(1, atOnce)))
	return t
}

// Resting makes each place of Begin rest after a request for as long as that took (bursts.Rest),
// if others of its key wait for it. So requests that come one after the other are
// answered at once, and those that many at once make use about half of what they could.
func (t *Turns) Resting(clock clockwork.Clock) *Turns {
	t.clock, t.rests = clock, 1
	return t
}

// Yielding makes a key that has a burst leave room to others while these send.
func (t *Turns) Yielding(clock clockwork.Clock, y Yield) *Turns {
	t.clock, t.yield = clock, &y
	return t
}

// Begin waits for a place, and returns a function that frees it. It returns
// fault.RateLimited if too many requests of the key wait already, and the cause if ctx is
// done before a place is free.
func (t *Turns) Begin(ctx context.Context, key string) (end func(), err error) {
	l := t.of(key)
	present := t.come(l)
	if present > int64(t.perKey+t.waiting) {
		t.gone(l)
		return nil, fault.New(fault.RateLimited, "too_many_at_once").After(retryAfter)
	}
	t.note(key, int(present))
	if err := t.wait(ctx, key, l); err != nil {
		t.gone(l)
		return nil, fmt.Errorf("waiting for requests before this one: %w", err)
	}
	return t.ending(key, l), nil
}

// come counts a request of a key, and returns how many the key has.
func (t *Turns) come(l *line) (present int64) {
	t.present.Add(1)
	if present = l.present.Add(1); present == 1 {
		t.keys.Add(1)
	}
	return present
}

// gone counts a request of a key no longer.
func (t *Turns) gone(l *line) {
	t.present.Add(-1)
	if l.present.Add(-1) == 0 {
		t.keys.Add(-1)
	}
}

// note notes that a key has so many requests.
func (t *Turns) note(key string, present int) {
	if t.yield == nil {
		return
	}
	if t.yield.Pieces || bursts.IsBurst(present, t.yield.Burst, int(t.keys.Load()), int(t.present.Load())) {
		t.yield.Bursts.NoteBurst(key)
	} else if t.yield.Sends {
		t.yield.Bursts.NoteSending(key)
	}
}

// wait waits for a place of a key, and for one of all keys.
func (t *Turns) wait(ctx context.Context, key string, l *line) error {
	if err := t.waitInLine(ctx, key, l); err != nil {
		return err
	}
	if t.all == nil {
		return nil
	}
	if err := t.all.Acquire(ctx, 1); err != nil {
		l.free(1)
		return err //nolint:wrapcheck // Begin does
	}
	return nil
}

func (t *Turns) waitInLine(ctx context.Context, key string, l *line) error {
	if l.now() {
		return nil
	}
	if !t.Yields(key) {
		return l.wait(ctx, nil)
	}
	t.yield.HeldBack()
	if t.yield.Patience == 0 {
		return l.wait(ctx, nil)
	}
	timer := t.clock.NewTimer(t.yield.Patience)
	defer timer.Stop()
	return l.wait(ctx, timer.Chan())
}

// ending returns the function that ends a request of a key, which is answered from now on. The
// place rests after it, if it has to.
//
//racetests:contained
func (t *Turns) ending(key string, l *line) (end func()) {
	var began time.Time
	if t.clock != nil {
		began = t.clock.Now()
	}
	return func() {
		t.gone(l)
		if t.all != nil {
			t.all.Release(1)
		}
		rests := t.restsOf(key, l)
		if rests == 0 {
			l.free(1)
			return
		}
		t.clock.AfterFunc(bursts.Rest(t.clock.Since(began), rests), func() { l.free(1) })
	}
}

// BeginNow is Begin for what can do without a place: it returns false instead of waiting for
// one, and if other requests of the key wait.
func (t *Turns) BeginNow(key string) (end func(), ok bool) {
	l := t.of(key)
	if !l.now() {
		return nil, false
	}
	if t.all != nil && !t.all.TryAcquire(1) {
		l.free(1)
		return nil, false
	}
	t.come(l)
	return func() {
		t.gone(l)
		if t.all != nil {
			t.all.Release(1)
		}
		l.free(1)
	}, true
}

// Yields reports whether a key leaves room to others.
func (t *Turns) Yields(key string) bool { return t.yield != nil && t.yield.Bursts.Yields(key) }

// placesOf returns how many requests of a key are answered at once.
func (t *Turns) placesOf(key string) int {
	if t.Yields(key) {
		return min(t.perKey, t.yield.Places)
	}
	return t.perKey
}

// restsOf returns for how many times as long as a request took its place rests now.
func (t *Turns) restsOf(key string, l *line) int {
	rests, pieces := t.rests, false
	if t.Yields(key) {
		rests, pieces = t.yield.Rests, t.yield.Pieces
	}
	if !pieces && !l.isWaitedFor() {
		return 0
	}
	return rests
}

func (t *Turns) of(key string) *line {
	if known, ok := t.byKey.Get(key); ok {
		return known
	}
	fresh := &line{places: func() int { return t.placesOf(key) }}
	if known, ok, _ := t.byKey.PeekOrAdd(key, fresh); ok {
		return known
	}
	return fresh
}
