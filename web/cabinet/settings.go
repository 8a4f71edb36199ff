package cabinet

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/problem"
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
	if d.Items, err = readPart[pages.IntegrationCard](h, c, sitePath(c, "integrations"), nil); err != nil {
		return err
	}
	if d.Health, err = h.health(c); err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.IntegrationsPage(shell, d))
}

// health returns what became of the deliveries of the last days, nil while the first
// reports of the site are built.
func (h *Handler) health(c echo.Context) (*pages.Healths, error) {
	var read pages.Healths
	err := h.read(c, "reports/health", nil, &read)
	var p *problem.Problem
	if errors.As(err, &p) && p.Code == fault.Unavailable {
		return nil, nil
	}
	return &read, err
}

func (h *Handler) showNumbers(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "numbers")
	if err != nil {
		return err
	}
	var d pages.Numbers
	if d.Pools, err = readPart[pages.Pool](h, c, sitePath(c, "pools"), nil); err != nil {
		return err
	}
	if d.List, err = readList(h, c, sitePath(c, "numbers"), whole, &d.Numbers); err != nil {
		return err
	}
	d.Filter = nil
	return h.render(c, statusOf(d.Problem), pages.NumbersPage(shell, d))
}

func (h *Handler) showScript(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "script")
	if err != nil {
		return err
	}
	d, err := h.script(c)
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.ScriptPage(shell, d))
}

// script returns the script of the page's site, with the settings of the site.
func (h *Handler) script(c echo.Context) (d pages.Script, err error) {
	if err := h.read(c, "script", nil, &d); err != nil {
		return d, err
	}
	err = h.o.Operations.Read(c.Request().Context(), "/sites/"+pathValue(c.Param("site")), &d.Site)
	return d, err
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
