package app_test

import (
	"bytes"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"ringback/internal/app"
)

// commandLine is a command line with the service's settings, as main has it.
type commandLine struct {
	app.Config `embed:""`
	File       kong.ConfigFlag `name:"config" env:"RINGBACK_CONFIG"`
}

func parse(t *testing.T, file string, args ...string) (app.Config, error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "ringback.yaml")
		require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
		args = append(args, "--config", path)
	}
	var line commandLine
	parser, err := kong.New(&line, kong.Configuration(app.SettingsFile))
	require.NoError(t, err)
	_, err = parser.Parse(args)
	return line.Config, err
}

func valid(t *testing.T) app.Config {
	t.Helper()
	config, err := parse(t, "")
	require.NoError(t, err)
	config.DatabaseURL = "postgres://ringback:hunter2@db.example.com/ringback"
	config.EncryptionKeys = "keys"
	config.AdminToken = "0123456789abcdef01234567"
	require.NoError(t, config.Check())
	return config
}

func TestSettingsFileIsWeakerThanVariablesAndFlags(t *testing.T) {
	t.Setenv("RINGBACK_LOG_LEVEL", "warn")
	config, err := parse(t, `
http_address: ":1111"
ops_address: ":2222"
log_level: debug
shutdown_timeout: 5s
allow_private_destinations: true
trusted_proxies: [10.0.0.0/8, 192.0.2.1]
`, "--http-address", ":3333")
	require.NoError(t, err)
	require.Equal(t, ":3333", config.HTTPAddress, "the flag wins over the file")
	require.Equal(t, "warn", config.LogLevel, "the variable wins over the file")
	require.Equal(t, ":2222", config.OpsAddress)
	require.Equal(t, 5*time.Second, config.ShutdownTimeout)
	require.True(t, config.AllowPrivateDestinations)
	require.Equal(t, []string{"10.0.0.0/8", "192.0.2.1"}, config.TrustedProxies)
}

func TestWrongSettingsFileIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"unknown keys":  {"http_addr: x\nhttp_address: \":1\"\nfoo: 1", "keys that are not settings: foo, http_addr"},
		"no mapping":    {"- a\n- b", "key: value"},
		"no value":      {"http_address:", "has no value for http_address"},
		"wrong type":    {"shutdown_timeout: long", "shutdown-timeout"},
		"not a setting": {"config: other.yaml", "keys that are not settings: config"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, c.file)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestConfigErrorsNameFlagAndVariable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*app.Config)
		want  string
	}{
		"no database":    {func(c *app.Config) { c.DatabaseURL = "" }, "--database-url (RINGBACK_DATABASE_URL) is not set"},
		"other database": {func(c *app.Config) { c.DatabaseURL = "mysql://x" }, "must begin with postgres:// or sqlite:"},
		"no keys":        {func(c *app.Config) { c.EncryptionKeys = "" }, "ringback keys generate"},
		"short token":    {func(c *app.Config) { c.AdminToken = "secret" }, "shorter than 24 characters"},
		"no port":        {func(c *app.Config) { c.HTTPAddress = "localhost" }, "--http-address (RINGBACK_HTTP_ADDRESS) must be host:port"},
		"no such port":   {func(c *app.Config) { c.OpsAddress = ":99999" }, "--ops-address (RINGBACK_OPS_ADDRESS) must end in a port"},
		"public URL":     {func(c *app.Config) { c.PublicURL = "example.com" }, "--public-url (RINGBACK_PUBLIC_URL) must be an http"},
		"Temporal UI":    {func(c *app.Config) { c.TemporalUIURL = "ftp://x" }, "--temporal-ui-url"},
		"negative drain": {func(c *app.Config) { c.DrainTimeout = -1 }, "--drain-timeout (RINGBACK_DRAIN_TIMEOUT) must be 0 or more"},
		"no proxy":       {func(c *app.Config) { c.TrustedProxies = []string{"10.0.0.0/8", "proxy.example.com"} }, "--trusted-proxies (RINGBACK_TRUSTED_PROXIES) must be addresses or networks"},
		"zone":           {func(c *app.Config) { c.TrustedProxies = []string{"fe80::1%eth0"} }, "--trusted-proxies"},
		"below no limit": {func(c *app.Config) { c.LeadsPerAddress = -1 }, "--leads-per-address (RINGBACK_LEADS_PER_ADDRESS) must be 0 or more"},
		"no number":      {func(c *app.Config) { c.RequestsPerSite = math.NaN() }, "--requests-per-site"},
		"deployment":     {func(c *app.Config) { c.WorkerVersioning, c.WorkerDeployment = true, "a.b" }, "--worker-deployment (RINGBACK_WORKER_DEPLOYMENT) must have"},
		"build":          {func(c *app.Config) { c.WorkerVersioning, c.WorkerBuild = true, "a:b" }, "--worker-build (RINGBACK_WORKER_BUILD) must have"},
		"no time to end": {func(c *app.Config) { c.ShutdownTimeout = 0 }, "must be more than 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := valid(t)
			c.spoil(&config)
			require.ErrorContains(t, config.Check(), c.want)
		})
	}
}

func TestBuildOfWorkersIsTheOneOfTheSettingsOrOfTheProgram(t *testing.T) {
	t.Parallel()
	build, err := app.Config{}.Build("v1.2.3")
	require.NoError(t, err)
	require.Equal(t, "v1.2.3", build)
	build, err = app.Config{WorkerBuild: "image-7"}.Build("devel")
	require.NoError(t, err)
	require.Equal(t, "image-7", build)
	_, err = app.Config{}.Build("devel")
	require.ErrorContains(t, err, "--worker-build (RINGBACK_WORKER_BUILD) is not set")
}

func TestG8_SettingsAreLoggedWithoutSecrets(t *testing.T) {
	t.Parallel()
	config := valid(t)
	config.DatabaseURL = "postgres://ringback:hunter2@db.example.com/ringback?password=hunter2"
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("starting", "settings", config)

	require.NotContains(t, out.String(), "hunter2")
	require.NotContains(t, out.String(), config.AdminToken)
	require.Contains(t, out.String(), "settings.admin_token_configured=true")
	require.Contains(t, out.String(), "settings.encryption_keys_configured=true")
	require.Contains(t, out.String(), "settings.database_url=postgres://db.example.com/ringback")
	require.Contains(t, out.String(), "settings.log_level=info")
}

func TestOperatorsGuideHasEverySettingAsItsHelpSaysIt(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/operators.md")
	require.NoError(t, err)
	parser, err := kong.New(&commandLine{})
	require.NoError(t, err)
	for _, flag := range parser.Model.Flags {
		if flag.Name == "help" || flag.Name == "config" {
			continue
		}
		help := strings.ReplaceAll(flag.Help, "${enum}", flag.Enum)
		require.Regexp(t, "(?m)^"+regexp.QuoteMeta("| `--"+flag.Name+"` | `"+flag.Envs[0]+"` | ")+".*"+regexp.QuoteMeta("| "+help+" |")+"$", string(guide))
		if flag.HasDefault {
			require.Contains(t, string(guide), "| `"+flag.Envs[0]+"` | `"+flag.Default+"` |")
		}
	}
}
