package turns

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// line holds how many requests of a key have a place, and those that wait for one, in the
// order in which they came.
type line struct {
	places  func() int   // how many the key has now
	present atomic.Int64 // requests that have a place or wait; a place that rests is nobody's

	mu      sync.Mutex
	taken   int             // also by places that rest
	waiting []chan struct{} // each is closed when its request has a place
}

// now takes a place, and reports whether one was free that nobody waits for.
func (l *line) now() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	free := len(l.waiting) == 0 && l.taken < l.places()
	if free {
		l.taken++
	}
	return free
}

// wait waits for a place. If enough has a value before one is free, the request gets a place beyond
// those of the key. The error is that of ctx.
func (l *line) wait(ctx context.Context, enough <-chan time.Time) error {
	free := make(chan struct{})
	l.mu.Lock()
	l.waiting = append(l.waiting, free)
	l.advance()
	l.mu.Unlock()
	select {
	case <-free:
		return nil
	case <-enough:
		if l.leave(free) {
			l.free(-1)
		}
		return nil
	case <-ctx.Done():
		if !l.leave(free) {
			l.free(1)
		}
		return ctx.Err() //nolint:wrapcheck // the caller knows what it has waited for
	}
}

// leave removes a request from those that wait. It reports false if it has a place already.
func (l *line) leave(waiting chan struct{}) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, waiting)
	if i < 0 {
		return false
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	return true
}

// free frees so many places for those that wait.
func (l *line) free(places int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken -= places
	l.advance()
}

// advance assigns the places that are free to those that wait, in the order in which they came.
func (l *line) advance() {
	for len(l.waiting) > 0 && l.taken < l.places() {
		l.taken++
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
	}
}

// isWaitedFor reports whether requests wait for a place.
func (l *line) isWaitedFor() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting) > 0
}
