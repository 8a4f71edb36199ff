// Package grouping has concurrent calls share work, such as the transaction that stores what
// each of them brought. A call that comes while nothing runs is run at once, by itself. Those
// that come meanwhile are the next group, so no call waits for company. Work in the background
// rests while calls wait for each other.
//
// It must not know what the calls and the work do.
package grouping

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// patience is how long a group keeps the next one from beginning. One that takes longer,
// because it waits for a lock or a server that hangs, goes on beside the others.
const patience = 250 * time.Millisecond

// aloneAtOnce is how many calls of one key are run by themselves at the same time after their
// groups have failed. A key whose calls always fail, or wait for a lock, leaves connections
// to others.
const aloneAtOnce = 4

// Options are what a queue needs. All but Contention and Subject are required.
type Options[In, Out any] struct {
	Most   int // calls in a group
	AtOnce int // groups that run at the same time
	Clock  clockwork.Clock
	// Contention is where the queue notes when calls wait for each other.
	Contention *Contention
	// Subject returns what a call changes, empty if that is not known. Groups with the same
	// subject do not run at the same time: one would wait for the other, and might fail.
	Subject func(call In) string
	// Together does what several calls ask for, and returns a result for each, in their order.
	// After an error, or a panic, nothing of it may remain. It need not know for which call
	// it failed. If it does, the error is an *ApartError.
	Together func(ctx context.Context, calls []In) ([]Out, error)
	// Alone does what one call asks for.
	Alone func(ctx context.Context, call In) (Out, error)
}

// ApartError is the error of a group that failed because of some of its calls. These are run by
// themselves, and the others together again.
type ApartError struct {
	Places []int // of the calls in the group
	Err    error
}

// Error returns the text of the error that it failed with.
func (e *ApartError) Error() string { return e.Err.Error() }

// Unwrap returns the error that it failed with.
func (e *ApartError) Unwrap() error { return e.Err }

// Queue holds calls until they are run. It is safe for concurrent use.
type Queue[In, Out any] struct {
	Options[In, Out]

	mu      sync.Mutex
	running int
	waiting map[string][]*call[In, Out] // by key
	turns   []string                    // the keys with calls that wait, in the order of their turns
	busy    map[string]bool             // the subjects of the groups that run
	alone   map[string]*places          // by key
}

// places are those of the calls of a key that are run by themselves.
type places struct {
	taken chan struct{}
	users int // calls that have a place or wait for one
}

// New returns a queue.
func New[In, Out any](o Options[In, Out]) *Queue[In, Out] {
	return &Queue[In, Out]{Options: o, waiting: map[string][]*call[In, Out]{}, busy: map[string]bool{}, alone: map[string]*places{}}
}

// call is one call of Do.
type call[In, Out any] struct {
	ctx     context.Context
	key     string
	subject string
	in      In
	group   *group // nil while it waits
	done    chan outcome[Out]
}

// group is calls that are run together.
type group struct {
	ctx      context.Context
	end      context.CancelFunc
	present  int             // of the callers, how many have not gone
	subjects map[string]bool // of its calls
}

type outcome[Out any] struct {
	out    Out
	err    error
	failed bool // the group failed, or panicked, whichever call was the reason
}

// Do runs a call, together with others if there are any, and returns its own result. The
// keys of calls that wait take turns, so that one key with many calls delays no other (G6).
// If a group fails or panics, each of its calls is run by itself, unless it is known which of them
// were the reason, and returns or panics as it does then. A
// call whose context ends returns the error of the context. If it had not begun, it is not
// run.
func (q *Queue[In, Out]) Do(ctx context.Context, key string, in In) (Out, error) {
	c := &call[In, Out]{ctx: ctx, key: key, in: in, done: make(chan outcome[Out], 1)}
	if q.Subject != nil {
		c.subject = q.Subject(in)
	}
	q.add(c)
	select {
	case result := <-c.done:
		if result.failed {
			return q.byItself(ctx, key, in)
		}
		return result.out, result.err
	case <-ctx.Done():
		q.leave(c)
		var none Out
		return none, ctx.Err() //nolint:wrapcheck // the caller knows what it has waited for
	}
}

