package e2e_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// The compose file's script makes users that own their databases and nothing else.
func TestG9_EachProgramHasItsOwnDatabaseUser(t *testing.T) {
	t.Parallel()
	cluster := harness.StartPostgres(t)
	as := func(user, database string) string {
		dsn, err := url.Parse(cluster.DSN())
		require.NoError(t, err)
		dsn.User, dsn.Path = url.User(user), "/"+database
		return dsn.String()
	}
	psql := func(dsn, sql string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "psql", dsn, "--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql).CombinedOutput()
		return string(out), err
	}
	// The test cluster's own superuser has the name of the user that the script makes for Ringback.
	_, err := psql(as("ringback", "postgres"), "CREATE ROLE postgres SUPERUSER LOGIN")
	require.NoError(t, err)
	_, err = psql(as("postgres", "postgres"), "ALTER ROLE ringback RENAME TO of_the_test")
	require.NoError(t, err)

	script := exec.CommandContext(t.Context(), filepath.Join(harness.RepoRoot(), "deploy", "postgres-databases.sh"))
	server, err := url.Parse(cluster.DSN())
	require.NoError(t, err)
	script.Env = append(os.Environ(), "PGHOST="+server.Hostname(), "PGPORT="+server.Port(), "POSTGRES_USER=postgres",
		"POSTGRES_RINGBACK_PASSWORD=it's one", "POSTGRES_TEMPORAL_PASSWORD=another")
	out, err := script.CombinedOutput()
	require.NoError(t, err, string(out))

	ringback := harness.Build(t, harness.Ringback)
	keys, err := exec.CommandContext(t.Context(), ringback, "keys", "generate").Output()
	require.NoError(t, err)
	migrate := exec.CommandContext(t.Context(), ringback, "migrate", "--database-url", as("ringback", "ringback"))
	migrate.Env = append(os.Environ(), "RINGBACK_ENCRYPTION_KEYS="+strings.TrimSpace(string(keys)))
	out, err = migrate.CombinedOutput()
	require.NoError(t, err, "Ringback needs no more than its own database: %s", out)
	_, err = psql(as("temporal", "temporal_visibility"), "CREATE TABLE sample (id int)")
	require.NoError(t, err)

	for _, foreign := range []string{as("ringback", "temporal"), as("ringback", "temporal_visibility"), as("ringback", "postgres"), as("temporal", "ringback")} {
		out, err := psql(foreign, "SELECT 1")
		require.Error(t, err, foreign)
		require.Contains(t, out, "permission denied for database", foreign)
	}
	superusers, err := psql(as("postgres", "postgres"), "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolsuper")
	require.NoError(t, err)
	require.Equal(t, "of_the_test postgres\n", superusers)
}
