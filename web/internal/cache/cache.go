// Package cache holds values for seconds that every request would otherwise read
// from the database. It must not know what the values are.
package cache

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
)

// maxEntries bounds a cache. A full cache starts anew.
const maxEntries = 10_000

// Cache holds values by key. Entries live for a few seconds, so that a change
// made by another process is seen soon. A change made by this process drops the
// entry at once.
type Cache[V any] struct {
	clock clockwork.Clock
	ttl   time.Duration

	mu      sync.Mutex
	entries map[string]entry[V]
	drops   int // counts Drop, so that a read that began before a change is not stored after it
}

type entry[V any] struct {
	value V
	until time.Time
}

// New returns an empty cache whose entries live for ttl.
func New[V any](clock clockwork.Clock, ttl time.Duration) *Cache[V] {
	return &Cache[V]{clock: clock, ttl: ttl, entries: map[string]entry[V]{}}
}

// Get returns the value of a key, loading it if there is none. Errors are not stored.
func (c *Cache[V]) Get(key string, load func() (V, error)) (V, error) {
	c.mu.Lock()
	found, ok := c.entries[key]
	drops := c.drops
	c.mu.Unlock()
	if ok && c.clock.Now().Before(found.until) {
		return found.value, nil
	}
	value, err := load()
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drops == drops {
		if len(c.entries) >= maxEntries {
			clear(c.entries)
		}
		c.entries[key] = entry[V]{value: value, until: c.clock.Now().Add(c.ttl)}
	}
	return value, nil
}

// GetOrStale is Get for values that must be known while the database is down: it
// returns an expired value if the new one cannot be read. A value that no longer
// exists is dropped.
func (c *Cache[V]) GetOrStale(key string, load func() (V, error)) (V, error) {
	value, err := c.Get(key, load)
	switch fault.CodeOf(err) {
	case fault.NotFound:
		c.Drop(key)
	case fault.Unavailable, fault.RateLimited:
		c.mu.Lock()
		defer c.mu.Unlock()
		if found, ok := c.entries[key]; ok {
			return found.value, nil
		}
	}
	return value, err
}

// Clear removes all values.
func (c *Cache[V]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	clear(c.entries)
}

// Drop removes the value of a key.
func (c *Cache[V]) Drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	delete(c.entries, key)
}
