package app

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/backoff"
)

// restarts is how long to wait before a failed component is started again. The
// count of failures begins anew when it is up.
var restarts = backoff.Doubling{First: time.Second, Max: 30 * time.Second}

// component is something that a process keeps running, such as the relay.
type component struct {
	name string
	// run does the component's work until ctx is done, and calls up when it begins.
	run func(ctx context.Context, up func()) error
}

// supervisor keeps components running and holds their states. A component that
// fails does not affect the others: intake continues while the workers cannot start.
type supervisor struct {
	clock clockwork.Clock
	log   *slog.Logger

	mu      sync.Mutex
	states  map[string]string
	firstUp map[string]chan struct{} // closed when the component is up for the first time
}

// stateUp is the state of a component that does its work.
const stateUp = "ok"

func newSupervisor(clock clockwork.Clock, log *slog.Logger) *supervisor {
	return &supervisor{clock: clock, log: log, states: map[string]string{}, firstUp: map[string]chan struct{}{}}
}

// running is a started component.
type running struct {
	name   string
	cancel context.CancelFunc
	done   chan struct{}
}

// start keeps a component running. Only stop ends it, not ctx, because the order in
// which components end matters.
func (s *supervisor) start(ctx context.Context, c component) *running {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &running{name: c.name, cancel: cancel, done: make(chan struct{})}
	s.mu.Lock()
	s.states[c.name], s.firstUp[c.name] = "starting", make(chan struct{})
	s.mu.Unlock()
	go func() {
		defer close(r.done)
		s.keep(ctx, c)
	}()
	return r
}

// stop ends a component and waits for it, but not longer than ctx.
func (r *running) stop(ctx context.Context) error {
	r.cancel()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait blocks until a started component has been up. It returns the error of ctx if
// that is done first.
func (s *supervisor) wait(ctx context.Context, name string) error {
	s.mu.Lock()
	up := s.firstUp[name]
	s.mu.Unlock()
	select {
	case <-up:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *supervisor) keep(ctx context.Context, c component) {
	failures := 0
	for {
		err := c.run(ctx, func() {
			failures = 0
			s.up(c.name)
		})
		if ctx.Err() != nil {
			s.set(c.name, "stopped")
			s.log.Info("a component has stopped", "component", c.name)
			return
		}
		s.set(c.name, "down: "+reason(err))
		failures++
		delay := restarts.Delay(failures)
		s.log.Error("a component failed and is started again", "component", c.name, "error", err, "again_in", delay)
		select {
		case <-ctx.Done():
		case <-s.clock.After(delay):
		}
	}
}

func (s *supervisor) up(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[name] = stateUp
	select {
	case <-s.firstUp[name]:
	default:
		close(s.firstUp[name])
	}
	s.log.Info("a component is up", "component", name)
}

func (s *supervisor) set(name, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[name] = state
}

// components returns the state of each component by name: starting, ok, stopped,
// or "down: " and the cause.
func (s *supervisor) components() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.states)
}

func reason(err error) string {
	if err == nil {
		return "it ended by itself"
	}
	return err.Error()
}
