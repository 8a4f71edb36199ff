package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/sources"
	"ringback/web/collect"
	"ringback/web/intake"
)

// Options are what the HTTP side needs from the rest.
type Options struct {
	Store        Store
	Relay        intake.Relay
	Destinations *destinations.Registry
	Sources      *sources.Registry
	Outbound     delivery.Doer // sends test events
	Pages        delivery.Doer // fetches pages of sites: as Outbound, with answers of up to sitecheck.MaxPage bytes
	Metrics      Metrics
	Health       func(context.Context) Report // what /readyz shows; nil: the database alone
	Clock        clockwork.Clock
	Logger       *slog.Logger

	AdminToken    string // RINGBACK_ADMIN_TOKEN; empty: there is no operator
	PublicURL     string // as providers and browsers reach this service, without a slash at the end
	TemporalUIURL string // of the Temporal UI; empty: answers hold no links into it
	Namespace     string // of Temporal, for those links
	Version       string // of the service, for the OpenAPI document

	Limits         collect.Limits  // of what the sites' scripts may send
	TrustedProxies []netip.Prefix  // whose X-Forwarded-For is believed; none: the address that connects counts
	Places         collect.Locator // where visitors are; nil: not known

	MetricsHandler http.Handler // serves /metrics; nil: not served here
	// AllowTokenLogin lets /login take a token from the URL. For development
	// alone: URLs end up in logs and histories.
	AllowTokenLogin bool
}

// Report is what /readyz answers, as JSON: 200 when it is ready, 503 when not.
type Report interface {
	Ready() bool
}

// Metrics counts what came in.
type Metrics interface {
	intake.Metrics
	collect.Metrics
}
