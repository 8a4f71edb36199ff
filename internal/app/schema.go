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

// How often a schema that is not current is looked at again, and how long one
// look may take.
const (
	schemaAgain   = 2 * time.Second
	schemaTimeout = 5 * time.Second
)

// schemaStore is what the gate asks of the database.
type schemaStore interface {
	Ping(ctx context.Context) error
	CheckSchema(ctx context.Context) error
}

// schemaGate holds work back until the database has the schema this program was
// built for. It opens once and stays open: a database that goes away later is
// answered for by each request and each part.
type schemaGate struct {
	store schemaStore
	clock clockwork.Clock
	log   *slog.Logger
	open  chan struct{} // closed when the schema is current

	mu      sync.Mutex
	problem string // as logged last
}

func newSchemaGate(store schemaStore, clock clockwork.Clock, log *slog.Logger) *schemaGate {
	return &schemaGate{store: store, clock: clock, log: log, open: make(chan struct{})}
}

// check looks once. A database that answers with another schema is an error:
// the process must not start. One that does not answer is not: it may come.
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

// watch looks until the schema is current or ctx is done.
func (g *schemaGate) watch(ctx context.Context) {
	for !g.isOpen() {
		select {
		case <-ctx.Done():
			return
		case <-g.clock.After(schemaAgain):
			if err := g.check(ctx); err != nil {
				g.closed(err.Error())
			}
		}
	}
}

// wait blocks until the gate is open or ctx is done, whose error it gives.
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

// closed logs why the gate is closed, when it is news.
func (g *schemaGate) closed(problem string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if problem != g.problem {
		g.log.Warn("work is held back until the database is there with the current schema", "reason", problem)
	}
	g.problem = problem
}

// guard answers 503 while the gate is closed, so that nothing is accepted that
// could not be kept (guarantee 1). The health pages pass.
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
