package relay_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/outbox"
)

// sentOf returns how many signals of a site were sent.
func (t *temporal) sentOf(site string) (sent int) {
	for _, c := range t.calls() {
		if strings.HasPrefix(c.id, "lead/"+site+"/") {
			sent++
		}
	}
	return sent
}

// undecided returns a relay whose leads are not decided until the test says so.
func undecided(t *testing.T) (b bench, decide func()) {
	t.Helper()
	var decided atomic.Bool
	o := newOutbox()
	o.decides = func(outbox.Signal) bool { return decided.Load() }
	b = run(t, o, &temporal{})
	synctest.Wait()
	return b, func() { decided.Store(true) }
}

func TestG6_ABurstDoesNotRunAheadOfWhatIsDecided(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, decide := undecided(t)
		for n := range 500 {
			b.Offer(leadOf("site_busy", n))
		}
		<-time.After(time.Second)
		require.Equal(t, 16, b.temporal.sentOf("site_busy"), "a site alone has as many in progress as all")
		require.Zero(t, b.metrics.dropped, "the others wait")
		decide()
		<-time.After(4 * time.Second)
		require.Equal(t, 500, b.temporal.sentOf("site_busy"))
		b.stop()
		require.Positive(t, b.metrics.held)
	})
}

func TestG6_ABurstLeavesMostToOthersThatSend(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, decide := undecided(t)
		for n := range 32 { // the next sweep, two seconds after the first, claims all at once
			b.outbox.add(leadOf("site_busy", n))
		}
		<-time.After(1900 * time.Millisecond)
		b.Offer(leadOf("site_quiet", 1000))
		<-time.After(200 * time.Millisecond)
		for n := range 468 {
			b.Offer(leadOf("site_busy", 32+n))
		}
		synctest.Wait()
		require.Equal(t, 1, b.temporal.sentOf("site_busy"))
		b.Offer(leadOf("site_quiet", 1001))
		synctest.Wait()
		require.Equal(t, 2, b.temporal.sentOf("site_quiet"), "it does not wait for what is in progress")

		decide()
		before := b.temporal.sentOf("site_busy")
		<-time.After(time.Second)
		after := b.temporal.sentOf("site_busy") - before
		require.Greater(t, after, 20)
		require.LessOrEqual(t, after, 120, "of a sixteenth of the window, with rests")
		<-time.After(8 * time.Second)
		require.Equal(t, 500, b.temporal.sentOf("site_busy"), "when the other has not sent for seconds, it has all places")
	})
}

// decidingSlowly returns a relay whose leads are decided after a time that grows with those
// that are sent and not decided, as if one processor worked on all at once.
func decidingSlowly(t *testing.T, each time.Duration) bench {
	t.Helper()
	o := newOutbox()
	var decided time.Time // when all that was sent is decided
	ends := map[int64]time.Time{}
	o.decides = func(s outbox.Signal) bool {
		now := time.Now()
		if ends[s.Seq].IsZero() {
			if decided.Before(now) {
				decided = now
			}
			decided = decided.Add(each)
			ends[s.Seq] = decided
		}
		return !ends[s.Seq].After(now)
	}
	return run(t, o, &temporal{})
}

func TestG6_SmallBurstsOfManySitesDelayNoSteadyOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := decidingSlowly(t, 20*time.Millisecond)
		synctest.Wait()
		for n := range 6 * 120 {
			b.Offer(leadOf(fmt.Sprintf("site_busy_%d", n%120), n))
		}
		for n := range 40 { // ten leads a second, which is a fifth of what can be decided
			b.Offer(leadOf("site_quiet", 1000+n))
			<-time.After(100 * time.Millisecond)
			require.GreaterOrEqual(t, b.temporal.sentOf("site_quiet"), n, "it waits for a place")
		}
		require.Less(t, len(b.temporal.calls()), 6*120, "the others still wait")
		b.stop()
	})
}

func TestG6_ASteadySiteCatchesUpAfterABurstWhileOthersSendRarely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := decidingSlowly(t, 20*time.Millisecond)
		for n := range 20 {
			b.Offer(leadOf("site_busy", n))
		}
		for n := range 800 { // 40 leads a second of the 50 that can be decided
			if n%160 == 0 {
				b.Offer(leadOf("site_quiet", 1000+n))
			}
			b.Offer(leadOf("site_busy", 20+n))
			<-time.After(25 * time.Millisecond)
		}
		require.Greater(t, b.temporal.sentOf("site_busy"), 750)
		b.stop()
	})
}

func TestG6_WhatNobodyDecidesIsNotInProgressForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, _ := undecided(t) // no worker runs
		for n := range 64 {
			b.Offer(leadOf("site_busy", n))
		}
		<-time.After(9 * time.Second)
		require.Equal(t, 64, b.temporal.sentOf("site_busy"))
	})
}

func TestG6_ResendsToADestinationThatHangsAreHeldBackBriefly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, _ := undecided(t) // none begins
		for n := range 32 {  // a sweep claims all at once
			resend := leadOf("site_busy", n)
			resend.Kind, resend.DeliveryID = "", fmt.Sprintf("dlv_%d", n)
			b.outbox.add(resend)
		}
		for n := range 6 {
			b.Offer(leadOf("site_quiet", 1000+n))
			<-time.After(500 * time.Millisecond)
		}
		sent := b.temporal.sentOf("site_busy")
		require.GreaterOrEqual(t, sent, 4, "a resend each 250 ms and what the next sweep takes")
		require.LessOrEqual(t, sent, 12)
	})
}

func TestG6_WhileTheDatabaseIsAwayAllCountsBriefly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, _ := undecided(t)
		b.outbox.fail(errDown)
		for n := range 64 {
			b.Offer(leadOf("site_busy", n))
		}
		<-time.After(time.Second)
		require.Equal(t, 64, b.temporal.sentOf("site_busy"))
	})
}

func TestG6_SignalsThatDoNotWaitCostNoQuestion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, _ := undecided(t)
		for n := range 200 { // 100 per second
			b.Offer(leadOf("site_1", n))
			<-time.After(10 * time.Millisecond)
		}
		b.stop()
		require.Len(t, b.temporal.calls(), 200)
		require.Zero(t, b.outbox.looks)
		require.Zero(t, b.metrics.held)
	})
}

func TestG6_WhatASweepHasNoPlaceForIsLeftToTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, decide := undecided(t)
		b.Offer(leadOf("site_quiet", 1000))
		synctest.Wait()
		for n := range 100 {
			b.outbox.add(leadOf("site_busy", n))
		}
		<-time.After(5500 * time.Millisecond) // between two sweeps: each waits for a second
		b.outbox.add(leadOf("site_quiet", 1001))
		<-time.After(3 * time.Second)
		require.Equal(t, 2, b.temporal.sentOf("site_quiet"))
		decide()
		<-time.After(10 * time.Second)
		require.Equal(t, 100, b.temporal.sentOf("site_busy"), "each once")
		b.stop()
		require.Zero(t, b.outbox.left())
	})
}

func TestG6_ASiteThatIsSlowBesideABurstHasNoBurst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := decidingSlowly(t, 20*time.Millisecond)
		for n := range 500 {
			b.Offer(leadOf("site_busy", n))
		}
		synctest.Wait()
		before := b.temporal.sentOf("site_busy")
		for n := range 40 { // it would have a burst alone
			b.Offer(leadOf("site_quiet", 1000+n))
		}
		for b.temporal.sentOf("site_quiet") < 40 {
			<-time.After(10 * time.Millisecond)
		}
		require.LessOrEqual(t, b.temporal.sentOf("site_busy")-before, 12)
		b.stop()
	})
}
