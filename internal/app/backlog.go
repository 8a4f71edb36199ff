package app

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/telemetry"
	"ringback/models"
)

// How long the counts of open conversions are reused: openReused times as long as it took to
// count them, and at most for openFresh.
const (
	openReused = 1000
	openFresh  = 5 * time.Minute
)

// openCounts counts the calls and leads that are not done. The more there are, the longer that
// takes, so the counts are reused for longer: scrapes use no more than a thousandth of a core,
// however many calls wait.
type openCounts struct {
	store interface {
		OpenConversions(ctx context.Context) (map[models.ConversionState]int64, error)
	}
	clock clockwork.Clock

	mu     sync.Mutex
	counts map[models.ConversionState]int64
	until  time.Time // when they are counted again
}

// read returns how many there are, by state.
func (o *openCounts) read(ctx context.Context) (map[models.ConversionState]int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	began := o.clock.Now()
	if began.Before(o.until) {
		return o.counts, nil
	}
	counts, err := o.store.OpenConversions(ctx)
	if err != nil {
		return nil, err
	}
	now := o.clock.Now()
	o.counts, o.until = counts, now.Add(min(openReused*now.Sub(began), openFresh))
	return counts, nil
}

// backlog reads the backlog for the metrics.
func (s *Service) backlog(ctx context.Context) (telemetry.Backlog, error) {
	waiting, oldest, err := s.store.OutboxStats(ctx)
	if err != nil {
		return telemetry.Backlog{}, err
	}
	conversions, err := s.open.read(ctx)
	if err != nil {
		return telemetry.Backlog{}, err
	}
	breakers, err := s.store.OpenBreakers(ctx)
	if err != nil {
		return telemetry.Backlog{}, err
	}
	marks, err := s.store.MarksWaiting(ctx)
	if err != nil {
		return telemetry.Backlog{}, err
	}
	silent, clocks := s.sources.read(ctx)
	b := telemetry.Backlog{
		OutboxWaiting: waiting, OutboxOldest: oldest,
		JourneysWaiting: marks.Waiting, JourneysOldest: marks.Oldest, JourneysFailing: marks.Failing,
		Conversions: map[string]int64{}, SilentSources: silent, SourceClocks: clocks,
	}
	for _, open := range breakers {
		b.OpenBreakers = append(b.OpenBreakers, telemetry.OpenBreaker(open))
	}
	for state, n := range conversions {
		b.Conversions[string(state)] = n
	}
	return b, nil
}
