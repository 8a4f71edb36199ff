package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

// countingStore counts how often silent sources are read.
type countingStore struct {
	reads int
	err   error
}

func (c *countingStore) SilentSources(context.Context, time.Time) (map[string]int, error) {
	c.reads++
	return map[string]int{"callrail": c.reads}, c.err
}

func TestSilentSourcesAreNotReadAtEachScrape(t *testing.T) {
	t.Parallel()
	store, clock := &countingStore{}, clockwork.NewFakeClock()
	silent := &silentSources{store: store, clock: clock, log: slog.New(slog.DiscardHandler)}
	for range 2 {
		require.Equal(t, map[string]int{"callrail": 1}, silent.count(t.Context()))
		clock.Advance(time.Minute)
	}
	clock.Advance(silenceFresh)
	require.Equal(t, map[string]int{"callrail": 2}, silent.count(t.Context()))
	store.err = errors.New("connection refused")
	clock.Advance(silenceFresh)
	silent.count(t.Context())
	silent.count(t.Context())
	require.Equal(t, 3, store.reads, "a database that does not answer is not asked at each scrape either")
}
