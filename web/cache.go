package web

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
)

// cacheLimit bounds a cache's entries; a full cache starts anew.
const cacheLimit = 10_000

// cache keeps what intake would otherwise read from the database on every
// request. Entries live for a few seconds, so that a change made by another
// process is seen soon; a change made by this one forgets the entry at once.
type cache[V any] struct {
	clock clockwork.Clock
	ttl   time.Duration

	mu      sync.Mutex
	entries map[string]cached[V]
	changes int // counts forget, so that a read that began before a change is not kept after it
}

type cached[V any] struct {
	value V
	until time.Time
}

func newCache[V any](clock clockwork.Clock, ttl time.Duration) *cache[V] {
	return &cache[V]{clock: clock, ttl: ttl, entries: map[string]cached[V]{}}
}

// get returns the entry, loading it where it is not known. Errors are not kept.
func (c *cache[V]) get(key string, load func() (V, error)) (V, error) {
	c.mu.Lock()
	entry, ok := c.entries[key]
	changes := c.changes
	c.mu.Unlock()
	if ok && c.clock.Now().Before(entry.until) {
		return entry.value, nil
	}
	value, err := load()
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes == changes {
		if len(c.entries) >= cacheLimit {
			clear(c.entries)
		}
		c.entries[key] = cached[V]{value: value, until: c.clock.Now().Add(c.ttl)}
	}
	return value, nil
}

// getOrStale is get for what must be known while the database is away: then an
// entry is good for longer. What the database does not know any more is forgotten.
func (c *cache[V]) getOrStale(key string, load func() (V, error)) (V, error) {
	value, err := c.get(key, load)
	switch fault.CodeOf(err) {
	case fault.NotFound:
		c.forget(key)
	case fault.Unavailable, fault.RateLimited:
		c.mu.Lock()
		defer c.mu.Unlock()
		if entry, ok := c.entries[key]; ok {
			return entry.value, nil
		}
	}
	return value, err
}

// forget drops the entry.
func (c *cache[V]) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	delete(c.entries, key)
}
