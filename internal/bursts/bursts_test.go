package bursts_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/bursts"
)

// TestG6_ABurstYieldsWhileOthersSend checks that a key has to leave room to others only while it
// has a burst and a site without one sends.
func TestG6_ABurstYieldsWhileOthersSend(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	b := bursts.New(clock)
	require.False(t, b.Yields("site_busy"))
	b.NoteSending("site_quiet")
	require.False(t, b.Yields("site_busy"), "it has no burst")
	b.NoteBurst("site_busy")
	b.NoteBurst("acc_busy")
	require.True(t, b.Yields("site_busy"))
	require.True(t, b.Yields("acc_busy"))
	require.False(t, b.Yields("site_quiet"))

	clock.Advance(time.Second)
	require.False(t, b.Yields("site_busy"), "nobody has sent for a second")
	b.NoteSending("site_quiet")
	require.True(t, b.Yields("site_busy"))
	clock.Advance(time.Second)
	b.NoteSending("site_quiet")
	require.False(t, b.Yields("site_busy"), "its burst has ended")
}

// TestG6_ASiteDoesNotYieldToItself checks that a site whose burst begins does not wait for what
// it has sent before, and that two sites with bursts do not wait for each other.
func TestG6_ASiteDoesNotYieldToItself(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	b := bursts.New(clock)
	b.NoteSending("site_busy")
	b.NoteSending("site_busy")
	b.NoteBurst("site_busy")
	require.False(t, b.Yields("site_busy"))
	require.False(t, b.Yields("site_other"))
	b.NoteBurst("site_other")
	require.True(t, b.Yields("site_other"), "what one of them has sent before its burst counts for a second")
	clock.Advance(time.Second)
	b.NoteSending("site_busy")
	b.NoteSending("site_other")
	require.False(t, b.Yields("site_busy"))
	require.False(t, b.Yields("site_other"))

	b.NoteSending("site_quiet")
	b.NoteSending("site_late")
	require.True(t, b.Yields("site_busy"))
	require.True(t, b.Yields("site_other"))
	b.NoteBurst("site_late")
	require.True(t, b.Yields("site_late"), "another one has sent too")
}

func TestG6_ManyAreABurstIfOthersHaveNoMore(t *testing.T) {
	t.Parallel()
	require.False(t, bursts.IsBurst(3, 4, 1, 3))
	require.True(t, bursts.IsBurst(4, 4, 1, 4), "nobody else has any")
	require.True(t, bursts.IsBurst(8, 4, 2, 14))
	require.False(t, bursts.IsBurst(6, 4, 2, 14), "the other has eight")
	require.True(t, bursts.IsBurst(8, 4, 3, 17), "two that have eight each, and one that has one")
}

func TestAPlaceRestsForSoManyTimesAsLongAsItWasUsed(t *testing.T) {
	t.Parallel()
	require.Equal(t, 20*time.Millisecond, bursts.Rest(20*time.Millisecond, 1))
	require.Equal(t, 60*time.Millisecond, bursts.Rest(20*time.Millisecond, 3))
	require.Equal(t, 100*time.Millisecond, bursts.Rest(time.Minute, 1))
	require.Zero(t, bursts.Rest(time.Minute, 0))
}
