package cabinet

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
)

// shownUnread is how many unread messages the page of a source shows.
const shownUnread = "10"

// showSources shows the sources of the site, with how they work.
func (h *Handler) showSources(c echo.Context) error {
	shell, _, all, err := h.sourcesShell(c)
	if err != nil {
		return err
	}
	for i := range all {
		if err := h.addStatus(c, &all[i]); err != nil {
			return err
		}
	}
	return h.render(c, http.StatusOK, pages.SourcesPage(shell, all))
}

// showNewSource shows the choice of the type of a new source. A type of which a site may have
// several comes with a label, and the page leads on to the form.
func (h *Handler) showNewSource(c echo.Context) error {
	if name := c.QueryParam("type"); name != "" {
		if label := c.QueryParam("label"); label != "" {
			name += "-" + label
		}
		return c.Redirect(http.StatusSeeOther, "/sites/"+pathValue(c.Param("site"))+"/sources/"+pathValue(name))
	}
	shell, types, all, err := h.sourcesShell(c)
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.NewSourcePage(shell, types, all))
}

// showSource shows the form of a source, which the site may have yet to set up.
func (h *Handler) showSource(c echo.Context) error {
	shell, types, all, err := h.sourcesShell(c)
	if err != nil {
		return err
	}
	name := c.Param("source")
	of, known := pages.TypeOf(name, types)
	d := pages.Source{Source: name, Type: of, Enabled: true, LateDataSeconds: of.LateDataSeconds}
	switch i := slices.IndexFunc(all, func(s pages.Source) bool { return s.Source == name }); {
	case i >= 0:
		d = all[i]
		if err := h.addStatus(c, &d); err != nil {
			return err
		}
	case !known:
		return fault.New(fault.NotFound, "nothing_here")
	}
	if d.Unread.Messages > 0 {
		d.Unread.Newest, err = readPart[pages.UnreadMessage](h, c, sitePath(c, "unread-messages"), url.Values{"source": {name}, "limit": {shownUnread}})
		if err != nil {
			return err
		}
	}
	return h.render(c, http.StatusOK, pages.SourcePage(shell, d))
}

// sourcesShell returns what is around a page about sources, the types of sources, and the
// sources of the site.
func (h *Handler) sourcesShell(c echo.Context) (shell pages.Shell, types []pages.SourceType, all []pages.Source, err error) {
	if shell, err = h.siteShell(c, c.Param("site"), "sources"); err != nil {
		return shell, nil, nil, err
	}
	types, all, err = h.sources(c)
	return shell, types, all, err
}

// sources returns the types of sources, and the sources of the site with theirs.
func (h *Handler) sources(c echo.Context) (types []pages.SourceType, all []pages.Source, err error) {
	var offered struct{ Items []pages.SourceType }
	if err := h.o.Operations.Read(c.Request().Context(), "/sources", &offered); err != nil {
		return nil, nil, err
	}
	var used struct{ Items []pages.Source }
	err = h.read(c, "sources", nil, &used)
	for i := range used.Items {
		used.Items[i].Type, _ = pages.TypeOf(used.Items[i].Source, offered.Items)
	}
	return offered.Items, used.Items, err
}

// addStatus adds how a source works, and how many of its messages could not be read.
func (h *Handler) addStatus(c echo.Context, d *pages.Source) error {
	path := "sources/" + pathValue(d.Source)
	if err := h.read(c, path+"/status", nil, &d.Status); err != nil {
		return err
	}
	var messages struct{ Unread pages.UnreadMessages }
	if err := h.read(c, path+"/messages", nil, &messages); err != nil {
		return err
	}
	d.Unread = messages.Unread
	return nil
}
