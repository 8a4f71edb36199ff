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

// countingStore counts how often it is asked what is wrong with sources.
type countingStore struct {
	reads int
	err   error
}

func (c *countingStore) SilentSources(context.Context, time.Time) (map[string]int, error) {
	c.reads++
	return map[string]int{"callrail": c.reads}, c.err
}

func (c *countingStore) ClockOffsets(context.Context) (map[string]int, error) {
	return map[string]int{"twilio": 90}, c.err
}

func TestWrongSourcesAreNotReadAtEachScrape(t *testing.T) {
	t.Parallel()
	store, clock := &countingStore{}, clockwork.NewFakeClock()
	sources := &wrongSources{store: store, clock: clock, log: slog.New(slog.DiscardHandler)}
	for range 2 {
		silent, clocks := sources.read(t.Context())
		require.Equal(t, map[string]int{"callrail": 1}, silent)
		require.Equal(t, map[string]int{"twilio": 90}, clocks)
		clock.Advance(time.Minute)
	}
	clock.Advance(sourcesFresh)
	silent, _ := sources.read(t.Context())
	require.Equal(t, map[string]int{"callrail": 2}, silent)
	store.err = errors.New("connection refused")
	clock.Advance(sourcesFresh)
	sources.read(t.Context())
	sources.read(t.Context())
	require.Equal(t, 3, store.reads, "a database that does not answer is not asked at each scrape either")
}
