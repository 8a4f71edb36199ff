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

	"ringback/internal/mail"
	"ringback/models/quotas"
)

// Config holds every setting of the service except those of Temporal and
// OpenTelemetry, which come from their usual TEMPORAL_* and OTEL_* variables. Each
// can be a flag, a variable or a line of the settings file; a flag wins over a
// variable, and a variable over the file. Fields tagged secret are never logged.
// The help texts are the documentation.
type Config struct {
	DatabaseURL    string `env:"RINGBACK_DATABASE_URL" help:"Database URL: postgres://user:password@host/name, or sqlite:/path/to/file.db." secret:"url"`
	EncryptionKeys string `env:"RINGBACK_ENCRYPTION_KEYS" help:"Keys that encrypt stored credentials. Create them with 'ringback keys generate'." secret:"true"`
	AdminToken     string `env:"RINGBACK_ADMIN_TOKEN" help:"Token of the operator, which can create accounts and their first tokens. At least 24 characters. If empty, there is no operator access." secret:"true"`

	DatabaseConnections int `env:"RINGBACK_DATABASE_CONNECTIONS" default:"10" help:"How many connections to PostgreSQL each process with web opens at most for what is reported and set up. Page views share transactions, of which two run at once as a rule. Other posts of pages use at most two fifths of the connections at once, webhooks three tenths, and requests that may read or change very much a fifth."`
	DatabaseRelay       int `env:"RINGBACK_DATABASE_RELAY" default:"2" help:"How many more connections each process opens at most to hand what was accepted to Temporal."`
	DatabaseWorkers     int `env:"RINGBACK_DATABASE_WORKERS" default:"7" help:"How many more connections each process with workers opens at most for decisions, for deliveries and for what runs in the background, whose transactions use at most a third of them."`
	DatabaseViewers     int `env:"RINGBACK_DATABASE_VIEWERS" default:"4" help:"How many more connections each process with web opens at most for what the API and the pages show. One account uses half of them. A query of theirs ends after ten seconds."`

	HTTPAddress   string `name:"http-address" env:"RINGBACK_HTTP_ADDRESS" default:":8080" help:"Address on which the API, the webhooks and the pages are served."`
	OpsAddress    string `env:"RINGBACK_OPS_ADDRESS" default:"127.0.0.1:9090" help:"Address on which /metrics, /healthz and /readyz are served. It is for monitoring only: do not publish it. If empty, they are not served."`
	PublicURL     string `name:"public-url" env:"RINGBACK_PUBLIC_URL" default:"http://localhost:8080" help:"Public URL of this service. Webhook addresses begin with it."`
	TemporalUIURL string `name:"temporal-ui-url" env:"RINGBACK_TEMPORAL_UI_URL" help:"URL of the Temporal UI, used for links from conversions to their workflows. Only the operator sees them, because the UI shows the workflows of all accounts. If empty, there are no links."`

	AllowPrivateDestinations bool `env:"RINGBACK_ALLOW_PRIVATE_DESTINATIONS" help:"Allow integrations to send to private and loopback addresses. Use it for testing only: everyone who can configure an integration can then reach the internal network."`

	SMTPURL  string `name:"smtp-url" env:"RINGBACK_SMTP_URL" help:"SMTP server that e-mails are sent by: smtp://user:password@host:587 begins TLS by STARTTLS, smtps://user:password@host:465 at once. A server without TLS, such as a relay on the same machine, is smtp://host:25?tls=none. If empty, no e-mails are sent." secret:"url"`
	SMTPFrom string `name:"smtp-from" env:"RINGBACK_SMTP_FROM" help:"Sender of e-mails, as in 'Ringback <ringback@example.com>'. Required with --smtp-url."`

	OIDCIssuer       string `name:"oidc-issuer" env:"RINGBACK_OIDC_ISSUER" help:"Issuer of OpenID Connect at which people may sign in to the pages, such as https://login.example.com/realms/staff. It must verify e-mail addresses. If empty, people sign in with a password only."`
	OIDCClientID     string `name:"oidc-client-id" env:"RINGBACK_OIDC_CLIENT_ID" help:"Id of this service at the issuer, with --oidc-issuer. The issuer leads back to /oidc/callback below --public-url."`
	OIDCClientSecret string `name:"oidc-client-secret" env:"RINGBACK_OIDC_CLIENT_SECRET" help:"Secret of this service at the issuer. If empty, the exchange is protected by PKCE alone." secret:"true"`
	OIDCAccount      string `name:"oidc-account" env:"RINGBACK_OIDC_ACCOUNT" help:"Id of the account that everybody whom the issuer signs in may join as a viewer. If empty, only users and people who are invited can sign in."`

	TrustedProxies []string `env:"RINGBACK_TRUSTED_PROXIES" help:"Addresses or networks of your reverse proxies, such as 10.0.0.0/8,192.0.2.1. X-Forwarded-For is trusted only on connections from them. If empty, the client's address is the one that connects."`
	GeoIPDatabase  string   `name:"geoip-database" env:"RINGBACK_GEOIP_DATABASE" help:"Path of a MaxMind database file, such as GeoLite2 City, used to add city, region and country to visits. If empty, visits have no place."`

	RequestsPerAddress     float64 `env:"RINGBACK_REQUESTS_PER_ADDRESS" default:"20" help:"Requests per second that the page script may send from one IP address, with bursts of five times as many. An IPv6 /64 counts as one address, and a /48 as ten. This limit and the next ones apply to each web process separately. 0 means no limit."`
	LeadsPerAddress        float64 `env:"RINGBACK_LEADS_PER_ADDRESS" default:"1" help:"Leads per second that the page script may send from one IP address, with bursts of thirty times as many. 0 means no limit."`
	RequestsPerSite        float64 `env:"RINGBACK_REQUESTS_PER_SITE" default:"2000" help:"Requests per second from all pages of one site, with bursts of twice as many. 0 means no limit."`
	RequestsPerToken       float64 `env:"RINGBACK_REQUESTS_PER_TOKEN" default:"100" help:"Requests per second with one token of the API, with bursts of ten times as many. The operator's token has no limit. 0 means no limit."`
	FailedTokensPerAddress int     `env:"RINGBACK_FAILED_TOKENS_PER_ADDRESS" default:"60" help:"How many requests with unknown tokens one IP address may send within ten minutes. 0 means no limit."`
	NewSessionsPerAddress  int     `env:"RINGBACK_NEW_SESSIONS_PER_ADDRESS" default:"30" help:"How many new sessions per site and ten minutes get a tracking number from one IP address. Further sessions see the page's own number. 0 means no limit, also on one address's share of a pool."`

	SitesPerAccount     int `env:"RINGBACK_SITES_PER_ACCOUNT" default:"1000" help:"How many sites one account may have. 0 means no limit, here and in the next ones. PATCH /accounts/{account}/limits sets another limit for one account, of requests per token too."`
	TokensPerAccount    int `env:"RINGBACK_TOKENS_PER_ACCOUNT" default:"200" help:"How many tokens one account may have that are not revoked."`
	SourcesPerSite      int `env:"RINGBACK_SOURCES_PER_SITE" default:"50" help:"How many sources one site may have."`
	IntegrationsPerSite int `env:"RINGBACK_INTEGRATIONS_PER_SITE" default:"50" help:"How many integrations one site may have."`
	PoolsPerSite        int `env:"RINGBACK_POOLS_PER_SITE" default:"100" help:"How many pools of numbers one site may have."`
	NumbersPerSite      int `env:"RINGBACK_NUMBERS_PER_SITE" default:"10000" help:"How many tracking numbers one site may have."`
	SendsPerDay         int `env:"RINGBACK_SENDS_PER_DAY" default:"200000" help:"How many sends to destinations one account may make on a day in UTC, retries and test events included. Further deliveries wait until the next day."`
	ChecksAtOnce        int `env:"RINGBACK_CHECKS_AT_ONCE" default:"2" help:"How many pages of one account a web process checks at the same time. It checks four of all accounts."`

	CachedWorkflows int `env:"RINGBACK_CACHED_WORKFLOWS" default:"500" help:"How many workflows a worker process keeps in memory while they wait, about 60 kB each. One that is not kept is read from Temporal again when it goes on."`

	WorkerVersioning bool   `env:"RINGBACK_WORKER_VERSIONING" help:"Make the workers a version of a deployment in Temporal, so that old workers complete what they have begun while new ones take what is new. The old workers must then keep running until 'ringback rollout status' shows them as drained."`
	WorkerDeployment string `env:"RINGBACK_WORKER_DEPLOYMENT" default:"ringback" help:"Name of the deployment in Temporal, with --worker-versioning. All workers of one database need the same."`
	WorkerBuild      string `env:"RINGBACK_WORKER_BUILD" help:"Name of the build of these workers, such as the tag of their image, with --worker-versioning. It must differ between builds. If empty, it is what 'ringback version' prints."`

	DrainTimeout    time.Duration `env:"RINGBACK_DRAIN_TIMEOUT" default:"0s" help:"How long a web process reports 'not ready' at shutdown before it stops accepting connections, so that load balancers notice. 0 means it stops at once."`
	ShutdownTimeout time.Duration `env:"RINGBACK_SHUTDOWN_TIMEOUT" default:"30s" help:"How long requests and deliveries in progress may take to finish at shutdown."`

	LogLevel  string `env:"RINGBACK_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Lowest level of the log lines to write: ${enum}."`
	LogFormat string `env:"RINGBACK_LOG_FORMAT" default:"json" enum:"json,text" help:"Format of log lines: ${enum}."`
}

