// Package web is Ringback's HTTP side. It puts one handler per audience behind one
// router: collect for the script on the sites' pages, intake for reports of calls
// and leads, api for owners' programs, cabinet for people. Echo and huma are used
// here and below, and nowhere else.
//
// It decides nothing about conversions and delivers nothing. It stores what comes in
// and shows what is stored: it answers an accepted report only after the commit
// (G1), shows no secret (G8), and treats the ids of another account as unknown (G9).
package web

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"ringback/decision"
	"ringback/internal/accept"
	"ringback/internal/passwords"
	"ringback/models/websites"
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
	"ringback/web/internal/openapi"
	"ringback/web/internal/openid"
	"ringback/web/internal/people"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/session"
	"ringback/web/internal/sites"
)

// New returns the handler of everything that Ringback answers over HTTP. The
// timeouts of connections are up to the http.Server.
func New(o Options) (http.Handler, error) {
	switch {
	case o.Store == nil, o.Relay == nil, o.Destinations == nil, o.Sources == nil, o.Outbound == nil, o.Pages == nil:
		return nil, errors.New("web: Store, Relay, Destinations, Sources, Outbound and Pages are required")
	case o.Clock == nil, o.Logger == nil, o.Metrics == nil, o.Bursts == nil:
		return nil, errors.New("web: Clock, Logger, Metrics and Bursts are required")
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	o.TemporalUIURL = strings.TrimRight(o.TemporalUIURL, "/")

	e := echo.New()
	e.IPExtractor = clientAddress(o.TrustedProxies)
	e.HTTPErrorHandler = answerError(o.Logger)
	e.Use(reqctx.Identify, reqctx.Traced, reqctx.LogAccess(o.Logger, o.Clock), recoverer(o.Logger), secureHeaders(o.PublicURL), refuseUnstorable)
	health{store: o.Store, report: o.Health, metrics: o.MetricsHandler}.mount(e)
	mountHandlers(e, o)
	return e, nil
}

// mountHandlers builds the handlers of the four audiences and registers their routes.
func mountHandlers(e *echo.Echo, o Options) {
	authenticator := auth.NewAuthenticator(o.Store, o.AdminToken, o.FailedTokens, o.Clock)
	sessions := session.New(o.Store, o.PublicURL, o.Logger)
	viewers, service, reports := viewingGuard(o), newPeople(o, authenticator), reportTurns(o)
	document := openapi.New(e, o.Version, openapi.Access{Authenticator: authenticator, Sessions: sessions, Viewers: viewers, Large: largeTurns(o)}, o.Logger)
	directory := sites.NewDirectory(o.Store, o.Clock)
	acceptor := accept.New(o.Store, o.Relay, o.Metrics)
	decider := decision.Decider{Destinations: o.Destinations, SettleOf: sources.SettleOf(o.Sources)}
	conversions := conversionview.NewReader(o.Store, decider, conversionview.Links{TemporalUIURL: o.TemporalUIURL, Namespace: o.Namespace})

	script := collect.New(collect.Options{
		Store: o.Store, Leads: acceptor, Metrics: o.Metrics, Places: o.Places,
		Clock: o.Clock, PublicURL: o.PublicURL, Limits: o.Limits, Reports: reports,
	})
	script.Mount(e)
	intake.New(intake.Options{
		Store: o.Store, Acceptor: acceptor, Sites: directory, Sources: o.Sources, Metrics: o.Metrics,
		Clock: o.Clock, Logger: o.Logger, PublicURL: o.PublicURL, AtOnce: o.WebhooksAtOnce, Reports: reports,
	}).Mount(e, document)
	siteChanged := func(site websites.Site) {
		directory.SiteChanged(site)
		script.SiteChanged(site)
	}
	api.New(api.Options{
		Store: o.Store, Relay: o.Relay, Sites: directory, Conversions: conversions, SiteChanged: siteChanged,
		Destinations: o.Destinations, Sources: o.Sources, Outbound: o.Outbound, Clock: o.Clock, PublicURL: o.PublicURL, Files: fileTurns(o),
	}).Mount(document)
	preview.New(preview.Options{Store: o.Store, Sites: directory, Destinations: o.Destinations, Decider: decider, Clock: o.Clock}).Mount(document)
	tracking.New(tracking.Options{Store: o.Store, Sites: directory, SiteChanged: siteChanged, Pages: o.Pages, Clock: o.Clock, PublicURL: o.PublicURL}).Mount(document)
	reporting.New(o.Store, o.Sources, o.Clock).Mount(document)
	attribution.New(o.Store).Mount(document)
	upkeep.New(o.Store, o.Relay, directory).Mount(document)
	alerting.New(alerting.Options{Store: o.Store, Sites: directory, Clock: o.Clock, SendsMails: o.Mails}).Mount(document)
	users.New(o.Store, service, authenticator, o.Clock).Mount(document)
	views.New(o.Store, directory, document).Mount(document)
	pagesOf(o, cabinet.Options{
		Conversions: conversions, Operations: document, Authenticator: authenticator, People: service, Sessions: sessions, Viewers: viewers,
	}).Mount(e)
	document.MountDocument(e)
}

// pagesOf returns the pages for people, with what they need of the options of the HTTP side.
func pagesOf(o Options, pages cabinet.Options) *cabinet.Handler {
	pages.Users, pages.Trail, pages.Clock, pages.Logger, pages.PublicURL = o.Store, o.Store, o.Clock, o.Logger, o.PublicURL
	o.OpenID.Clock, o.OpenID.Redirect = o.Clock, o.PublicURL+"/oidc/callback"
	pages.OpenID = openid.New(o.OpenID)
	return cabinet.New(pages)
}

// newPeople returns what signs people in.
func newPeople(o Options, authenticator *auth.Authenticator) *people.Service {
	return people.New(people.Options{
		Store: o.Store, Passwords: passwords.NewHasher(cmp.Or(o.Passwords, passwords.Usual)), Clock: o.Clock, PublicURL: o.PublicURL,
		FailuresPerAddress: o.FailedTokens, Mails: o.Mails, OpenAccount: o.OpenAccount, Changed: authenticator.ForgetUsers,
	})
}
