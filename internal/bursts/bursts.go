// Package bursts holds who brings more at once than a process can do, and who else uses it
// meanwhile. The relay, the intake of reports and the requests that read go by it: a site or account with
// a burst leaves most of the process to the others while these send (G6).
//
// It must not know what is brought, or what waits.
package bursts

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// How long something counts. A burst is had again with each request or signal that finds many
// others of its key.
const (
	burstFor  = 2 * time.Second // a key has a burst until it has brought less for so long
	othersFor = time.Second     // a site sends until it has brought nothing for so long
	mostRest  = 100 * time.Millisecond
)

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

// IsBurst reports whether so many requests or signals of a key at once are a burst: at least least,
// and not fewer than all keys that have some have on average. While everything takes long, each key has many.
func IsBurst(many, least, keys, all int) bool { return many >= least && many*keys >= all }

// Has notes that a key has a burst.
func (b *Bursts) Has(key string) {
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

// Sends notes that a site sends. It does not count while the site has a burst, so that two
// sites with bursts do not wait for each other.
func (b *Bursts) Sends(site string) {
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

// Rest returns for how long a place rests after what it was used for. That is so many times as
// long as this took, and mostRest at most.
func Rest(took time.Duration, times int) time.Duration {
	return min(took*time.Duration(times), mostRest)
}
