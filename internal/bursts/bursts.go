// Package bursts holds which sites and accounts bring more at once than a process can do, and
// whether other sites use the process meanwhile. The relay, the intake of reports and the
// requests that read go by it: a site or account with a burst leaves most of the process to the
// others while these send (G6).
//
// It must not know what is brought, or what waits.
package bursts

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// How long something counts after it was noted last.
const (
	burstFor  = 2 * time.Second // a key has a burst until it has brought less for so long
	othersFor = time.Second     // a site sends until it has brought nothing for so long
)

// mostRest is how long a place rests at most.
const mostRest = 100 * time.Millisecond

// Bursts holds which keys, such as sites and accounts, have a burst, and which sites send
// without one. Nothing is stored, and each process has its own. It is safe for concurrent use.
type Bursts struct {
	clock clockwork.Clock

	mu    sync.Mutex
	until map[string]time.Time // when the burst of a key ends
	quiet [2]sending           // the site without a burst that sent last, and another that did before
}

// sending is when a site last sent.
type sending struct {
	site string
	at   time.Time
}

// New returns Bursts without any.
func New(clock clockwork.Clock) *Bursts {
	return &Bursts{clock: clock, until: map[string]time.Time{}}
}

// IsBurst reports whether a key that has many requests or signals at once has a burst. It has at
// least least of them then, and not fewer than the keys that have some have on average, where keys
// have all together. While everything takes long, each key has many.
func IsBurst(many, least, keys, all int) bool { return many >= least && many*keys >= all }

// NoteBurst notes that a key has a burst. It is called again with each request or signal that
// finds many others of its key.
func (b *Bursts) NoteBurst(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	if b.until[key].IsZero() {
		for other, until := range b.until {
			if !until.After(now) {
				delete(b.until, other)
			}
		}
	}
	b.until[key] = now.Add(burstFor)
}

// NoteSending notes that a site sends. It does not count while the site has a burst, so that
// two sites with bursts do not wait for each other.
func (b *Bursts) NoteSending(site string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	if b.until[site].After(now) {
		return
	}
	if b.quiet[0].site != site {
		b.quiet[1] = b.quiet[0]
	}
	b.quiet[0] = sending{site, now}
}

// Yields reports whether a key has to leave room to others: it has a burst, and a site that
// has none sends.
func (b *Bursts) Yields(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	if !b.until[key].After(now) {
		return false
	}
	other := b.quiet[0]
	if other.site == key {
		other = b.quiet[1]
	}
	return other.site != "" && now.Sub(other.at) < othersFor
}

// Rest returns for how long a place rests after it was used: so many times as long as that took,
// and a tenth of a second at most.
func Rest(took time.Duration, times int) time.Duration {
	return min(took*time.Duration(times), mostRest)
}
