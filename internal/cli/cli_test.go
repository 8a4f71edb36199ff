package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/modeltest"
)

// command runs a command line and returns what it wrote.
func command(t *testing.T, args ...string) (out, errOut string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	err = run(t.Context(), args, streams{&o, &e})
	return o.String(), e.String(), err
}

func TestKeysAreMadeRotatedAndPruned(t *testing.T) {
	t.Parallel()
	keys, _, err := command(t, "keys", "generate")
	require.NoError(t, err)
	rotated, _, err := command(t, "keys", "rotate", "--encryption-keys", strings.TrimSpace(keys))
	require.NoError(t, err)
	require.NotEqual(t, keys, rotated)

	pruned, _, err := command(t, "keys", "prune", "--encryption-keys", strings.TrimSpace(rotated))
	require.NoError(t, err)
	require.Less(t, len(pruned), len(rotated))

	for _, change := range []string{"rotate", "prune"} {
		_, errOut, err := command(t, "keys", change)
		require.Error(t, err)
		require.Contains(t, errOut, "--encryption-keys (RINGBACK_ENCRYPTION_KEYS)")
	}
}

func TestMigrateThenResealThenServeNeedsNoMore(t *testing.T) {
	t.Parallel()
	keys, _, err := command(t, "keys", "generate")
	require.NoError(t, err)
	database := []string{
		"--database-url", "sqlite:" + filepath.Join(t.TempDir(), "ringback.db"),
		"--encryption-keys", strings.TrimSpace(keys),
	}

	_, errOut, err := command(t, append(database, "serve", "--http-address", "127.0.0.1:0", "--ops-address", "")...)
	require.Equal(t, exitUnavailable, exitStatus(err))
	require.Contains(t, errOut, "ringback migrate")

	out, _, err := command(t, append(database, "migrate")...)
	require.NoError(t, err)
	require.Contains(t, out, "applied 00001")
	out, _, err = command(t, append(database, "migrate")...)
	require.NoError(t, err)
	require.Equal(t, "the schema is current\n", out)

	out, _, err = command(t, append(database, "keys", "reseal")...)
	require.NoError(t, err)
	require.Contains(t, out, "0 credentials")
}

func TestResealFailsIfNoKeyDecryptsACredential(t *testing.T) {
	t.Parallel()
	dsn := modeltest.SQLiteDSN(t)
	store := modeltest.Open(t, dsn, clockwork.NewRealClock())
	_, err := models.Migrate(t.Context(), store)
	require.NoError(t, err)
	i := modeltest.Integration(t, store, modeltest.Site(t, store))

	keys, _, err := command(t, "keys", "generate")
	require.NoError(t, err)
	out, errOut, err := command(t, "--database-url", dsn, "--encryption-keys", strings.TrimSpace(keys), "keys", "reseal")
	require.Equal(t, exitFailed, exitStatus(err))
	require.ErrorContains(t, err, "1 credentials could not be decrypted")
	require.Contains(t, out, "0 credentials")
	require.Contains(t, errOut, i.ID)
}

func TestHealthAsksTheProcessOnThisMachine(t *testing.T) {
	t.Parallel()
	ready := true
	ops := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.NotFound(w, r)
			return
		}
		status := map[bool]string{true: "ready", false: "not ready"}[ready]
		_ = json.NewEncoder(w).Encode(map[string]string{"status": status, "database": "ok"})
	}))
	defer ops.Close()
	_, port, err := net.SplitHostPort(ops.Listener.Addr().String())
	require.NoError(t, err)

	out, _, err := command(t, "health", "--ops-address", ":"+port)
	require.NoError(t, err)
	require.Contains(t, out, `"database":"ok"`)
	ready = false
	_, errOut, err := command(t, "health", "--ops-address", ":"+port)
	require.Equal(t, exitFailed, exitStatus(err))
	require.Contains(t, errOut, "not ready")
	ops.Close()
	_, errOut, err = command(t, "health", "--ops-address", ":"+port)
	require.Error(t, err)
	require.Contains(t, errOut, "no process answers on --ops-address")
}

func TestWrongCommandLinesAreExplained(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no command":      {nil, "expected one of"},
		"unknown flag":    {[]string{"serve", "--prot", "1"}, "unknown flag --prot"},
		"unknown command": {[]string{"sevre"}, "sevre"},
		"unknown value":   {[]string{"serve", "--log-level", "loud"}, "must be one of"},
		"no settings":     {[]string{"serve"}, "--database-url (RINGBACK_DATABASE_URL) is not set"},
		"no such file":    {[]string{"serve", "--config", "/does/not/exist.yaml"}, "no such file"},
		"wrong keys": {[]string{"serve", "--database-url", "sqlite:x.db", "--encryption-keys", "nonsense"},
			"reading the keys of --encryption-keys (RINGBACK_ENCRYPTION_KEYS)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, errOut, err := command(t, c.args...)
			require.Error(t, err)
			require.NotZero(t, exitStatus(err))
			require.Contains(t, errOut, c.want)
			require.NotContains(t, errOut, "nonsense")
		})
	}
}

func TestExitStatusShowsWhetherARestartCanHelp(t *testing.T) {
	t.Parallel()
	require.Zero(t, exitStatus(nil))
	require.Equal(t, exitFailed, exitStatus(errors.New("wrong settings")))
	require.Equal(t, exitUnavailable, exitStatus(fault.New(fault.Unavailable, "the schema is not current")))
}

func TestVersionIsPrinted(t *testing.T) {
	t.Parallel()
	out, _, err := command(t, "version")
	require.NoError(t, err)
	require.NotEmpty(t, strings.TrimSpace(out))
}

func TestMain(m *testing.M) {
	// Settings in the environment must not change the tests.
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "RINGBACK_") || strings.HasPrefix(name, "TEMPORAL_") {
			_ = os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}
