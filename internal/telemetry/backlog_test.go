package telemetry_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/telemetry"
)

func TestBacklogIsReadAtScrapeAndNotTooOften(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	reads := 0
	read := func(context.Context) (telemetry.Backlog, error) {
		reads++
		return telemetry.Backlog{
			OutboxWaiting: int64(reads),
			OutboxOldest:  clock.Now().Add(-90 * time.Second),
			Conversions:   map[string]int64{"waiting": 4},
			OpenBreakers:  []telemetry.OpenBreaker{{IntegrationID: "int_9", Name: "My receiver", SiteID: "site_1"}},

			SilentSources: map[string]int{"callrail": 2, "mapped-one": 1, "mapped-other": 3},
			SourceClocks:  map[string]int{"callrail": 0, "twilio": 90, "mapped-one": 40, "mapped-other": -420},

			JourneysWaiting: 7, JourneysOldest: clock.Now().Add(-4 * time.Second), JourneysFailing: 1,
		}, nil
	}
	registry := telemetry.NewRegistry()
	registry.MustRegister(telemetry.NewBacklogCollector(read, clock, slog.New(slog.DiscardHandler)))

	page := scrape(t, registry)
	require.Contains(t, page, "ringback_backlog_up 1\n")
	require.Contains(t, page, "ringback_outbox_waiting 1\n")
	require.Contains(t, page, "ringback_outbox_oldest_age_seconds 90\n")
	require.Contains(t, page, `ringback_conversions{state="waiting"} 4`)
	require.Contains(t, page, `ringback_breaker_open{integration="int_9"} 1`)
	require.Contains(t, page, `ringback_integration_info{integration="int_9",name="My receiver",site="site_1"} 1`)
	require.Contains(t, page, "ringback_journeys_waiting 7\n")
	require.Contains(t, page, "ringback_journeys_oldest_age_seconds 4\n")
	require.Contains(t, page, "ringback_journeys_failing 1\n")
	require.Contains(t, page, `ringback_sources_silent{source="callrail"} 2`)
	require.Contains(t, page, `ringback_sources_silent{source="mapped"} 4`)
	require.Contains(t, page, `ringback_source_clock_offset_seconds{source="callrail"} 0`)
	require.Contains(t, page, `ringback_source_clock_offset_seconds{source="twilio"} 90`)
	require.Contains(t, page, `ringback_source_clock_offset_seconds{source="mapped"} -420`)

	clock.Advance(time.Second)
	require.Contains(t, scrape(t, registry), "ringback_outbox_waiting 1\n")
	clock.Advance(10 * time.Second)
	require.Contains(t, scrape(t, registry), "ringback_outbox_waiting 2\n")
}

func TestBacklogOfAnUnreachableDatabaseIsNotReported(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context) (telemetry.Backlog, error) {
		_, bounded := ctx.Deadline()
		require.True(t, bounded, "a scrape must not wait for the database for ever")
		return telemetry.Backlog{}, errors.New("connection refused")
	}
	registry := telemetry.NewRegistry()
	registry.MustRegister(telemetry.NewBacklogCollector(read, clockwork.NewFakeClock(), slog.New(slog.DiscardHandler)))

	page := scrape(t, registry)
	require.Contains(t, page, "ringback_backlog_up 0\n")
	require.NotContains(t, page, "ringback_outbox_waiting")
}
