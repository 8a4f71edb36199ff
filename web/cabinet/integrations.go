package cabinet

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
)

// showNewIntegration shows the form of a new integration, or first the choice of its type.
func (h *Handler) showNewIntegration(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "integrations")
	if err != nil {
		return err
	}
	types, err := h.destinationTypes(c)
	if err != nil {
		return err
	}
	wanted := c.QueryParam("type")
	if wanted == "" {
		return h.render(c, http.StatusOK, pages.IntegrationTypesPage(shell, types))
	}
	d := pages.IntegrationForm{Model: string(conversion.LastNonDirect)}
	if err := h.fillForm(c, &d, types, wanted); err != nil {
		return err
	}
	d.Name = d.Type.Name
	return h.render(c, http.StatusOK, pages.IntegrationFormPage(shell, d))
}

// showIntegration shows the form of an integration, and its history.
func (h *Handler) showIntegration(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "integrations")
	if err != nil {
		return err
	}
	types, err := h.destinationTypes(c)
	if err != nil {
		return err
	}
	var stored struct {
		pages.IntegrationForm
		Type string
	}
	path := "integrations/" + pathValue(c.Param("id"))
	if err := h.read(c, path, nil, &stored); err != nil {
		return err
	}
	d := stored.IntegrationForm
	if err := h.fillForm(c, &d, types, stored.Type); err != nil {
		return err
	}
	d.Versions, err = readPart[pages.IntegrationVersion](h, c, sitePath(c, path+"/versions"), url.Values{"limit": {"50"}})
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, pages.IntegrationFormPage(shell, d))
}

func (h *Handler) destinationTypes(c echo.Context) ([]pages.DestinationType, error) {
	var list struct{ Items []pages.DestinationType }
	err := h.o.Operations.Read(c.Request().Context(), "/destinations", &list)
	return list.Items, err
}

// fillForm adds what the form of a type offers.
func (h *Handler) fillForm(c echo.Context, d *pages.IntegrationForm, types []pages.DestinationType, wanted string) error {
	i := slices.IndexFunc(types, func(t pages.DestinationType) bool { return t.Type == wanted })
	if i < 0 {
		return fault.New(fault.NotFound, "nothing_here")
	}
	d.Type = types[i]
	for _, f := range conversion.TrafficFields {
		d.Fields = append(d.Fields, f.Name)
	}
	for _, o := range conversion.Operators() {
		d.Operators = append(d.Operators, string(o))
	}
	for _, m := range conversion.AttributionModels() {
		d.Models = append(d.Models, string(m))
	}
	d.Metrics = map[string][]string{}
	for _, kind := range []conversion.Kind{conversion.KindCall, conversion.KindLead} {
		for _, m := range conversion.MetricsOf(kind) {
			d.Metrics[string(kind)] = append(d.Metrics[string(kind)], string(m))
		}
	}
	var seen struct{ Values map[string][]string }
	err := h.read(c, "reports/values", nil, &seen)
	d.Seen = seen.Values
	return err
}
