// Package cabinet has the pages for people: the log-in, and the page that explains
// a conversion. It reads through the same views as the API. It must not know how
// calls and leads are reported, nor what the script posts.
package cabinet

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/labstack/echo/v4"

	"ringback/web/internal/auth"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/session"
	"ringback/web/internal/viewing"
)

// pagesPolicy lets pages load nothing and run nothing.
const pagesPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Conversions reads conversions of the request's account.
type Conversions interface {
	Detail(ctx context.Context, id string) (conversionview.DetailView, error)
}

// Authenticator returns the principal of a token, and the one that a session names.
type Authenticator interface {
	Authenticate(ctx context.Context, credentials auth.Credentials) (auth.Principal, error)
	SessionName(p auth.Principal) string
	Resume(ctx context.Context, name string) (auth.Principal, error)
}

// Options are what a Handler needs.
type Options struct {
	Conversions   Conversions
	Authenticator Authenticator
	Sessions      *session.Manager
	Viewers       *viewing.Guard
	Logger        *slog.Logger
	// AllowTokenLogin lets /login take a token from the URL. It is for development
	// alone: URLs end up in logs and histories.
	AllowTokenLogin bool
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
	withSession := echo.WrapMiddleware(h.sessions.LoadAndSave)
	endpoint.GetAndHead(e, "/login", h.showLogin, withSession)
	e.POST("/login", h.login, refuseOtherSites, withSession)
	e.POST("/logout", h.logout, refuseOtherSites, withSession)
	endpoint.GetAndHead(e, "/conversions/:id", h.showConversion, withSession)
}

func (h *Handler) render(c echo.Context, status int, name string, data any) error {
	var page strings.Builder
	l := reqctx.Of(c.Request().Context()).Language
	if err := templates[l].ExecuteTemplate(&page, name+".html", data); err != nil {
		return fmt.Errorf("writing the page %s: %w", name, err)
	}
	header := c.Response().Header()
	header.Set("Content-Security-Policy", pagesPolicy)
	reqctx.SetLanguage(c.Request().Context(), header)
	return c.HTML(status, page.String())
}

func (h *Handler) showError(c echo.Context, err error) error {
	p := problem.Of(c.Request().Context(), h.o.Logger, err)
	return h.render(c, p.Status, "error", p)
}
