package cabinet

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/internal/auth"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// sessionCookie holds the token of a person who logged in. Scripts cannot read it,
// and requests from other sites do not carry it.
const (
	sessionCookie = "ringback_token"
	sessionTime   = 12 * time.Hour
)

type loginData struct {
	Next   string
	Failed fault.Code // why the last attempt was refused; empty if there was none
}

func (h *Handler) showLogin(c echo.Context) error {
	if token := c.QueryParam("token"); token != "" && h.o.AllowTokenLogin {
		return h.enter(c, token, c.QueryParam("next"))
	}
	return h.render(c, http.StatusOK, "login", loginData{Next: localPath(c.QueryParam("next"))})
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

// enter stores a valid token in the cookie.
func (h *Handler) enter(c echo.Context, token, next string) error {
	_, err := h.reader(c.Request().Context(), token)
	if err != nil {
		p := problem.Of(c.Request().Context(), h.o.Logger, err)
		return h.render(c, p.Status, "login", loginData{Next: localPath(next), Failed: p.Code})
	}
	c.SetCookie(h.cookie(token, sessionTime))
	return c.Redirect(http.StatusSeeOther, localPath(next))
}

func (h *Handler) logout(c echo.Context) error {
	c.SetCookie(h.cookie("", -time.Hour))
	return c.Redirect(http.StatusSeeOther, "/login")
}

func (h *Handler) cookie(token string, lives time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", MaxAge: int(lives.Seconds()), HttpOnly: true,
		Secure: strings.HasPrefix(h.o.PublicURL, "https://"), SameSite: http.SameSiteStrictMode,
	}
}

// localPath returns the path to go on to, which is never on another site.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// reader returns the principal of a token that may read.
func (h *Handler) reader(ctx context.Context, token string) (auth.Principal, error) {
	principal, err := h.o.Authenticator.Authenticate(ctx, auth.Credentials{Token: token, Networks: reqctx.Of(ctx).Networks})
	if err != nil {
		return auth.Principal{}, err
	}
	return principal, principal.Require(auth.Viewer)
}

// refuseOtherSites is the middleware that keeps pages of other sites from signing
// somebody in or out.
func refuseOtherSites(next echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		if protection.Check(c.Request()) != nil {
			return fault.New(fault.Forbidden, "this form was sent by a page of another site; sign in or out on the page of this one")
		}
		return next(c)
	}
}
