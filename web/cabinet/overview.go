package cabinet

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/problem"
)

// siteCookie remembers the site that a browser looked at last.
const siteCookie = "ringback_site"

// showStart leads to the overview of the site that was looked at last, or else of the
// newest one. Without a site it shows what to do.
func (h *Handler) showStart(c echo.Context) error {
	sites, err := h.sites(c)
	if err != nil {
		return err
	}
	shell := h.shell(c)
	if len(sites) == 0 {
		return h.render(c, http.StatusOK, pages.NoSitePage(shell))
	}
	chosen := sites[0].ID
	if cookie, err := c.Cookie(siteCookie); err == nil {
		for _, site := range sites {
			if site.ID == cookie.Value {
				chosen = site.ID
			}
		}
	}
	return c.Redirect(http.StatusFound, "/sites/"+pathValue(chosen)+"/overview")
}

// showSite leads from the address of a site to its overview.
func (h *Handler) showSite(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "overview")
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusFound, "/sites/"+pathValue(shell.Site.ID)+"/overview")
}

func (h *Handler) showOverview(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "overview")
	if err != nil {
		return err
	}
	var d pages.Overview
	asked, err := h.readReport(c, "overview", &d)
	if err != nil {
		return err
	}
	d.Asked = asked
	delivered, err := readPart[conversionview.DeliveryView](h, c, sitePath(c, "deliveries"), url.Values{"state": {"delivered"}, "limit": {"1"}})
	if err != nil {
		return err
	}
	if len(delivered) == 0 {
		steps, err := h.steps(c)
		if err != nil {
			return err
		}
		d.Steps = &steps
	}
	if d.OpenAlerts, err = h.openAlerts(c); err != nil {
		return err
	}
	return h.render(c, statusOf(asked.Problem), pages.OverviewPage(shell, d))
}

// The parameters of the period of a page.
var periodParameters = []string{"period", "from", "to", "compare", "compare_from", "compare_to"}

// readReport reads a report of the site for the period that the address names. By default it
// is compared with the period before. What the report refuses is in the answer.
func (h *Handler) readReport(c echo.Context, name string, into any, parameters ...string) (pages.Asked, error) {
	query := reportQuery(c, parameters...)
	asked := pages.Asked{Period: query.Get("period"), From: query.Get("from"), To: query.Get("to"), Compare: query.Get("compare")}
	var err error
	asked.Problem, err = h.ask(c.Request().Context(), siteAddress(c, "reports/"+name, query), into)
	return asked, err
}

// reportQuery returns what a report is asked for.
func reportQuery(c echo.Context, parameters ...string) url.Values {
	query := pick(c.QueryParams(), append(parameters, periodParameters...)...)
	if !query.Has("compare") {
		query.Set("compare", "previous")
	}
	if query.Get("period") == "" && query.Get("from") == "" {
		query.Set("period", "30d")
	}
	if query.Get("from") != "" && query.Get("period") != "" { // a period that was chosen replaces the days
		query.Del("from")
		query.Del("to")
	}
	return query
}

// ask reads an operation. It returns the problem if the operation refuses a parameter.
func (h *Handler) ask(ctx context.Context, address string, into any) (*pages.Problem, error) {
	err := h.o.Operations.Read(ctx, address, into)
	var p *problem.Problem
	if !errors.As(err, &p) || p.Code != fault.Invalid {
		return nil, err
	}
	refused := &pages.Problem{Detail: p.Detail}
	for _, f := range p.Errors {
		refused.Fields = append(refused.Fields, pages.ProblemField{Field: f.Field, Expected: f.Expected})
	}
	return refused, nil
}

// statusOf returns the status of a page that may have a problem.
func statusOf(p *pages.Problem) int {
	if p != nil {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// siteAddress returns the address of an operation of the site that the page is about.
func siteAddress(c echo.Context, path string, query url.Values) string {
	return address(sitePath(c, path), query)
}

// sitePath returns the path of an operation of the site that the page is about.
func sitePath(c echo.Context, path string) string {
	return "/sites/" + pathValue(c.Param("site")) + "/" + path
}

// address returns a path with its query.
func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// pick returns those parameters that are set.
func pick(given url.Values, names ...string) url.Values {
	picked := url.Values{}
	for _, name := range names {
		if value := given.Get(name); value != "" {
			picked.Set(name, value)
		}
	}
	return picked
}
