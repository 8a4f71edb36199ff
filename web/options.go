package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/geoip"
	"ringback/models"
	"ringback/sources"
)

// Options are what the HTTP side needs from the rest.
type Options struct {
	Store        Store
	Relay        Relay
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

	Limits         Limits         // of what the sites' scripts may send
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; none: the address that connects counts
	Places         Locator        // where visitors are; nil: not known

	MetricsHandler http.Handler // serves /metrics; nil: not served here
	// AllowTokenLogin lets /login take a token from the URL. For development
	// alone: URLs end up in logs and histories.
	AllowTokenLogin bool
}

// Relay hears of stored signals right after the commit. Offer never blocks; a
// signal it drops is found in the outbox later.
type Relay interface {
	Offer(models.Signal)
}

// Metrics counts what was accepted: outcome is new, duplicate or late.
type Metrics interface {
	Accepted(kind, source, outcome string)
	scriptMetrics
}

// scriptMetrics counts what the sites' scripts send, beyond their leads.
type scriptMetrics interface {
	PageView(outcome string) // new_session, continued, duplicate, bot
	PoolExhausted(siteID, poolID string)
	ScriptRefused(reason string) // key, origin, rate, body; no_contact: a form that is no lead
	NumbersWithheld()            // as the address made too many new sessions
}

// Locator tells where an address is used; nowhere when it does not know.
type Locator interface {
	Place(address netip.Addr) geoip.Place
}

// Report is what /readyz answers, as JSON: 200 when it is ready, 503 when not.
type Report interface {
	Ready() bool
}
