package grouping

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
)

// crowdedFor is how long after a group of several calls others are expected to come.
const crowdedFor = 100 * time.Millisecond

// Crowd is whether calls have had to wait for each other lately, in the queues that report to
// it. It is safe for concurrent use.
type Crowd struct {
	clock clockwork.Clock
	last  atomic.Int64 // when the last group of several calls began, in nanoseconds since 1970
}

// NewCrowd returns a Crowd that is not crowded.
func NewCrowd(clock clockwork.Clock) *Crowd { return &Crowd{clock: clock} }

// Crowded reports whether calls have had to wait for each other lately.
func (c *Crowd) Crowded() bool { return c.clock.Since(time.Unix(0, c.last.Load())) < crowdedFor }

// came notes that a group of several calls begins.
func (c *Crowd) came() { c.last.Store(c.clock.Now().UnixNano()) }

// How much a Background rests.
const (
	restMost    = 9               // times as long as a piece took, at first
	restLongest = time.Second     // after one piece
	giveWayFor  = time.Minute     // after that, as long as a piece took
	look        = crowdedFor / 10 // between two looks whether calls still wait for each other
)

// Background is work that can be done later, in pieces. While calls wait for each other it
// rests after each piece, so that it takes a tenth of a processor from them. After a minute it
// takes up to half of one, so that it is never late for ever. It is safe for concurrent use.
type Background struct {
	crowd *Crowd
	since atomic.Int64 // when it began to give way, in nanoseconds since 1970; zero if it does not
}

// NewBackground returns work that yields to the calls of a Crowd.
func NewBackground(crowd *Crowd) *Background { return &Background{crowd: crowd} }

// Piece does a piece of the work, and rests after it for as long as there are calls to give way
// to. It does not rest once its context is done.
func (b *Background) Piece(ctx context.Context, do func() error) error {
	began := b.crowd.clock.Now()
	err := do()
	b.rest(ctx, began)
	return err
}

// rest waits after a piece that began at a time.
func (b *Background) rest(ctx context.Context, began time.Time) {
	clock := b.crowd.clock
	if !b.crowd.Crowded() {
		b.since.Store(0)
		return
	}
	now := clock.Now()
	b.since.CompareAndSwap(0, now.UnixNano())
	rest := now.Sub(began)
	if now.Sub(time.Unix(0, b.since.Load())) < giveWayFor {
		rest = min(restMost*rest, restLongest)
	}
	for end := now.Add(rest); b.crowd.Crowded() && clock.Now().Before(end); {
		select {
		case <-clock.After(look):
		case <-ctx.Done():
			return
		}
	}
}
