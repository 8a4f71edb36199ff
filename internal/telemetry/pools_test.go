package telemetry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/telemetry"
)

func TestPoolsAreReadAtScrape(t *testing.T) {
	t.Parallel()
	registry := telemetry.NewRegistry()
	registry.MustRegister(telemetry.NewPoolsCollector(func() []telemetry.Pool {
		return []telemetry.Pool{
			{Purpose: "intake", Most: 10, Open: 6, InUse: 5, Waits: 3, Waited: 1500 * time.Millisecond},
			{Purpose: "viewers", Most: 4},
		}
	}, func() time.Duration { return -90 * time.Second }))
	page := scrape(t, registry)
	require.Contains(t, page, `ringback_database_connections_limit{purpose="intake"} 10`)
	require.Contains(t, page, `ringback_database_connections_limit{purpose="viewers"} 4`)
	require.Contains(t, page, `ringback_database_connections_open{purpose="intake"} 6`)
	require.Contains(t, page, `ringback_database_connections_in_use{purpose="intake"} 5`)
	require.Contains(t, page, "ringback_clock_offset_seconds -90\n")
	require.Contains(t, page, `ringback_database_waits_total{purpose="intake"} 3`)
	require.Contains(t, page, `ringback_database_wait_seconds_total{purpose="intake"} 1.5`)
}
