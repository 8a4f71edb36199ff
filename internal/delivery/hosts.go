package delivery

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/backoff"
)

// SitesToOpen is how many sites must have failed at a host before the deliveries of
// all others to it wait as well.
const SitesToOpen = 3

// hostPauses is how long nothing goes to a host that does not answer, before the next
// probe. They are shorter than those of an integration: it may be well for others.
var hostPauses = backoff.Doubling{First: 10 * time.Second, Max: time.Minute}

// Hosts are the breakers of destinations' hosts. Many integrations of many sites send to
// one host, and when it hangs, each would have to find that out by timeouts of its own
// (G6). Only failures to get any answer count: an error that the host answers is about
// one integration. A Fleet shares them with other workers.
type Hosts struct {
	clock clockwork.Clock

	mu     sync.Mutex
	hosts  map[string]*host
	others map[string]int // openings at other workers, as of the last beat, by host
}

// host is one host that did not answer lately.
type host struct {
	failures   int             // in a row
	sites      map[string]bool // that had them
	openings   int             // in a row
	openUntil  time.Time       // zero if sends go out
	probeUntil time.Time       // when the probe under way ends at the latest
	followed   bool            // another worker probes it
}

// NewHosts returns closed breakers. The clock is that of the process.
func NewHosts(clock clockwork.Clock) *Hosts {
	return &Hosts{clock: clock, hosts: map[string]*host{}}
}

// Wait returns how long a delivery to the host has to wait, zero if it may go now or
// could be the probe.
func (h *Hosts) Wait(name string) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	known, ok := h.hosts[name]
	if !ok || known.openUntil.IsZero() {
		return 0
	}
	now := h.clock.Now()
	if now.Before(known.probeUntil) {
		return max(known.probeUntil.Sub(now), known.openUntil.Sub(now))
	}
	return max(known.openUntil.Sub(now), 0)
}

// Begin begins a send that takes at most this long. It returns how long to wait if it
// may not go. When the pause of a host is over, one send is the probe for all.
func (h *Hosts) Begin(name string, timeout time.Duration) time.Duration {
	if wait := h.Wait(name); wait > 0 {
		return wait
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock.Now()
	known, ok := h.hosts[name]
	if !ok || known.openUntil.IsZero() {
		return 0
	}
	if now.Before(known.probeUntil) { // another was quicker
		return known.probeUntil.Sub(now)
	}
	known.probeUntil = now.Add(timeout)
	return 0
}

// End takes the outcome of a send. A host without a name has no breaker.
func (h *Hosts) End(name, siteID string, class Class) {
	if name == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch class {
	case ClassTimeout, ClassNetwork:
		h.fail(name, siteID)
	case ClassDelivered, ClassRefused, ClassRedirected, ClassThrottled, ClassUnavailable:
		delete(h.hosts, name)
	default: // nothing reached the host
		if known, ok := h.hosts[name]; ok {
			known.probeUntil = time.Time{}
		}
	}
}

// of returns what is known of a host, and begins to keep it.
func (h *Hosts) of(name string) *host {
	known, ok := h.hosts[name]
	if !ok {
		known = &host{sites: map[string]bool{}}
		h.hosts[name] = known
	}
	return known
}

func (h *Hosts) fail(name, siteID string) {
	known := h.of(name)
	now := h.clock.Now()
	if now.Before(known.openUntil) {
		return // it began before the breaker opened
	}
	known.failures++
	if len(known.sites) < SitesToOpen {
		known.sites[siteID] = true
	}
	if known.openings == 0 && (known.failures < FailuresToOpen || len(known.sites) < SitesToOpen) {
		return
	}
	known.openings++
	known.openUntil, known.probeUntil, known.followed = now.Add(hostPauses.Delay(known.openings)), time.Time{}, false
}
