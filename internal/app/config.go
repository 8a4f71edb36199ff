package app

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config is every setting of the service but Temporal's and OpenTelemetry's
// own, which come from their usual TEMPORAL_* and OTEL_* variables. Each can be
// a flag, a variable or a line of the settings file, in this order of strength.
// Fields tagged secret are never logged.
type Config struct {
	DatabaseURL    string `env:"RINGBACK_DATABASE_URL" help:"Database: postgres://user:password@host/name, or sqlite:/path/to/file.db." secret:"url"`
	EncryptionKeys string `env:"RINGBACK_ENCRYPTION_KEYS" help:"Keys that credentials are encrypted with at rest, as 'ringback keys generate' prints them." secret:"true"`
	AdminToken     string `env:"RINGBACK_ADMIN_TOKEN" help:"Token of the operator, who makes accounts and the first tokens; at least 24 characters. Empty: no operator's access." secret:"true"`

	HTTPAddress   string `name:"http-address" env:"RINGBACK_HTTP_ADDRESS" default:":8080" help:"Address the API, the webhooks and the pages are served on."`
	OpsAddress    string `env:"RINGBACK_OPS_ADDRESS" default:"127.0.0.1:9090" help:"Address of /metrics, /healthz and /readyz, for monitoring alone. Empty: not served."`
	PublicURL     string `name:"public-url" env:"RINGBACK_PUBLIC_URL" default:"http://localhost:8080" help:"URL under which the outside reaches this service; webhook addresses begin with it."`
	TemporalUIURL string `name:"temporal-ui-url" env:"RINGBACK_TEMPORAL_UI_URL" help:"URL of the Temporal UI, for links from conversions to their workflows. Empty: no links."`

	AllowPrivateDestinations bool `env:"RINGBACK_ALLOW_PRIVATE_DESTINATIONS" help:"Let integrations send to private and loopback addresses. For trying things out: it opens the inner network to whoever may set up an integration."`

	TrustedProxies []string `env:"RINGBACK_TRUSTED_PROXIES" help:"Your own proxies, as addresses or networks, as in 10.0.0.0/8,192.0.2.1: who connects from there is believed in X-Forwarded-For whose request it is. Empty: it is that of the address that connects."`
	GeoIPDatabase  string   `name:"geoip-database" env:"RINGBACK_GEOIP_DATABASE" help:"File in MaxMind's format (GeoLite2 City or the like) by which visits get their city, region and country. Empty: they get none."`

	RequestsPerAddress    float64 `env:"RINGBACK_REQUESTS_PER_ADDRESS" default:"20" help:"Requests per second that one visitor's address may send by the script, and five times as many at once. This and the limits below hold for each process with web; 0: no limit."`
	LeadsPerAddress       float64 `env:"RINGBACK_LEADS_PER_ADDRESS" default:"1" help:"Leads per second among them, and thirty times as many at once."`
	RequestsPerSite       float64 `env:"RINGBACK_REQUESTS_PER_SITE" default:"2000" help:"Requests per second from all pages of one site, and twice as many at once."`
	NewSessionsPerAddress int     `env:"RINGBACK_NEW_SESSIONS_PER_ADDRESS" default:"30" help:"New sessions of one site in ten minutes that one visitor's address may make and be shown numbers of ours; in further ones the page keeps its own."`

	DrainTimeout    time.Duration `env:"RINGBACK_DRAIN_TIMEOUT" default:"0s" help:"How long a process with web says 'not ready' at shutdown before it takes no more connections: the time in which a load balancer notices. 0: none."`
	ShutdownTimeout time.Duration `env:"RINGBACK_SHUTDOWN_TIMEOUT" default:"30s" help:"How long requests and sends that are under way may take to finish at shutdown."`

	LogLevel  string `env:"RINGBACK_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least severe log lines to write: ${enum}."`
	LogFormat string `env:"RINGBACK_LOG_FORMAT" default:"json" enum:"json,text" help:"Format of log lines: ${enum}."`
}

// minAdminToken keeps guessable operator's tokens out.
const minAdminToken = 24

// Check says what is wrong with the settings, everything at once, each by
// the flag and the variable that sets it. It quotes no secret.
func (c Config) Check() error {
	return errors.Join(c.checkSecrets(), c.checkAddresses(), c.checkLimits())
}

func (c Config) checkSecrets() error {
	var problems []error
	if c.DatabaseURL == "" {
		problems = append(problems, wrong("database-url", "is not set; expected postgres://user:password@host/name or sqlite:/path/to/file.db"))
	} else if scheme, _, _ := strings.Cut(c.DatabaseURL, ":"); !slices.Contains([]string{"postgres", "postgresql", "sqlite"}, scheme) {
		problems = append(problems, wrong("database-url", "must begin with postgres:// or sqlite:"))
	}
	if c.EncryptionKeys == "" {
		problems = append(problems, wrong("encryption-keys", "is not set; make keys with 'ringback keys generate' and keep them safe"))
	}
	if c.AdminToken != "" && len(c.AdminToken) < minAdminToken {
		problems = append(problems, wrong("admin-token", "is shorter than %d characters; 'openssl rand -hex 32' makes a good one", minAdminToken))
	}
	return errors.Join(problems...)
}

func (c Config) checkAddresses() error {
	var problems []error
	if err := checkAddress(c.HTTPAddress); err != nil {
		problems = append(problems, wrong("http-address", "%v", err))
	}
	if c.OpsAddress != "" {
		if err := checkAddress(c.OpsAddress); err != nil {
			problems = append(problems, wrong("ops-address", "%v", err))
		}
	}
	if !isWebURL(c.PublicURL) {
		problems = append(problems, wrong("public-url", "must be an http or https URL"))
	}
	if c.TemporalUIURL != "" && !isWebURL(c.TemporalUIURL) {
		problems = append(problems, wrong("temporal-ui-url", "must be an http or https URL"))
	}
	if _, err := c.proxies(); err != nil {
		problems = append(problems, wrong("trusted-proxies", "%v", err))
	}
	return errors.Join(problems...)
}

func (c Config) checkLimits() error {
	var problems []error
	if c.DrainTimeout < 0 {
		problems = append(problems, wrong("drain-timeout", "must be 0 or more, as in 5s"))
	}
	if c.ShutdownTimeout <= 0 {
		problems = append(problems, wrong("shutdown-timeout", "must be more than 0, as in 30s"))
	}
	for flag, limit := range map[string]float64{
		"requests-per-address": c.RequestsPerAddress, "leads-per-address": c.LeadsPerAddress,
		"requests-per-site": c.RequestsPerSite, "new-sessions-per-address": float64(c.NewSessionsPerAddress),
	} {
		if !(limit >= 0) || math.IsInf(limit, 0) {
			problems = append(problems, wrong(flag, "must be 0 or more"))
		}
	}
	return errors.Join(problems...)
}

// wrong names a setting in both spellings: an operator knows one of them.
func wrong(flag, format string, args ...any) error {
	return fmt.Errorf("--%s (%s) %s", flag, variable(flag), fmt.Sprintf(format, args...))
}

func variable(flag string) string {
	return "RINGBACK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// checkAddress checks the form host:port, in which the host may be empty.
func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return errors.New("must be host:port or :port")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("must end in a port from 0 to 65535")
	}
	return nil
}
