package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/internal/accept"
	"ringback/internal/bursts"
	"ringback/internal/delivery"
	"ringback/internal/passwords"
	"ringback/sources"
	"ringback/web/api"
	"ringback/web/api/alerting"
	"ringback/web/api/attribution"
	"ringback/web/api/preview"
	"ringback/web/api/reporting"
	"ringback/web/api/tracking"
	"ringback/web/api/upkeep"
	"ringback/web/api/users"
	"ringback/web/api/views"
	"ringback/web/cabinet"
	"ringback/web/collect"
	"ringback/web/intake"
	"ringback/web/internal/auth"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/openid"
	"ringback/web/internal/people"
	"ringback/web/internal/session"
)

// Options are what the HTTP side needs from the rest of the service.
type Options struct {
	Store        Store
	Relay        accept.Relay
	Destinations *destinations.Registry
	Sources      *sources.Registry
	Outbound     delivery.Doer // sends test events
	Pages        delivery.Doer // fetches pages of sites: like Outbound, but takes answers of up to sitecheck.MaxPage bytes
	Metrics      Metrics
	Health       func(context.Context) Report // makes the report for /readyz; nil for one about the database alone
	Bursts       *bursts.Bursts               // those of this process
	Clock        clockwork.Clock
	Logger       *slog.Logger

	AdminToken    string               // RINGBACK_ADMIN_TOKEN; there is no operator if it is empty
	PublicURL     string               // as providers and browsers reach this service
	TemporalUIURL string               // of the Temporal UI; answers have no links into it if it is empty
	Namespace     string               // of Temporal, for those links
	Passwords     passwords.Parameters // of new hashes; zero means passwords.Usual
	Version       string               // of the service, for the OpenAPI document

	Limits         collect.Limits // of what the script on the pages may send
	WebhooksAtOnce int            // messages of providers that are stored at once, at least one; all but one of them of one source
	LargeAtOnce    int            // requests that may read or change very much, such as the erasing of a person, that are answered at once, at least one; all but one of them of one account
	Mails          bool           // e-mails are sent
	OpenID         OpenID         // the issuer that people sign in at; none if its Issuer is empty
	OpenAccount    string         // the id of the account that everybody whom the issuer signs in may join as a viewer; empty if there is none
	FailedTokens   int            // how many requests with unknown tokens one address may send within ten minutes; zero means no limit
	// ViewersPerAccount is how many requests of one account that only read are answered at
	// once; at least one is.
	ViewersPerAccount int

	TrustedProxies []netip.Prefix  // the proxies whose X-Forwarded-For is used; if there are none, the address that connects counts
	Places         collect.Locator // nil if the places of visitors are not known

	MetricsHandler http.Handler // serves /metrics; nil if metrics are not served here
}

// Store is what all handlers together need of the database. Each of them declares
// its own part.
type Store interface {
	auth.Store
	collect.Store
	accept.Store
	intake.Store
	conversionview.Store
	api.Store
	tracking.Store
	reporting.Store
	attribution.Store
	preview.Store
	upkeep.Store
	alerting.Store
	users.Store
	views.Store
	people.Store
	cabinet.Trail
	session.Store
	healthStore
}

// Metrics counts what came in.
type Metrics interface {
	accept.Metrics
	intake.Metrics
	collect.Metrics

	// RequestHeldBack counts what has to wait because other sites report. Of is reports for one of
	// many requests of a site, lists for one of many of an account, and files for a piece of a file.
	RequestHeldBack(of string)
}

// OpenID is the issuer of OpenID Connect that people sign in at.
type OpenID = openid.Options
