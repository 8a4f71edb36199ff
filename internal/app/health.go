package app

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// How long one look at a dependency may take, and how long its answer is good
// for: health is asked by machines, often, and by anybody.
const (
	healthTimeout = 2 * time.Second
	healthFresh   = time.Second
)

// Report is how the service is. Each line is "ok", or says what is wrong.
type Report struct {
	Status     string            `json:"status"` // ready or not ready
	Database   string            `json:"database"`
	Migrations string            `json:"migrations"`
	Temporal   string            `json:"temporal"`
	Parts      map[string]string `json:"parts,omitempty"` // relay, worker and pruner, as far as this process runs them
}

// The two values of Report.Status.
const (
	StatusReady    = "ready"
	StatusNotReady = "not ready"
)

// Ready reports whether the process does what it is for.
func (r Report) Ready() bool { return r.Status == StatusReady }

// health looks at what the service depends on.
//
// A process with web is ready when the database is: what it accepts is stored,
// and the outbox brings it to Temporal whenever that answers again (guarantee 1).
// A process of workers alone can do nothing without Temporal.
type health struct {
	database schemaStore
	temporal func(context.Context) error
	parts    func() map[string]string
	clock    clockwork.Clock

	mu       sync.Mutex
	needs    Parts
	stopping bool
	last     Report
	lookedAt time.Time
}

func (h *health) serves(parts Parts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.needs = parts
}

// stop makes every later report not ready, so that balancers send no more.
func (h *health) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopping = true
	h.lookedAt = time.Time{}
}

func (h *health) report(ctx context.Context) Report {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lookedAt.IsZero() || h.clock.Since(h.lookedAt) >= healthFresh {
		h.last, h.lookedAt = h.look(ctx), h.clock.Now()
	}
	return h.last
}

func (h *health) look(ctx context.Context) Report {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTimeout)
	defer cancel()
	temporal := make(chan string, 1)
	go func() { temporal <- line(h.temporal(ctx)) }()

	r := Report{Status: StatusNotReady, Database: line(h.database.Ping(ctx)), Migrations: "unknown", Parts: h.parts()}
	if r.Database == stateUp {
		r.Migrations = line(h.database.CheckSchema(ctx))
	}
	r.Temporal = <-temporal
	if h.ready(r) {
		r.Status = StatusReady
	}
	return r
}

func (h *health) ready(r Report) bool {
	if h.stopping || r.Database != stateUp || r.Migrations != stateUp {
		return false
	}
	return h.needs.Web || r.Temporal == stateUp && r.Parts[workerPart] == stateUp
}

func line(err error) string {
	if err == nil {
		return stateUp
	}
	return "down: " + err.Error()
}
