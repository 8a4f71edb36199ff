package app

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// A part that fails is started again after these delays: doubled from the first
// to the last, and the first again once it was up.
const (
	firstRestart = time.Second
	lastRestart  = 30 * time.Second
)

// part is something that a process keeps running: the relay, the workers.
type part struct {
	name string
	// run does the part's work until ctx is done, and calls up when it begins to.
	run func(ctx context.Context, up func()) error
}

// supervisor keeps parts running and knows how each is. A part that fails takes
// no other with it: intake goes on while the workers cannot start.
type supervisor struct {
	clock clockwork.Clock
	log   *slog.Logger

	mu      sync.Mutex
	states  map[string]string
	firstUp map[string]chan struct{} // closed when the part was up for the first time
}

// stateUp is the state of a part that does its work.
const stateUp = "ok"

func newSupervisor(clock clockwork.Clock, log *slog.Logger) *supervisor {
	return &supervisor{clock: clock, log: log, states: map[string]string{}, firstUp: map[string]chan struct{}{}}
}

// running is a started part.
type running struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// start begins to keep a part running. It ends by stop alone, not with ctx: the
// order in which parts end matters.
func (s *supervisor) start(ctx context.Context, p part) *running {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &running{cancel: cancel, done: make(chan struct{})}
	s.mu.Lock()
	s.states[p.name], s.firstUp[p.name] = "starting", make(chan struct{})
	s.mu.Unlock()
	go func() {
		defer close(r.done)
		s.keep(ctx, p)
	}()
	return r
}

// stop ends a part and waits for it, but not longer than ctx.
func (r *running) stop(ctx context.Context) error {
	r.cancel()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait blocks until a started part was up once, or ctx is done, whose error it gives.
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

func (s *supervisor) keep(ctx context.Context, p part) {
	delay := firstRestart
	for {
		err := p.run(ctx, func() {
			delay = firstRestart
			s.up(p.name)
		})
		if ctx.Err() != nil {
			s.set(p.name, "stopped")
			s.log.Info("a part has stopped", "part", p.name)
			return
		}
		s.set(p.name, "down: "+reason(err))
		s.log.Error("a part failed and is started again", "part", p.name, "error", err, "again_in", delay)
		select {
		case <-ctx.Done():
		case <-s.clock.After(delay):
		}
		delay = min(2*delay, lastRestart)
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
	s.log.Info("a part is up", "part", name)
}

func (s *supervisor) set(name, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[name] = state
}

// parts returns the state of each part by name: starting, ok, stopped, or
// "down: " and why.
func (s *supervisor) parts() map[string]string {
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
