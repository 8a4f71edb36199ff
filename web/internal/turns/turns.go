// Package turns has requests of one kind take turns, so that they leave room for others
// (G6). It must not know what the requests are.
package turns

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/semaphore"

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
	perKey, waiting int64
	all             *semaphore.Weighted // nil if only the requests of one key wait for each other
	byKey           *lru.Cache[string, *places]
	clock           clockwork.Clock // nil if places do not rest
}

// places are those of one key.
type places struct {
	present, answered *semaphore.Weighted
	waiting           atomic.Int64 // requests that wait to be answered
}

// New returns the turns of requests of which so many of one key are answered at once, at
// least one, while so many more of it may wait. The requests of other keys do not matter.
func New(perKey, waiting int) *Turns {
	return &Turns{perKey: int64(max(1, perKey)), waiting: int64(waiting), byKey: ratelimit.NewLRU[*places](maxKeys)}
}

// NewShared returns the turns of requests of which so many are answered at once, at least
// one. One key has all of these places but one, and so many more of its requests may wait.
func NewShared(atOnce, waiting int) *Turns {
	t := New(atOnce-1, waiting)
	t.all = semaphore.NewWeighted(int64(max(1, atOnce)))
	return t
}

// mostRest is how long a place rests at most.
const mostRest = 100 * time.Millisecond

// Resting makes each place of Begin rest after a request for as long as that took, at most
// mostRest, if others of its key wait for it. So requests that come one after the other are
// answered at once, and those that many at once make use about half of what they could.
func (t *Turns) Resting(clock clockwork.Clock) *Turns {
	t.clock = clock
	return t
}

// Begin waits for a place, and returns a function that frees it. It returns
// fault.RateLimited if too many requests of the key wait already, and the cause if ctx is
// done before a place is free.
func (t *Turns) Begin(ctx context.Context, key string) (end func(), err error) {
	p := t.of(key)
	var taken taken
	if !taken.now(p.present) {
		return nil, fault.New(fault.RateLimited, "too_many_at_once").After(retryAfter)
	}
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	for _, place := range t.answered(p) {
		if err := place.Acquire(ctx, 1); err != nil {
			taken.release()
			return nil, fmt.Errorf("waiting for requests before this one: %w", err)
		}
		taken = append(taken, place)
	}
	if t.clock == nil {
		return taken.release, nil
	}
	return t.resting(p, taken), nil
}

// resting returns what ends a request that is answered from now on. While others wait, all
// places of the request rest, but for the first: it is present no longer.
func (t *Turns) resting(p *places, taken taken) (end func()) {
	began := t.clock.Now()
	return func() {
		if p.waiting.Load() == 0 {
			taken.release()
			return
		}
		taken[:1].release()
		t.clock.AfterFunc(min(t.clock.Since(began), mostRest), taken[1:].release)
	}
}

// BeginNow is Begin for what can do without a place: it returns false instead of waiting for
// one, and if other requests of the key wait.
func (t *Turns) BeginNow(key string) (end func(), ok bool) {
	p := t.of(key)
	var taken taken
	for _, place := range append([]*semaphore.Weighted{p.present}, t.answered(p)...) {
		if !taken.now(place) {
			taken.release()
			return nil, false
		}
	}
	return taken.release, true
}

// answered returns the places of which a request that is answered needs one each.
func (t *Turns) answered(p *places) []*semaphore.Weighted {
	if t.all == nil {
		return []*semaphore.Weighted{p.answered}
	}
	return []*semaphore.Weighted{p.answered, t.all}
}

// taken are the places that a request has.
type taken []*semaphore.Weighted

// now takes one of some places, and reports whether one was free.
func (t *taken) now(place *semaphore.Weighted) bool {
	free := place.TryAcquire(1)
	if free {
		*t = append(*t, place)
	}
	return free
}

func (t taken) release() {
	for _, place := range t {
		place.Release(1)
	}
}

func (t *Turns) of(key string) *places {
	if known, ok := t.byKey.Get(key); ok {
		return known
	}
	fresh := &places{present: semaphore.NewWeighted(t.perKey + t.waiting), answered: semaphore.NewWeighted(t.perKey)}
	if known, ok, _ := t.byKey.PeekOrAdd(key, fresh); ok {
		return known
	}
	return fresh
}
