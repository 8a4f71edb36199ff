package cabinet

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/locale"
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

// themeOf returns light or dark, or empty for that of the system.
func themeOf(c echo.Context) string {
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

// setPreferences keeps the language or the theme that a reader chose, and leads back.
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
	return c.Redirect(http.StatusSeeOther, withoutLanguage(localPath(form.Get("next"))))
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
