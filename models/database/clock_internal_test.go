package database

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

func TestClockKeepsAnOffsetThatMayBeRight(t *testing.T) {
	t.Parallel()
	machine := clockwork.NewFakeClock()
	clock := Following(machine)
	require.Same(t, clock, Following(clock))
	require.True(t, clock.isDue(), "it was never read")
	at := machine.Now()
	clock.observe(at, at.Add(2*time.Second), at.Add(time.Second))
	require.Zero(t, clock.Offset(), "the answer took two seconds")
	require.False(t, clock.isDue())

	clock.observe(at, at.Add(2*time.Second), at.Add(61*time.Second))
	require.Equal(t, time.Minute, clock.Offset())
	require.Equal(t, at.Add(time.Minute), clock.Now())
	require.Equal(t, time.Minute, clock.Since(at))
	require.Equal(t, -time.Minute, clock.Until(at))
	clock.observe(at, at.Add(50*time.Millisecond), at.Add(60*time.Second+20*time.Millisecond))
	require.Equal(t, time.Minute, clock.Offset())

	machine.Advance(measureEvery + time.Second)
	require.True(t, clock.isDue())
	require.False(t, (*Clock)(nil).isDue())
}
