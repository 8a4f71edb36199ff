package cabinet

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// The parameters of the lists, which are those of the API. The page of calls has search
// besides.
var (
	callParameters = []string{
		"kind", "state", "tag", "external_id", "session_id", "person", "from", "to", "counted_in", "day_from", "day_to", "channel", "source", "medium", "campaign",
		"term", "landing_page", "device", "number_id", "pool_id", "form", "no_visit", "weekday", "hour", "integration_id", "reason", "only",
	}
	deliveryParameters = []string{"state", "integration_id", "conversion_id", "resent", "from", "to"}
)

func (h *Handler) showCalls(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "calls")
	if err != nil {
		return err
	}
	search := strings.TrimSpace(c.QueryParam("search"))
	if strings.HasPrefix(search, "cnv_") {
		return c.Redirect(http.StatusSeeOther, "/conversions/"+pathValue(search))
	}
	d := pages.Calls{}
	query := pick(c.QueryParams(), callParameters...)
	asked := searching(query, search)
	if d.List, err = readList(h, c, sitePath(c, "conversions"), asked, &d.Items); err != nil {
		return err
	}
	if err := h.addViews(c, shell, &d.List); err != nil {
		return err
	}
	d.Filter = query
	if search != "" {
		d.Filter.Set("search", search)
	}
	d.ChooseCalls(c.QueryParams()[wire.ColumnsParameter])
	if d.Integrations, err = h.integrations(c); err != nil {
		return err
	}
	return h.render(c, statusOf(d.Problem), pages.CallsPage(shell, d))
}

// searching returns a filter that also finds what was searched for: a phone number or an
// e-mail address, or else an external id.
func searching(query url.Values, search string) url.Values {
	asked := pick(query, callParameters...)
	isNumber := strings.Trim(search, "+0123456789 ()-.") == "" && len(search) >= 7
	switch {
	case search == "":
	case isNumber || strings.Contains(search, "@"):
		asked.Set("person", search)
	default:
		asked.Set("external_id", search)
	}
	return asked
}

func (h *Handler) showDeliveries(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "deliveries")
	if err != nil {
		return err
	}
	var d pages.Deliveries
	query := pick(c.QueryParams(), deliveryParameters...)
	if d.List, err = readList(h, c, sitePath(c, "deliveries"), query, &d.Items); err != nil {
		return err
	}
	if err := h.addViews(c, shell, &d.List); err != nil {
		return err
	}
	d.ChooseDeliveries(c.QueryParams()[wire.ColumnsParameter])
	if d.Integrations, err = h.integrations(c); err != nil {
		return err
	}
	return h.render(c, statusOf(d.Problem), pages.DeliveriesPage(shell, d))
}

// attemptsShown is how many attempts a page has. Each has what was sent and answered.
const attemptsShown = "20"

// showAttempts shows the attempts of a delivery, the last one first.
func (h *Handler) showAttempts(c echo.Context) error {
	shell, err := h.siteShell(c, c.Param("site"), "deliveries")
	if err != nil {
		return err
	}
	var d pages.Attempts
	path := "/deliveries/" + pathValue(c.Param("id"))
	if err := h.o.Operations.Read(c.Request().Context(), path, &d.Delivery); err != nil {
		return err
	}
	if d.Delivery.SiteID != shell.Site.ID {
		return fault.New(fault.NotFound, "no_such_delivery")
	}
	if d.List, err = readList(h, c, path+"/attempts", url.Values{"limit": {attemptsShown}}, &d.Items); err != nil {
		return err
	}
	d.Filter = nil
	return h.render(c, statusOf(d.Problem), pages.AttemptsPage(shell, d))
}

// readList reads a page of a list.
func readList[T any](h *Handler, c echo.Context, path string, query url.Values, into *[]T) (pages.List, error) {
	list := pages.List{Filter: query, IsFirst: c.QueryParam("cursor") == "", API: "/api/v1" + address(path, query)}
	asked := maps.Clone(query)
	if !list.IsFirst {
		asked.Set("cursor", c.QueryParam("cursor"))
	}
	var answer struct {
		Items      []T
		NextCursor string `json:"next_cursor"`
	}
	var err error
	list.Problem, err = h.ask(c.Request().Context(), address(path, asked), &answer)
	*into, list.Next = answer.Items, answer.NextCursor
	return list, err
}

// readPart reads the newest items of a list: as many as the longest page has, unless the query
// has a limit.
func readPart[T any](h *Handler, c echo.Context, path string, query url.Values) ([]T, error) {
	items, _, err := readPage[T](h, c, path, query)
	return items, err
}

// readPage is readPart with the cursor of the next page, which is empty on the last one.
func readPage[T any](h *Handler, c echo.Context, path string, query url.Values) (items []T, next string, err error) {
	asked := maps.Clone(whole)
	maps.Copy(asked, query)
	var answer struct {
		Items      []T
		NextCursor string `json:"next_cursor"`
	}
	err = h.o.Operations.Read(c.Request().Context(), address(path, asked), &answer)
	return answer.Items, answer.NextCursor, err
}

// addViews adds what the views of a list need: those that the user keeps, and the days.
func (h *Handler) addViews(c echo.Context, s pages.Shell, list *pages.List) error {
	today := h.o.Clock.Now()
	if s.Days != nil {
		today = today.In(s.Days)
	}
	list.Today, list.Month = today.Format(time.DateOnly), today.AddDate(0, 0, -29).Format(time.DateOnly)
	list.MaySave = reqctx.Of(c.Request().Context()).Principal.IsUser()
	if !list.MaySave {
		return nil
	}
	var err error
	list.Saved, err = readPart[pages.SavedView](h, c, sitePath(c, "views"), nil)
	return err
}

// integrations returns the integrations of the site to choose from.
func (h *Handler) integrations(c echo.Context) ([]pages.Site, error) {
	return readPart[pages.Site](h, c, sitePath(c, "integrations"), nil)
}
