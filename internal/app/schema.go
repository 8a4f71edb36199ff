package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
)

// How often a schema that is not current is checked again, and how long one check
// may take.
const (
	schemaInterval = 2 * time.Second
	schemaTimeout  = 5 * time.Second
)

// schemaStore is what the gate needs of the database.
type schemaStore interface {
	Ping(ctx context.Context) error
	CheckSchema(ctx context.Context) error
}

// schemaGate delays work until the database has the schema that this program was
// built for. It opens once and stays open: if the database goes away later, each
// request and each component handles that.
type schemaGate struct {
	store schemaStore
	clock clockwork.Clock
	log   *slog.Logger
	open  chan struct{} // closed when the schema is current

	mu      sync.Mutex
	problem string // the one that was logged last
}

func newSchemaGate(store schemaStore, clock clockwork.Clock, log *slog.Logger) *schemaGate {
	return &schemaGate{store: store, clock: clock, log: log, open: make(chan struct{})}
}

// check checks once. A database with another schema is an error, and the process
// must not start. A database that does not answer is not, because it may come back.
func (g *schemaGate) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, schemaTimeout)
	defer cancel()
	if err := g.store.Ping(ctx); err != nil {
		g.closed("the database does not answer: " + err.Error())
		return nil
	}
	if err := g.store.CheckSchema(ctx); err != nil {
		return err
	}
	close(g.open)
	return nil
}

// watch checks until the schema is current or ctx is done.
func (g *schemaGate) watch(ctx context.Context) {
	for !g.isOpen() {
		select {
		case <-ctx.Done():
			return
		case <-g.clock.After(schemaInterval):
			if err := g.check(ctx); err != nil {
				g.closed(err.Error())
			}
		}
	}
}

// wait blocks until the gate is open. It returns the error of ctx if that is done first.
func (g *schemaGate) wait(ctx context.Context) error {
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *schemaGate) isOpen() bool {
	select {
	case <-g.open:
		return true
	default:
		return false
	}
}

// closed logs why the gate is closed, if the reason is new.
func (g *schemaGate) closed(problem string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if problem != g.problem {
		g.log.Warn("work is held back until the database is there with the current schema", "reason", problem)
	}
	g.problem = problem
}

// guard answers 503 while the gate is closed, so that nothing is accepted that
// could not be stored (G1). The health endpoints are always served.
func (g *schemaGate) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.isOpen() || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"title": http.StatusText(http.StatusServiceUnavailable), "status": http.StatusServiceUnavailable,
			"detail": "the database is not ready; try again", "code": fault.Unavailable,
		})
	})
}
