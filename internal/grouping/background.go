package grouping

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
)

// contendedFor is how long after a group of several calls others are expected to come.
const contendedFor = 100 * time.Millisecond

// Contention is whether calls have had to wait for each other lately, in the queues that note
// it here. It is safe for concurrent use.
type Contention struct {
	clock clockwork.Clock
	last  atomic.Int64 // when the last group of several calls began, in nanoseconds since 1970
}

// NewContention returns a Contention for queues in which no call has waited yet.
func NewContention(clock clockwork.Clock) *Contention { return &Contention{clock: clock} }

// IsRecent reports whether calls have had to wait for each other lately.
func (c *Contention) IsRecent() bool {
	return c.clock.Since(time.Unix(0, c.last.Load())) < contendedFor
}

// note notes that a group of several calls begins.
func (c *Contention) note() { c.last.Store(c.clock.Now().UnixNano()) }

// A Background rests restTimes as long as a piece took, and longestRest at most. When it has done
// so for fullRestsFor, it rests as long as a piece took.
const (
	restTimes    = 9
	longestRest  = time.Second
	fullRestsFor = time.Minute
	askEvery     = contendedFor / 10 // while it rests, whether calls still wait for each other
)

// Background is work that can be done later, in pieces. While calls wait for each other it
// rests after each piece, so that it takes a tenth of a processor from them. After a minute it
// takes up to half of one, so that it is never late for ever. It is safe for concurrent use.
type Background struct {
	calls *Contention
	since atomic.Int64 // when it began to rest, in nanoseconds since 1970; zero if it does not
}

// NewBackground returns work that rests while these calls wait for each other.
func NewBackground(calls *Contention) *Background { return &Background{calls: calls} }

// Piece does a piece of the work, and rests after it as long as calls wait for each other. It
// does not rest once its context is done.
func (b *Background) Piece(ctx context.Context, do func() error) error {
	began := b.calls.clock.Now()
	err := do()
	b.rest(ctx, began)
	return err
}

// rest rests after a piece that began at a time.
func (b *Background) rest(ctx context.Context, began time.Time) {
	clock := b.calls.clock
	if !b.calls.IsRecent() {
		b.since.Store(0)
		return
	}
	now := clock.Now()
	b.since.CompareAndSwap(0, now.UnixNano())
	rest := now.Sub(began)
	if now.Sub(time.Unix(0, b.since.Load())) < fullRestsFor {
		rest = min(restTimes*rest, longestRest)
	}
	for end := now.Add(rest); b.calls.IsRecent() && clock.Now().Before(end); {
		select {
		case <-clock.After(askEvery):
		case <-ctx.Done():
			return
		}
	}
}
