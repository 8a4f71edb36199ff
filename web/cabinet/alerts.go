package cabinet

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/alerts"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/auth"
	"ringback/web/internal/reqctx"
)

// onlyOpen asks for alerts that have not ended.
var onlyOpen = url.Values{"open": {"true"}}

// showAlerts shows what needs a person, and where alerts are sent if the reader may change it.
func (h *Handler) showAlerts(c echo.Context) error {
	shell, err := h.accountShell(c, "alerts")
	if err != nil {
		return err
	}
	open, latest, err := h.alerts(c, shell.Sites)
	if err != nil {
		return err
	}
	d := pages.SortAlerts(open, latest, h.o.Clock.Now())
	if shell.MayManage {
		d.Settings = &pages.AlertSettings{Kinds: alerts.Kinds()}
		if err := h.o.Operations.Read(c.Request().Context(), "/alert-settings", d.Settings); err != nil {
			return err
		}
	}
	return h.render(c, http.StatusOK, pages.AlertsPage(shell, d))
}

// alerts returns the open alerts and the latest ones: those of the account, or those of each
// site for a user who only has roles at sites.
func (h *Handler) alerts(c echo.Context, sites []pages.Site) (open, latest []pages.Alert, err error) {
	lists := []string{"/alerts"}
	if !reqctx.Of(c.Request().Context()).Principal.Allows(auth.Viewer) {
		lists = nil
		for _, site := range sites {
			lists = append(lists, "/sites/"+pathValue(site.ID)+"/alerts")
		}
	}
	for _, list := range lists {
		some, err := readPart[pages.Alert](h, c, list, onlyOpen)
		if err != nil {
			return nil, nil, err
		}
		open = append(open, some...)
		if some, err = readPart[pages.Alert](h, c, list, nil); err != nil {
			return nil, nil, err
		}
		latest = append(latest, some...)
	}
	return open, latest, nil
}

// openAlerts returns how many alerts of the page's site are open and not muted.
func (h *Handler) openAlerts(c echo.Context) (int, error) {
	open, err := readPart[pages.Alert](h, c, sitePath(c, "alerts"), onlyOpen)
	return len(pages.SortAlerts(open, nil, h.o.Clock.Now()).Open), err
}