// minAdminToken is the shortest length of an operator's token, so that it cannot be guessed.
const minAdminToken = 24

// Check returns everything that is wrong with the settings, each problem with
// the flag and the variable that sets it. It quotes no secret.
func (c Config) Check() error {
	return errors.Join(c.checkSecrets(), c.checkAddresses(), c.checkLimits(), c.checkVersioning())
}

func (c Config) checkSecrets() error {
	var problems []error
	if c.DatabaseURL == "" {
		problems = append(problems, wrong("database-url", "is not set; expected postgres://user:password@host/name or sqlite:/path/to/file.db"))
	} else if scheme, _, _ := strings.Cut(c.DatabaseURL, ":"); !slices.Contains([]string{"postgres", "postgresql", "sqlite"}, scheme) {
		problems = append(problems, wrong("database-url", "must begin with postgres:// or sqlite:"))
	}
	if c.EncryptionKeys == "" {
		problems = append(problems, wrong("encryption-keys", "is not set; create keys with 'ringback keys generate' and keep them safe"))
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
	if c.OIDCIssuer != "" && (!isWebURL(c.OIDCIssuer) || c.OIDCClientID == "") {
		problems = append(problems, wrong("oidc-issuer", "must be an http or https URL, and --oidc-client-id must be set with it"))
	}
	return errors.Join(append(problems, c.checkMail()...)...)
}

// checkMail checks the settings of e-mails.
func (c Config) checkMail() []error {
	if c.SMTPURL == "" {
		return nil
	}
	var problems []error
	if _, err := mail.ParseServer(c.SMTPURL); err != nil {
		problems = append(problems, wrong("smtp-url", "%v", err))
	}
	if err := mail.CheckSender(c.SMTPFrom); err != nil {
		problems = append(problems, wrong("smtp-from", "%v", err))
	}
	return problems
}

func (c Config) checkLimits() error {
	var problems []error
	if c.DrainTimeout < 0 {
		problems = append(problems, wrong("drain-timeout", "must be 0 or more, as in 5s"))
	}
	if c.ShutdownTimeout <= 0 {
		problems = append(problems, wrong("shutdown-timeout", "must be more than 0, as in 30s"))
	}
	if c.CachedWorkflows < 0 {
		problems = append(problems, wrong("cached-workflows", "must be 0 or more"))
	}
	for _, pool := range poolFlags {
		if c.pools().Most(pool.purpose) < 1 {
			problems = append(problems, wrong(pool.flag, "must be 1 or more"))
		}
	}
	for flag, limit := range c.rates() {
		if !(limit >= 0) || math.IsInf(limit, 0) {
			problems = append(problems, wrong(flag, "must be 0 or more"))
		}
	}
	for name, limit := range c.accountLimits() {
		if !quotas.IsLimit(name, limit) {
			problems = append(problems, wrong(flagOf(name), "must be 0 or more, and at most a billion"))
		}
	}
	return errors.Join(problems...)
}

// rates returns the limits by time, by their flags.
func (c Config) rates() map[string]float64 {
	return map[string]float64{
		"requests-per-address": c.RequestsPerAddress, "leads-per-address": c.LeadsPerAddress, "requests-per-site": c.RequestsPerSite,
		"failed-tokens-per-address": float64(c.FailedTokensPerAddress), "new-sessions-per-address": float64(c.NewSessionsPerAddress),
	}
}

// wrong names a setting in both spellings, because an operator uses one of them.
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
