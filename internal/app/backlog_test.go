package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
)

// slowCount counts so many open conversions, and takes some time for it.
type slowCount struct {
	clock *clockwork.FakeClock
	takes time.Duration
	reads int64
	err   error
}

func (s *slowCount) OpenConversions(context.Context) (map[models.ConversionState]int64, error) {
	s.reads++
	s.clock.Advance(s.takes)
	return map[models.ConversionState]int64{models.StateWaiting: s.reads}, s.err
}

func TestOpenConversionsAreCountedAsRarelyAsItIsSlow(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	store := &slowCount{clock: clock, takes: 30 * time.Millisecond}
	open := &openCounts{store: store, clock: clock}
	requireCount := func(want int64) {
		t.Helper()
		counts, err := open.read(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, counts[models.StateWaiting])
	}
	requireCount(1)
	clock.Advance(29 * time.Second)
	requireCount(1)
	clock.Advance(time.Second)
	store.takes = time.Second
	requireCount(2)
	clock.Advance(openFresh - time.Second)
	requireCount(2)
	clock.Advance(time.Second)
	store.takes = 0
	requireCount(3)
	requireCount(4)

	store.err = errors.New("connection refused")
	_, err := open.read(t.Context())
	require.ErrorIs(t, err, store.err)
	store.err = nil
	requireCount(6)
}
