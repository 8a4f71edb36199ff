package cabinet

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/auth"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/session"
)

// operatorSessionTime is how long the operator stays signed in. The operator may do
// everything in every account, so a browser is trusted with that for less time.
const operatorSessionTime = time.Hour

func (h *Handler) showLogin(c echo.Context) error {
	if token := c.QueryParam("token"); token != "" && h.o.AllowTokenLogin {
		return h.enter(c, token, c.QueryParam("next"))
	}
	return h.renderLogin(c, http.StatusOK, pages.Login{Next: localPath(c.QueryParam("next"))})
}

func (h *Handler) renderLogin(c echo.Context, status int, content pages.Login) error {
	return h.render(c, status, pages.LoginPage(h.shell(c), content))
}

// loginAddress returns the address of the log-in that leads back to the page. Both
// are in the language that the parameter language names, if it is set.
func loginAddress(c echo.Context) string {
	next, query := c.Request().URL.Path, url.Values{}
	if language := c.QueryParam("language"); language != "" {
		query.Set("language", language)
		next += "?" + query.Encode()
	}
	query.Set("next", next)
	return "/login?" + query.Encode()
}

func (h *Handler) login(c echo.Context) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, 16<<10)
	return h.enter(c, strings.TrimSpace(c.FormValue("token")), c.FormValue("next"))
}

// enter begins a session for the bearer of a valid token.
func (h *Handler) enter(c echo.Context, token, next string) error {
	ctx := c.Request().Context()
	principal, err := h.o.Authenticator.Authenticate(ctx, auth.Credentials{Token: token, Networks: reqctx.Of(ctx).Networks})
	if err == nil {
		err = principal.Require(auth.Viewer)
	}
	if err != nil {
		p := problem.Of(ctx, h.o.Logger, err)
		return h.renderLogin(c, p.Status, pages.Login{Next: localPath(next), Failed: string(p.Code)})
	}
	duration := session.Time
	if principal.IsOperator {
		duration = operatorSessionTime
		h.o.Logger.WarnContext(ctx, "operator.signed_in")
	}
	if err := h.sessions.Begin(ctx, h.o.Authenticator.SessionName(principal), duration); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, localPath(next))
}

// logout ends the session for good: the cookie is of no use any more, wherever it is.
func (h *Handler) logout(c echo.Context) error {
	if err := h.sessions.Destroy(c.Request().Context()); err != nil {
		return fmt.Errorf("ending the session: %w", err)
	}
	return c.Redirect(http.StatusSeeOther, "/login")
}

// reader returns the principal who signed in and may read.
func (h *Handler) reader(ctx context.Context) (auth.Principal, error) {
	name := h.sessions.Name(ctx)
	if name == "" {
		return auth.Principal{}, fault.New(fault.Unauthenticated, "not_signed_in")
	}
	principal, err := h.o.Authenticator.Resume(ctx, name)
	if err != nil {
		return auth.Principal{}, err
	}
	return principal, principal.Require(auth.Viewer)
}

// localPath returns the path to go on to, which is never on another site.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// refuseOtherSites is the middleware that keeps pages of other sites from signing
// somebody in or out.
func refuseOtherSites(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := session.CheckOrigin(c.Request()); err != nil {
			return err
		}
		return next(c)
	}
}
