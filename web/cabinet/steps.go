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
	if d.Script, err = h.script(c); err != nil {
		return d, err
	}
	if _, d.Sources, err = h.sources(c); err != nil {
		return d, err
	}
	newest := url.Values{"limit": {"1"}}
	if d.Integrations, err = readPart[pages.IntegrationCard](h, c, sitePath(c, "integrations"), newest); err != nil {
		return d, err
	}
	if d.Calls, err = readPart[conversionview.ConversionView](h, c, sitePath(c, "conversions"), newest); err != nil {
		return d, err
	}
	if d.Skipped, err = readPart[conversionview.ConversionView](h, c, sitePath(c, "conversions"), url.Values{"counted_in": {"skipped"}, "limit": {"1"}}); err != nil {
		return d, err
	}
	if d.Delivered, err = readPart[conversionview.DeliveryView](h, c, sitePath(c, "deliveries"), url.Values{"state": {"delivered"}, "limit": {"1"}}); err != nil {
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
	trail, err := readPart[pages.Change](h, c, "/audit", url.Values{"site_id": {c.Param("site")}, "entity": {"integration"}})
	return slices.ContainsFunc(trail, func(change pages.Change) bool { return change.Action == "tested" }), err
}
