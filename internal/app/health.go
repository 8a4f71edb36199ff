package app

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/explanation"
	"ringback/models/database"
)

// How long checking a dependency may take, and how long a report is reused:
// machines ask often, and anybody may ask.
const (
	healthTimeout = 2 * time.Second
	healthFresh   = time.Second
)

// Report is the health of the service. Each value is "ok" or names the problem.
type Report struct {
	Status     string            `json:"status"` // ready or not ready
	Database   string            `json:"database"`
	Migrations string            `json:"migrations"`
	Temporal   string            `json:"temporal"`
	Components map[string]string `json:"components,omitempty"` // relay, worker, pruner, counter and journeys, if this process runs them
}

// The two values of Report.Status.
const (
	StatusReady    = "ready"
	StatusNotReady = "not ready"
)

// Ready reports whether the process can do its work.
func (r Report) Ready() bool { return r.Status == StatusReady }

// health checks what the service depends on.
//
// A process with web is ready if the database is, because what it accepts is stored
// and reaches Temporal later through the outbox (G1). A process of workers alone
// can do nothing without Temporal.
type health struct {
	database   schemaStore
	temporal   func(context.Context) error
	components func() map[string]string
	begun      func() bool // whether the schema was once that of this program
	clock      clockwork.Clock

	mu        sync.Mutex
	needs     Parts
	stopping  bool
	last      Report
	checkedAt time.Time
}

func (h *health) serves(parts Parts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.needs = parts
}

// stop makes every later report not ready, so that load balancers send no more requests.
func (h *health) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopping = true
	h.checkedAt = time.Time{}
}

func (h *health) report(ctx context.Context) Report {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.checkedAt.IsZero() || h.clock.Since(h.checkedAt) >= healthFresh {
		h.last, h.checkedAt = h.check(ctx), h.clock.Now()
	}
	return h.last
}

func (h *health) check(ctx context.Context) Report {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.needs.own(ctx)), healthTimeout)
	defer cancel()
	temporal := make(chan string, 1)
	go func() { temporal <- line(h.temporal(ctx)) }()

	r := Report{Status: StatusNotReady, Database: line(h.database.Ping(ctx)), Migrations: "unknown", Components: h.components()}
	if r.Database == stateUp {
		r.Migrations = line(h.schema(ctx))
	}
	r.Temporal = <-temporal
	if h.ready(r) {
		r.Status = StatusReady
	}
	return r
}

// schema checks the schema. A process that has begun on its own schema goes on when another
// version migrates the database: a migration leaves what the version before it uses.
// Otherwise no web would be ready until the new one is.
func (h *health) schema(ctx context.Context) error {
	err := h.database.CheckSchema(ctx)
	if database.IsNewerSchema(err) && h.begun() {
		return nil
	}
	return err
}

func (h *health) ready(r Report) bool {
	if h.stopping || r.Database != stateUp || r.Migrations != stateUp {
		return false
	}
	return h.needs.Web || r.Temporal == stateUp && r.Components[workerName] == stateUp
}

func line(err error) string {
	if err == nil {
		return stateUp
	}
	return "down: " + explanation.Error(err)
}
