package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// silenceFresh is how long the number of silent sources is reused: it changes slowly, and
// the hours of many sources are read for it.
const silenceFresh = 5 * time.Minute

// silentSources counts the sources that are silent for longer than usual.
type silentSources struct {
	store interface {
		SilentSources(ctx context.Context, now time.Time) (map[string]int, error)
	}
	clock clockwork.Clock
	log   *slog.Logger

	mu     sync.Mutex
	last   map[string]int
	readAt time.Time
}

// count returns how many sources are silent, by their names. It is nil if they could not
// be counted: the rest of the backlog is reported in any case.
func (s *silentSources) count(ctx context.Context) map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if !s.readAt.IsZero() && now.Sub(s.readAt) < silenceFresh {
		return s.last
	}
	silent, err := s.store.SilentSources(ctx, now)
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "silent sources could not be counted for a scrape", slog.Any("error", err))
	}
	s.last, s.readAt = silent, now
	return silent
}
