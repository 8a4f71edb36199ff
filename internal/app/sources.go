package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// sourcesFresh is how long what is wrong with sources is reused: it changes slowly, and
// the hours of many sources are read for it.
const sourcesFresh = 5 * time.Minute

// wrongSources reads what is wrong with sources.
type wrongSources struct {
	store interface {
		SilentSources(ctx context.Context, now time.Time) (map[string]int, error)
		ClockOffsets(ctx context.Context) (map[string]int, error)
	}
	clock clockwork.Clock
	log   *slog.Logger

	mu     sync.Mutex
	silent map[string]int
	clocks map[string]int
	readAt time.Time
}

// read returns, by the names of sources, how many are silent for longer than usual, and by
// how many seconds their clocks are fast. They are nil if they could not be read: the rest
// of the backlog is reported in any case.
func (s *wrongSources) read(ctx context.Context) (silent, clocks map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if !s.readAt.IsZero() && now.Sub(s.readAt) < sourcesFresh {
		return s.silent, s.clocks
	}
	silent, err := s.store.SilentSources(ctx, now)
	if err == nil {
		clocks, err = s.store.ClockOffsets(ctx)
	}
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "what is wrong with sources could not be read for a scrape", slog.Any("error", err))
	}
	s.silent, s.clocks, s.readAt = silent, clocks, now
	return silent, clocks
}
