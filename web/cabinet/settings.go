package cabinet

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"ringback/web/cabinet/pages"
)

// longestPage is how many items the longest page of a list has.
const longestPage = 200

// whole asks for the longest page of a list.
var whole = url.Values{"limit": {strconv.Itoa(longestPage)}}

func (h *Handler) showIntegrations(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "integrations")
	if err != nil {
		return err
	}
	var d pages.Integrations
	if err := h.read(c, "integrations", whole, &d); err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.IntegrationsPage(shell, d))
}

func (h *Handler) showNumbers(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "numbers")
	if err != nil {
		return err
	}
	var pools struct{ Items []pages.Pool }
	var d pages.Numbers
	if err := h.read(c, "pools", whole, &pools); err != nil {
		return err
	}
	if d.List, err = readList(h, c, sitePath(c, "numbers"), whole, &d.Numbers); err != nil {
		return err
	}
	d.Pools, d.Filter = pools.Items, nil
	return h.render(c, statusOf(d.Problem), pages.NumbersPage(shell, d))
}

func (h *Handler) showSources(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "sources")
	if err != nil {
		return err
	}
	var all struct{ Items []pages.Source }
	if err := h.read(c, "sources", nil, &all); err != nil {
		return err
	}
	for i := range all.Items {
		one := &all.Items[i]
		if err := h.read(c, "sources/"+pathValue(one.Source)+"/status", nil, &one.Status); err != nil {
			return err
		}
	}
	return h.render(c, http.StatusOK, pages.SourcesPage(shell, all.Items))
}

func (h *Handler) showScript(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "script")
	if err != nil {
		return err
	}
	var d pages.Script
	if err := h.read(c, "script", nil, &d); err != nil {
		return err
	}
	if err := h.o.Operations.Read(c.Request().Context(), "/sites/"+pathValue(c.Param("site")), &d.Site); err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.ScriptPage(shell, d))
}

func (h *Handler) showJournal(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "journal")
	if err != nil {
		return err
	}
	filter := pick(c.QueryParams(), "entity", "entity_id")
	asked := maps.Clone(filter)
	asked.Set("site_id", c.Param("site"))
	var d pages.Journal
	if d.List, err = readList(h, c, "/audit", asked, &d.Items); err != nil {
		return err
	}
	d.Filter = filter
	return h.render(c, statusOf(d.Problem), pages.JournalPage(shell, d))
}

// read reads an operation of the site that the page is about.
func (h *Handler) read(c echo.Context, path string, query url.Values, into any) error {
	return h.o.Operations.Read(c.Request().Context(), siteAddress(c, path, query), into)
}
