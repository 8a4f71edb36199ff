package cabinet

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/web/cabinet/pages"
	"ringback/web/internal/auth"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/reqctx"
)

// mountAccount registers the pages about the own user and the account, which belong to no site.
func (h *Handler) mountAccount(e *echo.Echo, page []echo.MiddlewareFunc) {
	endpoint.GetAndHead(e, "/me", h.signedIn(h.showSelf), page...)
	endpoint.GetAndHead(e, "/people", h.signedIn(h.showPeople), page...)
	endpoint.GetAndHead(e, "/alerts", h.signedIn(h.showAlerts), page...)
	endpoint.GetAndHead(e, "/keys", h.signedIn(h.showKeys), page...)
}

// accountShell returns the shell of a page about the account, with the sites to choose from.
func (h *Handler) accountShell(c echo.Context, section string) (pages.Shell, error) {
	s := h.shell(c)
	s.Section = section
	var err error
	s.Sites, err = h.sites(c)
	return s, err
}

// showSelf shows the user who is signed in, with the sessions.
func (h *Handler) showSelf(c echo.Context) error {
	ctx := c.Request().Context()
	shell, err := h.accountShell(c, "me")
	if err != nil {
		return err
	}
	if !reqctx.Of(ctx).Principal.IsUser() {
		return h.render(c, http.StatusOK, pages.TokenPage(shell))
	}
	var d pages.Self
	if err := h.o.Operations.Read(ctx, "/me", &d); err != nil {
		return err
	}
	if d.Sessions, err = readPart[pages.SignedIn](h, c, "/me/sessions", nil); err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.SelfPage(shell, d))
}

func (h *Handler) showPeople(c echo.Context) error {
	if err := reqctx.Of(c.Request().Context()).Principal.Require(auth.Admin); err != nil {
		return err
	}
	shell, err := h.accountShell(c, "people")
	if err != nil {
		return err
	}
	var d pages.People
	if d.Users, err = readPart[pages.User](h, c, "/users", nil); err != nil {
		return err
	}
	if d.Invitations, err = readPart[pages.User](h, c, "/invitations", nil); err != nil {
		return err
	}
	if d.Trail, err = readPart[pages.Change](h, c, "/audit", url.Values{"entity": {"user"}, "limit": {"30"}}); err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.PeoplePage(shell, d))
}

func (h *Handler) showKeys(c echo.Context) error {
	if err := reqctx.Of(c.Request().Context()).Principal.Require(auth.Admin); err != nil {
		return err
	}
	shell, err := h.accountShell(c, "keys")
	if err != nil {
		return err
	}
	keys, err := readPart[pages.Key](h, c, "/tokens", nil)
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.KeysPage(shell, keys))
}
