// Package turns has requests of one kind take turns, so that they leave room for others
// (G6). It must not know what the requests are.
package turns

import (
	"context"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
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
}

type places struct{ present, answered *semaphore.Weighted }

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

// Begin waits for a place, and returns a function that frees it. It returns
// fault.RateLimited if too many requests of the key wait already, and the cause if ctx is
// done before a place is free.
func (t *Turns) Begin(ctx context.Context, key string) (end func(), err error) {
	p := t.of(key)
	if !p.present.TryAcquire(1) {
		return nil, fault.New(fault.RateLimited, "too_many_at_once").After(retryAfter)
	}
	taken := []*semaphore.Weighted{p.present}
	end = func() {
		for _, place := range taken {
			place.Release(1)
		}
	}
	for _, place := range []*semaphore.Weighted{p.answered, t.all} {
		if place == nil {
			continue
		}
		if err := place.Acquire(ctx, 1); err != nil {
			end()
			return nil, fmt.Errorf("waiting for requests before this one: %w", err)
		}
		taken = append(taken, place)
	}
	return end, nil
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
