package temporalpostgres_test

import (
	"crypto/rand"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"ringback/dev/temporalite"
	"ringback/dev/temporalpostgres"
)

// emptyDatabase returns the DSN of a database that does not exist yet in the cluster that
// tests may use.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	cluster := os.Getenv("RINGBACK_TEST_POSTGRES")
	if cluster == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("RINGBACK_TEST_POSTGRES is not set, and CI requires it")
		}
		t.Skip("RINGBACK_TEST_POSTGRES is not set: scripts/postgres starts a cluster and prints its URL")
	}
	u, err := url.Parse(cluster)
	require.NoError(t, err)
	name := "temporal_" + strings.ToLower(rand.Text())
	u.Path = "/" + name
	t.Cleanup(func() {
		for _, database := range []string{name, name + "_visibility"} {
			out, err := exec.Command("psql", cluster, "-c", "DROP DATABASE IF EXISTS "+database+" WITH (FORCE)").CombinedOutput()
			require.NoError(t, err, string(out))
		}
	})
	return u.String()
}

func TestAServerKeepsItsHistoriesOnPostgreSQL(t *testing.T) {
	t.Parallel()
	dsn := emptyDatabase(t)
	for _, id := range []string{"first life", "second life"} {
		store, err := temporalpostgres.Prepare(dsn)
		require.NoError(t, err)
		server, err := temporalite.Start(t.Context(), temporalite.Options{Store: store})
		require.NoError(t, err)
		c, err := client.Dial(client.Options{HostPort: server.FrontendAddress()})
		require.NoError(t, err)
		w := worker.New(c, "sample", worker.Options{})
		w.RegisterWorkflowWithOptions(func(workflow.Context) error { return nil }, workflow.RegisterOptions{Name: "sample"})
		require.NoError(t, w.Start())
		run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "sample"}, "sample")
		require.NoError(t, err)
		require.NoError(t, run.Get(t.Context(), nil))
		_, err = c.DescribeWorkflowExecution(t.Context(), "first life", "")
		require.NoError(t, err, "it is there after the restart")
		w.Stop()
		c.Close()
		require.NoError(t, server.Stop())
	}
}

func TestAStoreNeedsADatabase(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"", "temporal", "postgres://user@127.0.0.1:5432", "postgres://user@127.0.0.1:5432/"} {
		_, err := temporalpostgres.Prepare(dsn)
		require.ErrorContains(t, err, "with a database", "%q", dsn)
	}
}
