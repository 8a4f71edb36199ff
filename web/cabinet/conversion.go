package cabinet

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"ringback/web/cabinet/pages"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/reqctx"
)

func (h *Handler) showConversion(c echo.Context) error {
	ctx := c.Request().Context()
	detail, err := h.detail(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	if c.QueryParam("as") == "json" {
		return c.JSONPretty(http.StatusOK, detail, "  ")
	}
	shell, err := h.siteShell(c, detail.SiteID, "calls")
	if err != nil {
		return err
	}
	story, err := h.story(c, detail)
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.ConversionPage(shell, pages.Conversion{DetailView: detail, ByIntegration: sections(detail), Story: story}))
}

// detail reads a conversion in the account's turn.
func (h *Handler) detail(ctx context.Context, id string) (conversionview.DetailView, error) {
	viewing, end, err := h.o.Viewers.Begin(ctx, reqctx.Account(ctx))
	if err != nil {
		return conversionview.DetailView{}, err
	}
	defer end()
	return h.o.Conversions.Detail(viewing, id)
}

// sections returns the decision and the deliveries of each integration.
func sections(d conversionview.DetailView) []pages.Integration {
	out := make([]pages.Integration, 0, len(d.Integrations))
	for _, status := range d.Integrations {
		section := pages.Integration{StatusView: status}
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
