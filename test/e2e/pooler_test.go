package e2e_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// poolerConversions is how many calls and leads go through the pooler.
const poolerConversions = 60

// TestPgBouncerInTransactionMode has web and worker reach PostgreSQL through a PgBouncer
// whose connections are fewer than those of the processes. Each statement may run on
// another connection than the one before.
func TestPgBouncerInTransactionMode(t *testing.T) {
	t.Parallel()
	dsn, _ := harness.NewDatabase(t, "postgres")
	pooled := harness.StartPgBouncer(t, dsn, 4) + "&default_query_exec_mode=cache_describe"
	s := harness.NewStack(t, harness.StackOptions{Database: pooled, Direct: dsn})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)

	var accepted sync.Map
	sendAll(poolerConversions, 8, func(i int) {
		accepted.Store(sendUntilAccepted(t, api, site, i), true)
		api.Must("GET", "/api/v1/sites/"+site+"/conversions", nil)
	}).Wait()
	interrupted := requireDelivered(t, api, d, &accepted, poolerConversions)
	require.Zero(t, interrupted)
	require.NoError(t, s.Service.Stop(time.Minute))
	for line := range strings.Lines(s.Service.Log()) {
		for _, trouble := range []string{"prepared statement", "cached plan", "unsupported startup parameter"} {
			require.NotContains(t, line, trouble)
		}
	}
}
