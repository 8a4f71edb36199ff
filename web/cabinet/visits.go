package cabinet

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/web/cabinet/pages"
	"ringback/web/internal/conversionview"
)

// visitParameters are the parameters of the list of visits, which are those of the API.
var visitParameters = []string{"day_from", "day_to", "channel", "source", "medium", "campaign", "visitor"}

// showVisits shows the visits of a site.
func (h *Handler) showVisits(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "visits")
	if err != nil {
		return err
	}
	var d pages.Visits
	query := pick(c.QueryParams(), visitParameters...)
	if d.List, err = readList(h, c, sitePath(c, "sessions"), query, &d.Items); err != nil {
		return err
	}
	return h.render(c, statusOf(d.Problem), pages.VisitsPage(shell, d))
}

// showVisit shows one visit, with its pages and the calls and leads that belong to it.
func (h *Handler) showVisit(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "visits")
	if err != nil {
		return err
	}
	var d pages.Visit
	path := sitePath(c, "sessions/"+pathValue(c.Param("visit")))
	if err := h.o.Operations.Read(c.Request().Context(), path, &d.VisitItem); err != nil {
		return err
	}
	if d.Views, d.MoreViews, err = readPage[pages.PageView](h, c, path+"/views", nil); err != nil {
		return err
	}
	d.Results, d.MoreResults, err = readPage[conversionview.ConversionView](h, c, sitePath(c, "conversions"), url.Values{"session_id": {d.ID}, "limit": {storyItems}})
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.VisitPage(shell, d))
}
