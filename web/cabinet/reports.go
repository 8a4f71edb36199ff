package cabinet

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
)

func (h *Handler) showFirstReport(c echo.Context) error {
	address := "/sites/" + pathValue(c.Param("site")) + "/reports/" + pages.FirstReport
	if query := c.QueryString(); query != "" {
		address += "?" + query
	}
	return c.Redirect(http.StatusFound, address)
}

func (h *Handler) showReport(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "reports")
	if err != nil {
		return err
	}
	d := pages.ReportPageOf{Name: c.Param("report")}
	if !pages.IsReport(d.Name) {
		return fault.New(fault.NotFound, "nothing_here")
	}
	parameters := []string{}
	if d.Name == "sources" || d.Name == "revenue" {
		parameters = append(parameters, "by")
		d.By = pages.Dimension(d.Name, c.QueryParam("by"))
	}
	asked, err := h.readReport(c, d.Name, &d, parameters...)
	if err != nil {
		return err
	}
	d.Asked = asked
	d.ChooseModel(c.QueryParam("model"))
	d.File = "/api/v1" + siteAddress(c, "reports/"+d.Name+".csv", reportQuery(c, parameters...))
	return h.render(c, statusOf(asked.Problem), pages.ReportPage(shell, d))
}
