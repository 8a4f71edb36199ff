package app_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/app"
)

// TestOperatorsPageCountsConnections compares the sums on the page with the defaults.
func TestOperatorsPageCountsConnections(t *testing.T) {
	t.Parallel()
	config, err := parse(t, "")
	require.NoError(t, err)
	page, err := os.ReadFile("../../docs/operators.md")
	require.NoError(t, err)
	web, worker := config.Connections(app.Parts{Web: true}), config.Connections(app.Parts{Worker: true})
	require.Contains(t, string(page), fmt.Sprintf("at most %d connections as `web`, %d as `worker` and %d as `serve`. Three of `web` and five of `worker` need %d.",
		web, worker, config.Connections(app.Parts{Web: true, Worker: true}), 3*web+5*worker))
	const postgresAdmits = 97
	require.LessOrEqual(t, 3*web+5*worker, postgresAdmits)
}
