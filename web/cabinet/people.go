package cabinet

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/users"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/auth"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/people"
	"ringback/web/internal/reqctx"
)

// Users ends the sessions of users.
type Users interface {
	Prefer(ctx context.Context, userID string, p users.Preferences) error
	EndSession(ctx context.Context, actor audit.Actor, userID, id string) error
}

// mountPeople registers the pages by which people become users and set a new password.
func (h *Handler) mountPeople(e *echo.Echo, page []echo.MiddlewareFunc) {
	form := append([]echo.MiddlewareFunc{ownForm}, page...)
	endpoint.GetAndHead(e, "/join/:secret", h.showJoin, page...)
	e.POST("/join/:secret", h.join, form...)
	endpoint.GetAndHead(e, "/forgot", h.showForgotten, page...)
	e.POST("/forgot", h.forgotten, form...)
	endpoint.GetAndHead(e, "/reset/:secret", h.showReset, page...)
	e.POST("/reset/:secret", h.reset, form...)
	e.GET("/sign-in/:secret", h.signInByLink, page...) // without HEAD, which would use the link up
	endpoint.GetAndHead(e, "/setup", h.showSetup, page...)
	e.POST("/setup", h.setup, form...)
}

func (h *Handler) showJoin(c echo.Context) error {
	return h.renderJoin(c, http.StatusOK, "")
}

// renderJoin shows an invitation. It does not use it: programs that check mails open each
// link in them.
func (h *Handler) renderJoin(c echo.Context, status int, failed string) error {
	invited, err := h.o.People.Invited(c.Request().Context(), c.Param("secret"))
	if err != nil {
		return h.showUnusable(c, err)
	}
	return h.render(c, status, pages.JoinPage(h.shell(c), pages.Join{
		Email: invited.Email, Account: invited.Account, IsUser: invited.IsUser, Name: c.FormValue("name"), Problem: failed,
	}))
}

func (h *Handler) join(c echo.Context) error {
	signedIn, err := h.o.People.Accept(c.Request().Context(), clientOf(c), c.Param("secret"), c.FormValue("name"), c.FormValue("password"))
	if err != nil {
		status, failed := h.failed(c, err)
		return h.renderJoin(c, status, failed)
	}
	return h.welcome(c, signedIn, "/")
}

// showForgotten shows the form for a new password. Without e-mails there is none.
func (h *Handler) showForgotten(c echo.Context) error {
	if !h.o.People.Mails {
		return h.showError(c, fault.New(fault.NotFound, "nothing_here"))
	}
	return h.render(c, http.StatusOK, pages.ForgottenPage(h.shell(c), pages.Forgotten{}))
}

// forgotten mails a link for a new password. The answer is the same for an address that no
// user has.
func (h *Handler) forgotten(c echo.Context) error {
	if !h.o.People.Mails {
		return h.showError(c, fault.New(fault.NotFound, "nothing_here"))
	}
	ctx := c.Request().Context()
	err := h.o.People.Forgotten(ctx, clientOf(c), reqctx.Of(ctx).Language, c.FormValue("email"))
	if err != nil {
		status, failed := h.failed(c, err)
		return h.render(c, status, pages.ForgottenPage(h.shell(c), pages.Forgotten{Email: c.FormValue("email"), Problem: failed}))
	}
	return h.render(c, http.StatusOK, pages.ForgottenPage(h.shell(c), pages.Forgotten{IsSent: true}))
}

func (h *Handler) showReset(c echo.Context) error { return h.renderReset(c, http.StatusOK, "") }

func (h *Handler) renderReset(c echo.Context, status int, failed string) error {
	if err := h.o.People.ResetUsable(c.Request().Context(), c.Param("secret")); err != nil {
		return h.showUnusable(c, err)
	}
	return h.render(c, status, pages.ResetPage(h.shell(c), failed))
}

func (h *Handler) reset(c echo.Context) error {
	signedIn, err := h.o.People.SetPassword(c.Request().Context(), clientOf(c), c.Param("secret"), c.FormValue("password"))
	if err != nil {
		status, failed := h.failed(c, err)
		return h.renderReset(c, status, failed)
	}
	return h.welcome(c, signedIn, "/")
}

// signInByLink signs a user in by a one-time link. A browser that opens a used link again and
// is signed in goes on.
func (h *Handler) signInByLink(c echo.Context) error {
	signedIn, err := h.o.People.SignInByLink(c.Request().Context(), clientOf(c), c.Param("secret"))
	if err == nil {
		return h.welcome(c, signedIn, c.QueryParam("next"))
	}
	if _, signedOut := h.reader(c.Request().Context()); signedOut == nil {
		return c.Redirect(http.StatusSeeOther, localPath(c.QueryParam("next")))
	}
	return h.showUnusable(c, err)
}

// showUnusable shows why a one-time link cannot be used.
func (h *Handler) showUnusable(c echo.Context, err error) error {
	if fault.CodeOf(err) != fault.NotFound {
		return h.showError(c, err)
	}
	status, failed := h.failed(c, err)
	return h.render(c, status, pages.UnusablePage(h.shell(c), failed))
}

func (h *Handler) showSetup(c echo.Context) error {
	return h.render(c, http.StatusOK, pages.SetupPage(h.shell(c), pages.Setup{}))
}

// setup makes the first user of the operator's account, by the operator's token.
func (h *Handler) setup(c echo.Context) error {
	signedIn, err := h.firstAdmin(c)
	if err != nil {
		status, failed := h.failed(c, err)
		return h.render(c, status, pages.SetupPage(h.shell(c), pages.Setup{Email: c.FormValue("email"), Name: c.FormValue("name"), Problem: failed}))
	}
	return h.welcome(c, signedIn, "/")
}

func (h *Handler) firstAdmin(c echo.Context) (users.Session, error) {
	ctx := c.Request().Context()
	principal, err := h.o.Authenticator.Authenticate(ctx, auth.Credentials{Token: c.FormValue("token"), Networks: reqctx.Of(ctx).Networks})
	if err == nil {
		err = principal.Require(auth.Operator)
	}
	if err != nil {
		return users.Session{}, err
	}
	reqctx.Of(ctx).Principal = principal
	return h.o.People.FirstAdmin(ctx, reqctx.Actor(ctx), clientOf(c), people.NewUser{
		Email: c.FormValue("email"), Name: c.FormValue("name"), Password: c.FormValue("password"),
	})
}

// endUserSession ends the session of a user, if a user signs out.
func (h *Handler) endUserSession(c echo.Context) error {
	ctx := c.Request().Context()
	name := h.sessions.Name(ctx)
	if !ids.Is(name, ids.SignIn) {
		return nil
	}
	principal, err := h.o.Authenticator.Resume(ctx, name)
	if fault.CodeOf(err) == fault.Unauthenticated {
		return nil
	}
	if err != nil {
		return err
	}
	reqctx.Of(ctx).Principal = principal
	defer h.o.Authenticator.ForgetUsers()
	err = h.o.Users.EndSession(ctx, reqctx.Actor(ctx), principal.TokenID, name)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return fmt.Errorf("signing out: %w", err)
	}
	return nil
}
