package app

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/models"
)

// How often a process asks which background work is due: more often while there is some,
// so that a call is in the reports a second or two after it.
const (
	askIdle = 2 * time.Second
	askBusy = time.Second
)

// checkAgain is how long a component that found nothing to do waits at most. The end of a
// day, whose figures are then added up, depends on time zones and wakes nobody.
const checkAgain = 5 * time.Minute

// lookout asks which background work is due, by one statement for all components of a
// process, and wakes those that have some.
type lookout struct {
	ask   func(ctx context.Context) (models.Due, error)
	clock clockwork.Clock

	mu      sync.Mutex
	waiting []waiter
}

// waiter is a component that waits for work.
type waiter struct {
	has   func(models.Due) bool
	woken chan struct{}
}

// idle returns a function that waits until a component may have work, or its context is
// done. Call idle once for each component.
func (l *lookout) idle(has func(models.Due) bool) func(ctx context.Context) {
	w := waiter{has: has, woken: make(chan struct{}, 1)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, w)
	return func(ctx context.Context) {
		select {
		case <-w.woken:
		case <-l.clock.After(checkAgain):
		case <-ctx.Done():
		}
	}
}

// run asks until ctx is done.
func (l *lookout) run(ctx context.Context) {
	pause := askIdle
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.clock.After(pause):
		}
		pause = askIdle
		if l.look(ctx) {
			pause = askBusy
		}
	}
}

// look wakes the components that have work, and reports whether there are any. If it
// cannot ask, it wakes all: each of them reports what prevents its own work.
func (l *lookout) look(ctx context.Context) (busy bool) {
	due, err := l.ask(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.waiting {
		if err == nil && !w.has(due) {
			continue
		}
		busy = err == nil
		select {
		case w.woken <- struct{}{}:
		default: // it is about to look anyway
		}
	}
	return busy
}
