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
	"ringback/models/users"
	"ringback/web/cabinet/pages"
	"ringback/web/cabinet/texts"
	"ringback/web/internal/auth"
	"ringback/web/internal/people"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/session"
)

// operatorSessionTime is how long the operator stays signed in. The operator may do
// everything in every account, so a browser is trusted with that for less time.
const operatorSessionTime = time.Hour

func (h *Handler) showLogin(c echo.Context) error {
	return h.renderLogin(c, http.StatusOK, pages.Login{Next: localPath(c.QueryParam("next"))})
}

func (h *Handler) renderLogin(c echo.Context, status int, content pages.Login) error {
	content.Mails, content.OpenID = h.o.People.Mails, h.o.OpenID != nil
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
	if c.FormValue("email") == "" {
		return h.enter(c, strings.TrimSpace(c.FormValue("token")), c.FormValue("next"))
	}
	signedIn, err := h.o.People.SignIn(c.Request().Context(), clientOf(c), c.FormValue("email"), c.FormValue("password"))
	if err != nil {
		status, failed := h.failed(c, err)
		return h.renderLogin(c, status, pages.Login{Next: localPath(c.FormValue("next")), Problem: failed, Email: c.FormValue("email")})
	}
	return h.welcome(c, signedIn, c.FormValue("next"))
}

// welcome begins the browser's session of a user who has signed in, and leads on.
func (h *Handler) welcome(c echo.Context, signedIn users.Session, next string) error {
	if err := h.sessions.Begin(c.Request().Context(), signedIn.ID, users.SessionTime); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, localPath(next))
}

// failed returns the status of an error, and what is wrong in words.
func (h *Handler) failed(c echo.Context, err error) (status int, text string) {
	p := problem.Of(c.Request().Context(), h.o.Logger, err)
	if len(p.Errors) > 0 {
		return p.Status, texts.In(reqctx.Of(c.Request().Context()).Language).T("expected", p.Errors[0].Expected)
	}
	return p.Status, p.Detail
}

// clientOf returns the browser that sent a request.
func clientOf(c echo.Context) people.Client {
	r := reqctx.Of(c.Request().Context())
	client := people.Client{Networks: r.Networks, UserAgent: c.Request().UserAgent(), RequestID: r.ID}
	if r.Address.IsValid() {
		client.Address = r.Address.String()
	}
	return client
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
	if err := h.endUserSession(c); err != nil {
		return err
	}
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
	return principal, principal.RequireSomewhere(auth.Viewer)
}

// localPath returns the path to go on to, which is never on another site.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// maxForm is how many bytes a form may have.
const maxForm = 16 << 10

// ownForm is the middleware of the forms of these pages: it bounds them, and keeps pages of
// other sites from signing somebody in or out.
func ownForm(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := session.CheckOrigin(c.Request()); err != nil {
			return err
		}
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxForm)
		return next(c)
	}
}
