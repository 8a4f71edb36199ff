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
	reader := texts.In(r.Language)
	reader.Zone = zoneOf(r.Principal.Prefers.TimeZone)
	return pages.Shell{
		Reader: reader, OwnZone: r.Principal.Prefers.TimeZone, IsUser: r.Principal.IsUser(), Style: assets.Style(), Script: assets.Script(), Icon: assets.Icon(),
		Theme: themeOf(c, r.Principal), KeysOff: keysOff(c), Address: c.Request().URL.RequestURI(), SignedIn: r.Principal.AccountID != "",
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
	s.Days = zoneOf(s.Site.TimeZone)
	if s.OwnZone == "" {
		s.Zone = s.Days
	}
	return s, err
}

// zoneOf returns a time zone, nil if there is none of this name.
func zoneOf(name string) *time.Location {
	if name == "" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}

// sites returns the sites of the account, the newest first.
func (h *Handler) sites(c echo.Context) ([]pages.Site, error) {
	return readPart[pages.Site](h, c, "/sites", nil)
}
