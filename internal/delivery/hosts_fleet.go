package delivery

import (
	"context"
	"maps"
	"time"
)

// OpenHost is a host to which another worker sends nothing, because it does not answer.
type OpenHost struct {
	Host     string
	WorkerID string
	Openings int // in a row, at least one
}

// probedWithin is how long the others wait for the probe of the worker that has found a
// host not to answer. It is longer than most sends may take. After that they probe by
// themselves.
const probedWithin = 30 * time.Second

// opened returns the openings of hosts that this worker probes.
func (h *Hosts) opened() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	opened := map[string]int{}
	for name, known := range h.hosts {
		if known.isProbed() {
			opened[name] = known.openings
		}
	}
	return opened
}

// isProbed reports whether the host does not answer and this worker probes it. It is false
// for nil, a host of which nothing is known.
func (h *host) isProbed() bool { return h != nil && h.openings > 0 && !h.followed }

// follow takes over what other workers have found of hosts. If several have found the
// same, the one with the least id probes. A host that nobody names any more has answered.
func (h *Hosts) follow(workerID string, open []OpenHost) {
	h.mu.Lock()
	defer h.mu.Unlock()
	others, first := map[string]int{}, map[string]string{}
	for _, o := range open {
		others[o.Host] = max(others[o.Host], o.Openings)
		if id, known := first[o.Host]; !known || o.WorkerID < id {
			first[o.Host] = o.WorkerID
		}
	}
	for name, openings := range others {
		precedes := first[name] < workerID
		if openings != h.others[name] || precedes && h.hosts[name].isProbed() {
			h.followOne(name, openings, precedes)
		}
	}
	for name := range h.others {
		if known, ok := h.hosts[name]; ok && known.followed && others[name] == 0 {
			delete(h.hosts, name)
		}
	}
	h.others = others
}

// followOne opens the breaker of a host that another worker has opened. If precedes is
// false, this worker goes on probing what it has found itself.
func (h *Hosts) followOne(name string, openings int, precedes bool) {
	known := h.of(name)
	if known.isProbed() && !precedes {
		return
	}
	known.openings, known.followed = max(known.openings, openings), true
	until := h.clock.Now().Add(hostPauses.Delay(openings) + probedWithin)
	if until.After(known.openUntil) {
		known.openUntil = until
	}
}

// shareHosts takes over what other workers have found of hosts at a beat, and stores what
// this one has found, if it has changed.
func (f *Fleet) shareHosts(ctx context.Context, id string, open []OpenHost) error {
	f.hosts.follow(id, open)
	opened := f.hosts.opened()
	if f.storedBy != id {
		f.storedBy, f.stored = id, nil
	}
	if maps.Equal(opened, f.stored) {
		return nil
	}
	if err := f.store.SetOpenHosts(ctx, id, opened); err != nil {
		return err
	}
	f.stored = opened
	return nil
}
