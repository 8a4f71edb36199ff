package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"

	"ringback/explanation"
	"ringback/internal/app"
	"ringback/internal/secrets"
	"ringback/models"
)

var quiet = slog.New(slog.DiscardHandler)

// settings are those of a service on free ports with a database of its own.
func settings(t *testing.T) app.Config {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	config, err := parse(t, "",
		"--database-url", "sqlite:"+filepath.Join(t.TempDir(), "ringback.db"), "--encryption-keys", keys,
		"--admin-token", "sample-admin-token-for-tests-only",
		"--http-address", "127.0.0.1:0", "--ops-address", "127.0.0.1:0", "--shutdown-timeout", "10s")
	require.NoError(t, err)
	return config
}

func migrate(t *testing.T, config app.Config) {
	t.Helper()
	store, err := app.OpenStore(t.Context(), config, quiet, clockwork.NewRealClock())
	require.NoError(t, err)
	_, err = models.Migrate(t.Context(), store)
	require.NoError(t, err)
	require.NoError(t, store.Close())
}

// noTemporal is a client of a Temporal that is away.
func noTemporal(t *testing.T) client.Client {
	t.Helper()
	c, err := client.NewLazyClient(client.Options{
		HostPort: nobody, Logger: temporallog.NewStructuredLogger(quiet),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// nobody is an address on which nothing listens.
const nobody = "127.0.0.1:1"

// run runs a service; stop ends it and returns its error.
func run(t *testing.T, config app.Config, parts app.Parts) (s *app.Service, stop func() error) {
	t.Helper()
	s, err := app.New(t.Context(), config, app.Deps{Logger: quiet, Temporal: noTemporal(t), Version: "test"})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, parts) }()
	return s, func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(time.Minute):
			t.Fatal("the service did not end")
			return nil
		}
	}
}

// ask returns the status and the decoded body of an answer.
func ask(t *testing.T, method, url, body string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer sample-admin-token-for-tests-only")
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	var decoded map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&decoded))
	return answer.StatusCode, decoded
}

// readiness returns the status and the report of a process whose database answers. On a busy
// machine a check of the database may be given up. Like a load balancer, it then calls
// again and asks once more.
func readiness(t *testing.T, url string, again func()) (int, map[string]any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		status, report := ask(t, http.MethodGet, url+"/readyz", "")
		if report["database"] == "ok" && report["migrations"] == "ok" || ctx.Err() != nil {
			return status, report
		}
		again()
	}
}

// atOnce is for processes that go by a real clock: they check again after a second.
func atOnce() {}

func TestG1_IntakeStartsAndAcceptsWithoutTemporal(t *testing.T) {
	t.Parallel()
	config := settings(t)
	migrate(t, config)
	s, stop := run(t, config, app.Parts{Web: true, Worker: true})
	<-s.Ready()

	status, ready := readiness(t, s.HTTPURL(), atOnce)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, map[string]any{
		"status": "ready", "database": "ok", "migrations": "ok", "temporal": "down",
	}, ready, "anybody may read it: it names no cause")

	_, site := ask(t, http.MethodPost, s.HTTPURL()+"/api/v1/sites", `{"name": "Sample"}`)
	status, _ = ask(t, http.MethodPost, s.HTTPURL()+"/api/v1/sites/"+site["id"].(string)+"/leads",
		`{"external_id": "1", "email": "a@example.com"}`)
	require.Equal(t, http.StatusAccepted, status)

	status, ready = readiness(t, s.OpsURL(), atOnce)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, ready["temporal"], "down: ")
	require.NoError(t, stop())
}

func TestAWorkerWithoutTemporalIsNotReady(t *testing.T) {
	t.Parallel()
	config := settings(t)
	migrate(t, config)
	s, stop := run(t, config, app.Parts{Worker: true})
	require.Empty(t, s.HTTPURL(), "it takes no address for web")
	status, ready := readiness(t, s.OpsURL(), atOnce)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "ok", ready["database"])
	require.Contains(t, ready["temporal"], "down: ")
	require.NoError(t, stop())
}

func TestAnOldSchemaIsARefusalThatNamesTheCommand(t *testing.T) {
	t.Parallel()
	s, err := app.New(t.Context(), settings(t), app.Deps{Logger: quiet, Temporal: noTemporal(t)})
	require.NoError(t, err)
	require.Contains(t, explanation.Error(s.Run(t.Context(), app.Parts{Web: true})), "ringback migrate")
}

func TestG1_StartWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	config := settings(t)
	config.DatabaseURL = "postgres://ringback@" + nobody + "/ringback?connect_timeout=1"
	s, stop := run(t, config, app.Parts{Web: true})

	status, _ := ask(t, http.MethodGet, s.HTTPURL()+"/healthz", "")
	require.Equal(t, http.StatusOK, status)
	status, ready := ask(t, http.MethodGet, s.HTTPURL()+"/readyz", "")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "down", ready["database"])
	status, problem := ask(t, http.MethodPost, s.HTTPURL()+"/api/v1/sites/site_1/leads", `{}`)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "unavailable", problem["code"])
	require.NoError(t, stop())
}

func TestADatabaseOfPlacesThatCannotBeReadIsRefusedByTheSettingsName(t *testing.T) {
	t.Parallel()
	config := settings(t)
	config.GeoIPDatabase = filepath.Join(t.TempDir(), "missing.mmdb")
	_, err := app.New(t.Context(), config, app.Deps{Logger: quiet, Temporal: noTemporal(t)})
	require.ErrorContains(t, err, "--geoip-database (RINGBACK_GEOIP_DATABASE)")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestG8_NothingSecretIsLoggedByAServiceThatStartsAndEnds(t *testing.T) {
	t.Parallel()
	config := settings(t)
	migrate(t, config)
	var out bytes.Buffer
	s, err := app.New(t.Context(), config, app.Deps{
		Logger: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})), Temporal: noTemporal(t),
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-s.Ready()
		cancel()
	}()
	require.NoError(t, s.Run(ctx, app.Parts{Web: true, Worker: true}))
	require.NotContains(t, out.String(), config.AdminToken)
	require.NotContains(t, out.String(), config.EncryptionKeys)
}
