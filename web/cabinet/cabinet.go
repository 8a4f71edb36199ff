// Package cabinet has the pages for people: the log-in, and the pages of a site. It reads
// through the operations of the API, and the page of a conversion through the same view. It
// must not know how calls and leads are reported, nor what the script posts.
package cabinet

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/a-h/templ"
	"github.com/jonboulle/clockwork"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"ringback/internal/fault"
	"ringback/web/cabinet/assets"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/auth"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/openid"
	"ringback/web/internal/people"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/session"
	"ringback/web/internal/viewing"
)

// pagesPolicy lets pages load their own style sheet and script, send requests to this
// service, and nothing else. Scripts cannot turn text into code or markup.
const pagesPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// Conversions reads conversions of the request's account.
type Conversions interface {
	Detail(ctx context.Context, id string) (conversionview.DetailView, error)
}

// Operations are the operations of the API that only read. They act for the principal of
// the request, and an address is an operation's path with its query.
type Operations interface {
	Read(ctx context.Context, address string, into any) error
}

// Authenticator returns the principal of a token, and the one that a session names.
type Authenticator interface {
	Authenticate(ctx context.Context, credentials auth.Credentials) (auth.Principal, error)
	SessionName(p auth.Principal) string
	ForgetUsers()
	Resume(ctx context.Context, name string) (auth.Principal, error)
}

// Options are what a Handler needs.
type Options struct {
	Conversions   Conversions
	Operations    Operations
	Authenticator Authenticator
	People        *people.Service
	OpenID        *openid.Client // nil if people do not sign in by OpenID Connect
	Users         Users
	Trail         Trail
	Clock         clockwork.Clock
	Sessions      *session.Manager
	Viewers       *viewing.Guard
	Logger        *slog.Logger
	PublicURL     string // as browsers reach this service
}

// Handler answers with pages.
type Handler struct {
	o        Options
	sessions *session.Manager
}

// New returns a Handler.
func New(o Options) *Handler {
	return &Handler{o: o, sessions: o.Sessions}
}

// Mount registers the routes.
func (h *Handler) Mount(e *echo.Echo) {
	assets.Mount(e)
	withSession := echo.WrapMiddleware(h.sessions.LoadAndSave)
	page := []echo.MiddlewareFunc{middleware.Gzip(), withPreferences, withSession}
	endpoint.GetAndHead(e, "/login", h.showLogin, page...)
	e.POST("/login", h.login, append([]echo.MiddlewareFunc{ownForm}, page...)...)
	e.POST("/logout", h.logout, ownForm, withSession)
	h.mountPeople(e, page)
	h.mountAccount(e, page)
	h.mountOpenID(e, page)
	e.GET("/sites/:site/calls.csv", h.signedIn(h.exportCalls), page...)
	e.GET("/sites/:site/deliveries.csv", h.signedIn(h.exportDeliveries), page...)
	e.POST("/preferences", h.setPreferences, ownForm, withSession)
	endpoint.GetAndHead(e, "/", h.signedIn(h.showStart), page...)
	for path, handle := range map[string]echo.HandlerFunc{
		"/conversions/:id":                     h.showConversion,
		"/sites/:site":                         h.showSite,
		"/sites/:site/start":                   h.showSteps,
		"/sites/:site/overview":                h.showOverview,
		"/sites/:site/calls":                   h.showCalls,
		"/sites/:site/visits":                  h.showVisits,
		"/sites/:site/visits/:visit":           h.showVisit,
		"/sites/:site/deliveries":              h.showDeliveries,
		"/sites/:site/deliveries/:id/attempts": h.showAttempts,
		"/sites/:site/reports":                 h.showFirstReport,
		"/sites/:site/reports/:report":         h.showReport,
		"/sites/:site/integrations":            h.showIntegrations,
		"/sites/:site/integrations/new":        h.showNewIntegration,
		"/sites/:site/integrations/:id":        h.showIntegration,
		"/sites/:site/numbers":                 h.showNumbers,
		"/sites/:site/sources":                 h.showSources,
		"/sites/:site/sources/new":             h.showNewSource,
		"/sites/:site/sources/:source":         h.showSource,
		"/sites/:site/script":                  h.showScript,
		"/sites/:site/journal":                 h.showJournal,
	} {
		endpoint.GetAndHead(e, path, h.signedIn(handle), page...)
	}
	h.mountNothing(e, page)
}

// mountNothing registers the page at addresses below those of pages that do not exist.
func (h *Handler) mountNothing(e *echo.Echo, page []echo.MiddlewareFunc) {
	nothing := h.signedIn(func(echo.Context) error { return fault.New(fault.NotFound, "nothing_here") })
	e.RouteNotFound("/conversions/*", nothing, page...)
	e.RouteNotFound("/sites/*", nothing, page...)
}

// signedIn returns the handler of a page that only people who signed in see. Others sign
// in first and are led back.
func (h *Handler) signedIn(handle func(c echo.Context) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		principal, err := h.reader(ctx)
		if fault.CodeOf(err) == fault.Unauthenticated {
			return c.Redirect(http.StatusSeeOther, loginAddress(c))
		}
		if err == nil {
			reqctx.Of(ctx).Principal = principal
			preferLanguage(c, principal)
			err = handle(c)
		}
		if err != nil {
			return h.showError(c, err)
		}
		return nil
	}
}

func (h *Handler) render(c echo.Context, status int, page templ.Component) error {
	header := c.Response().Header()
	header.Set("Content-Security-Policy", pagesPolicy)
	header.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	reqctx.SetLanguage(c.Request().Context(), header)
	c.Response().WriteHeader(status)
	return page.Render(c.Request().Context(), c.Response())
}

func (h *Handler) showError(c echo.Context, err error) error {
	p := problem.Of(c.Request().Context(), h.o.Logger, err)
	return h.render(c, p.Status, pages.ErrorPage(h.shell(c), pages.Failure{Code: string(p.Code), RequestID: p.RequestID}))
}
