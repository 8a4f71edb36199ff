package cabinet

import (
	"time"

	"github.com/labstack/echo/v4"

	"ringback/web/cabinet/assets"
	"ringback/web/cabinet/pages"
	"ringback/web/cabinet/texts"
	"ringback/web/internal/auth"
	"ringback/web/internal/reqctx"
)

// shell returns what is around the content of every page, without a site.
func (h *Handler) shell(c echo.Context) pages.Shell {
	r := reqctx.Of(c.Request().Context())
	return pages.Shell{
		Reader: texts.In(r.Language), Style: assets.Style(), Script: assets.Script(), Icon: assets.Icon(),
		Theme: themeOf(c), KeysOff: keysOff(c), Address: c.Request().URL.RequestURI(), SignedIn: r.Principal.AccountID != "",
		MayManage: r.Principal.Allows(auth.Admin), UserName: r.Principal.Name,
	}
}

// siteShell returns the shell of a page about a site, with the sites to choose from.
func (h *Handler) siteShell(c echo.Context, site, section string) (pages.Shell, error) {
	s := h.shell(c)
	s.Section = section
	var err error
	if s.Sites, err = h.sites(c); err != nil {
		return s, err
	}
	for _, one := range s.Sites {
		if one.ID == site {
			s.Site = one
		}
	}
	if s.Site.ID == "" { // more sites than the header offers, or an id that is not known
		err = h.o.Operations.Read(c.Request().Context(), "/sites/"+pathValue(site), &s.Site)
	}
	s.MayEdit = reqctx.Of(c.Request().Context()).Principal.AllowsAt(site, auth.Editor)
	if err == nil {
		c.SetCookie(h.preference(siteCookie, site))
	}
	if zone, bad := time.LoadLocation(s.Site.TimeZone); bad == nil {
		s.Zone = zone
	}
	return s, err
}

// sites returns the sites of the account, the newest first.
func (h *Handler) sites(c echo.Context) ([]pages.Site, error) {
	return readPart[pages.Site](h, c, "/sites", nil)
}