// byItself runs a call of a group that failed.
func (q *Queue[In, Out]) byItself(ctx context.Context, key string, in In) (none Out, err error) {
	q.mu.Lock()
	p := q.alone[key]
	if p == nil {
		p = &places{taken: make(chan struct{}, aloneAtOnce)}
		q.alone[key] = p
	}
	p.users++
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if p.users--; p.users == 0 {
			delete(q.alone, key)
		}
	}()
	select {
	case p.taken <- struct{}{}:
		defer func() { <-p.taken }()
		return q.Alone(ctx, in)
	case <-ctx.Done():
		return none, ctx.Err() //nolint:wrapcheck // the caller knows what it has waited for
	}
}

// add adds a call to those that wait, and begins a group if fewer than may be are running.
//
//racetests:contained
func (q *Queue[In, Out]) add(c *call[In, Out]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting[c.key]) == 0 {
		q.turns = append(q.turns, c.key)
	}
	q.waiting[c.key] = append(q.waiting[c.key], c)
	if q.running < q.AtOnce {
		q.running++
		go q.run()
	}
}

// leave removes a call that waits. If it runs already, its group goes on for the others.
func (q *Queue[In, Out]) leave(c *call[In, Out]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if c.group != nil {
		if c.group.present--; c.group.present == 0 {
			c.group.end()
		}
		return
	}
	i := slices.Index(q.waiting[c.key], c)
	q.waiting[c.key] = slices.Delete(q.waiting[c.key], i, i+1)
	if len(q.waiting[c.key]) == 0 {
		delete(q.waiting, c.key)
		q.turns = slices.DeleteFunc(q.turns, func(key string) bool { return key == c.key })
	}
}

// run runs groups until no call waits.
//
//racetests:contained
func (q *Queue[In, Out]) run() {
	for {
		calls := q.next()
		if len(calls) == 0 {
			return
		}
		slow, ended := q.Clock.NewTimer(patience), make(chan struct{})
		go func() {
			defer close(ended)
			q.runGroup(calls, slow.Stop)
		}()
		select {
		case <-ended:
		case <-slow.Chan():
		}
	}
}

// next takes the calls of the next group, by turns of their keys.
func (q *Queue[In, Out]) next() (calls []*call[In, Out]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	together := &group{subjects: map[string]bool{}}
	for skipped := 0; skipped < len(q.turns) && len(calls) < q.Most; {
		if c := q.take(together); c != nil {
			calls, skipped = append(calls, c), 0
		} else {
			skipped++
		}
	}
	if len(calls) == 0 {
		q.running--
		return nil
	}
	if len(calls) > 1 && q.Contention != nil {
		q.Contention.note()
	}
	together.present = len(calls)
	together.ctx, together.end = context.WithCancel(context.WithoutCancel(calls[0].ctx))
	return calls
}

// runGroup runs calls, stops the timer of their group and sends each its outcome. Their context
// ends when all of their callers have gone.
func (q *Queue[In, Out]) runGroup(calls []*call[In, Out], stopTimer func() bool) {
	ctx := calls[0].group.ctx
	defer calls[0].group.end()
	outcomes := make([]outcome[Out], len(calls))
	for i := range outcomes {
		outcomes[i].failed = true // until it is known that the group did not
	}
	defer func() {
		_ = recover() // the call that panicked does so again by itself, in the goroutine of its caller
		stopTimer()
		q.release(calls[0].group)
		for i, c := range calls {
			c.done <- outcomes[i]
		}
	}()
	if len(calls) == 1 {
		out, err := q.Alone(ctx, calls[0].in)
		outcomes[0] = outcome[Out]{out: out, err: err}
		return
	}
	q.runTogether(ctx, calls, outcomes)
}

// runTogether sets the outcomes of those calls that can be run together.
func (q *Queue[In, Out]) runTogether(ctx context.Context, calls []*call[In, Out], outcomes []outcome[Out]) {
	places := make([]int, len(calls))
	for i := range places {
		places[i] = i
	}
	for len(places) > 1 {
		in := make([]In, len(places))
		for i, place := range places {
			in[i] = calls[place].in
		}
		results, err := q.Together(ctx, in)
		if err == nil {
			for i, place := range places {
				outcomes[place] = outcome[Out]{out: results[i]}
			}
			return
		}
		var apart *ApartError
		if !errors.As(err, &apart) || len(apart.Places) == 0 {
			return
		}
		var others []int
		for i, place := range places {
			if !slices.Contains(apart.Places, i) {
				others = append(others, place)
			}
		}
		places = others
	}
}
