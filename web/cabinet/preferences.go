package cabinet

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/locale"
	"ringback/web/internal/auth"
	"ringback/web/internal/reqctx"
)

// The cookies of what a reader prefers. They identify nobody, and a browser keeps them for
// a year.
const (
	languageCookie  = "ringback_language"
	themeCookie     = "ringback_theme"
	keysCookie      = "ringback_keys"
	preferencesTime = 365 * 24 * time.Hour
)

// withPreferences is the middleware that takes the language from the reader's cookie, unless
// the URL names one.
func withPreferences(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if cookie, err := c.Cookie(languageCookie); err == nil && c.QueryParam(reqctx.LanguageParameter) == "" {
			reqctx.Of(c.Request().Context()).Language = locale.Choose(cookie.Value, c.Request().Header.Get("Accept-Language"))
		}
		return next(c)
	}
}

// preferLanguage takes the language that a user has chosen, whichever the browser prefers,
// unless the URL names one.
func preferLanguage(c echo.Context, user auth.Principal) {
	if chosen := user.Prefers.Language; chosen != "" && c.QueryParam(reqctx.LanguageParameter) == "" {
		reqctx.Of(c.Request().Context()).Language = locale.Choose(chosen)
	}
}

// systemTheme is the theme of somebody who chose that of the system.
const systemTheme = "system"

// themeOf returns light or dark, or empty for that of the system. What a user has chosen
// goes before what the browser keeps.
func themeOf(c echo.Context, user auth.Principal) string {
	switch chosen := user.Prefers.Theme; chosen {
	case "":
	case systemTheme:
		return ""
	default:
		return chosen
	}
	cookie, err := c.Cookie(themeCookie)
	if err != nil || cookie.Value != "light" && cookie.Value != "dark" {
		return ""
	}
	return cookie.Value
}

// keysOff reports whether a reader switched single letters off as keys.
func keysOff(c echo.Context) bool {
	cookie, err := c.Cookie(keysCookie)
	return err == nil && cookie.Value == "off"
}

// setPreferences keeps what a reader chose, and leads back. The browser keeps it, and the
// choice of a user who is signed in is stored for all browsers.
func (h *Handler) setPreferences(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	for name, cookie := range map[string]string{"language": languageCookie, "theme": themeCookie, "keys": keysCookie} {
		if form.Has(name) {
			c.SetCookie(h.preference(cookie, form.Get(name)))
		}
	}
	if user, err := h.reader(c.Request().Context()); err == nil && user.IsUser() {
		if err := h.prefer(c, user, form); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, withoutLanguage(localPath(form.Get("next"))))
}

// prefer stores what a user chose.
func (h *Handler) prefer(c echo.Context, user auth.Principal, form url.Values) error {
	chosen := user.Prefers
	if form.Has("language") {
		chosen.Language = string(locale.Choose(form.Get("language")))
	}
	if form.Has("theme") {
		chosen.Theme = cmp.Or(form.Get("theme"), systemTheme)
		if !slices.Contains([]string{"light", "dark", systemTheme}, chosen.Theme) {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
	}
	if form.Has("time_zone") {
		chosen.TimeZone = form.Get("time_zone")
		if !chosen.ZoneExists() {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
	}
	if chosen == user.Prefers {
		return nil
	}
	defer h.o.Authenticator.ForgetUsers()
	return h.o.Users.Prefer(c.Request().Context(), user.TokenID, chosen)
}

func (h *Handler) preference(name, value string) *http.Cookie {
	cookie := &http.Cookie{
		Name: name, Value: url.QueryEscape(value), Path: "/", MaxAge: int(preferencesTime / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(h.o.PublicURL, "https://"),
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// withoutLanguage returns an address without the parameter that would outdo the cookie.
func withoutLanguage(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "/"
	}
	query := u.Query()
	query.Del(reqctx.LanguageParameter)
	u.RawQuery = query.Encode()
	return u.String()
}

// pathValue returns a value as a part of the path of an address.
func pathValue(value string) string { return url.PathEscape(value) }
