package cabinet

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"ringback/web/cabinet/pages"
	"ringback/web/internal/auth"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/reqctx"
)

// showSteps shows what is to be done until the first conversion was delivered, and how far
// the site is.
func (h *Handler) showSteps(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "overview")
	if err != nil {
		return err
	}
	d, err := h.steps(c)
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.StepsPage(shell, d))
}

// steps returns what is set up at a site, and what has happened there.
func (h *Handler) steps(c echo.Context) (d pages.Steps, err error) {
	if err := h.read(c, "script", nil, &d.Script); err != nil {
		return d, err
	}
	if err := h.o.Operations.Read(c.Request().Context(), "/sites/"+pathValue(c.Param("site")), &d.Script.Site); err != nil {
		return d, err
	}
	if d.Integrations, err = listOf[pages.IntegrationCard](h, c, "integrations", nil); err != nil {
		return d, err
	}
	if d.Calls, err = listOf[conversionview.ConversionView](h, c, "conversions", nil); err != nil {
		return d, err
	}
	if d.Skipped, err = listOf[conversionview.ConversionView](h, c, "conversions", url.Values{"counted_in": {"skipped"}}); err != nil {
		return d, err
	}
	if d.Delivered, err = listOf[conversionview.DeliveryView](h, c, "deliveries", url.Values{"state": {"delivered"}}); err != nil {
		return d, err
	}
	d.Tested, err = h.wasTested(c)
	return d, err
}

// wasTested reports whether a test event was sent. The audit trail has it, which only admins
// may read; for others it is not known, and the result is false.
func (h *Handler) wasTested(c echo.Context) (bool, error) {
	if !reqctx.Of(c.Request().Context()).Principal.Allows(auth.Admin) {
		return false, nil
	}
	var trail struct{ Items []pages.Change }
	query := url.Values{"site_id": {c.Param("site")}, "entity": {"integration"}, "limit": {"200"}}
	err := h.o.Operations.Read(c.Request().Context(), address("/audit", query), &trail)
	return slices.ContainsFunc(trail.Items, func(change pages.Change) bool { return change.Action == "tested" }), err
}

// listOf reads the newest item of a list of the site that the page is about.
func listOf[T any](h *Handler, c echo.Context, path string, query url.Values) ([]T, error) {
	asked := url.Values{"limit": {"1"}}
	for name, values := range query {
		asked[name] = values
	}
	var list struct{ Items []T }
	err := h.read(c, path, asked, &list)
	return list.Items, err
}
