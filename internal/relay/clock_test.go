package relay_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

// settable is a clock that differs from that of the machine, as the clock of the database
// does, and is set.
type settable struct {
	clockwork.Clock
	ahead atomic.Int64
}

func (c *settable) offset() time.Duration           { return time.Duration(c.ahead.Load()) }
func (c *settable) Now() time.Time                  { return c.Clock.Now().Add(c.offset()) }
func (c *settable) Since(t time.Time) time.Duration { return c.Now().Sub(t) }
func (c *settable) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// Each minute a process sets its clock by that of the database. An answer that comes meanwhile
// seems to have taken less than no time, and beside that one all others would be slow for as
// long as the fastest one counts.
func TestG6_AClockThatIsSetMakesNothingSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := &settable{Clock: clockwork.NewRealClock()} // fake in a bubble
		b := runBy(t, clock, newOutbox(), &temporal{delay: 10 * time.Millisecond})
		offer := func(from, count int) {
			for n := range count {
				b.Offer(leadOf("site_busy", from+n))
			}
		}
		offer(0, 8)
		<-time.After(5 * time.Millisecond)
		clock.ahead.Store(int64(-25 * time.Millisecond))
		<-time.After(time.Second)
		for n := range 10 {
			offer(1000*(n+1), 1000)
			<-time.After(3 * time.Second)
		}
		b.stop()
		require.Equal(t, 32, b.metrics.windows["sending"])
	})
}
