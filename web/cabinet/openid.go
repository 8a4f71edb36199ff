package cabinet

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/openid"
)

// openIDEntry is the entry of a browser's session that holds an attempt to sign in by OpenID
// Connect.
const openIDEntry = "openid"

// mountOpenID registers the sign-in by OpenID Connect, if an issuer is configured.
func (h *Handler) mountOpenID(e *echo.Echo, page []echo.MiddlewareFunc) {
	if h.o.OpenID == nil {
		return
	}
	e.GET("/oidc", h.beginOpenID, page...)
	e.GET("/oidc/callback", h.endOpenID, page...)
}

// beginOpenID leads to the issuer.
func (h *Handler) beginOpenID(c echo.Context) error {
	ctx := c.Request().Context()
	address, attempt, err := h.o.OpenID.Begin(ctx, localPath(c.QueryParam("next")))
	if err != nil {
		return h.refuseOpenID(c, err, "")
	}
	kept, err := json.Marshal(attempt)
	if err != nil {
		return fmt.Errorf("keeping an attempt to sign in: %w", err)
	}
	h.sessions.Put(ctx, openIDEntry, string(kept))
	return c.Redirect(http.StatusSeeOther, address)
}

// endOpenID signs the person in whom the issuer sends back. An attempt can be ended once.
func (h *Handler) endOpenID(c echo.Context) error {
	ctx := c.Request().Context()
	var attempt openid.Attempt
	if err := json.Unmarshal([]byte(h.sessions.PopString(ctx, openIDEntry)), &attempt); err != nil {
		return h.refuseOpenID(c, fault.New(fault.Unauthenticated, "issuer_refused"), "")
	}
	person, err := h.o.OpenID.End(ctx, attempt, c.QueryParam("state"), c.QueryParam("code"))
	if err != nil {
		return h.refuseOpenID(c, err, attempt.Next)
	}
	signedIn, err := h.o.People.SignInVerified(ctx, clientOf(c), person.Email, person.Name)
	if err != nil {
		return h.refuseOpenID(c, err, attempt.Next)
	}
	return h.welcome(c, signedIn, attempt.Next)
}

// refuseOpenID shows the log-in with why nobody was signed in.
func (h *Handler) refuseOpenID(c echo.Context, err error, next string) error {
	h.o.Logger.WarnContext(c.Request().Context(), "openid.refused", "error", err)
	status, failed := h.failed(c, err)
	return h.renderLogin(c, status, pages.Login{Next: localPath(next), Problem: failed})
}
