package cabinet

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/reqctx"
)

// conversionData is the content of the page of a conversion.
type conversionData struct {
	conversionview.DetailView
	ByIntegration []integrationSection
}

// integrationSection is one integration's part of the page.
type integrationSection struct {
	conversionview.StatusView
	Decision   *conversionview.DecisionView // nil if it is not decided yet
	Deliveries []conversionview.DeliveryView
}

func (h *Handler) showConversion(c echo.Context) error {
	ctx := c.Request().Context()
	principal, err := h.reader(ctx)
	if fault.CodeOf(err) == fault.Unauthenticated {
		return c.Redirect(http.StatusSeeOther, loginAddress(c))
	}
	if err != nil {
		return h.showError(c, err)
	}
	reqctx.Of(ctx).Principal = principal
	viewing, end, err := h.o.Viewers.Begin(ctx, principal.AccountID)
	if err != nil {
		return h.showError(c, err)
	}
	defer end()
	detail, err := h.o.Conversions.Detail(viewing, c.Param("id"))
	if err != nil {
		return h.showError(c, err)
	}
	if c.QueryParam("as") == "json" {
		return c.JSONPretty(http.StatusOK, detail, "  ")
	}
	return h.render(c, http.StatusOK, "conversion", conversionData{
		DetailView: detail, ByIntegration: sections(detail),
	})
}

// sections returns the decision and the deliveries of each integration.
func sections(d conversionview.DetailView) []integrationSection {
	out := make([]integrationSection, 0, len(d.Integrations))
	for _, status := range d.Integrations {
		section := integrationSection{StatusView: status}
		if i := slices.IndexFunc(d.Decisions, func(v conversionview.DecisionView) bool { return v.IntegrationID == status.IntegrationID }); i >= 0 {
			section.Decision = &d.Decisions[i]
		}
		for _, delivery := range d.Deliveries {
			if delivery.IntegrationID == status.IntegrationID {
				section.Deliveries = append(section.Deliveries, delivery)
			}
		}
		out = append(out, section)
	}
	return out
}
