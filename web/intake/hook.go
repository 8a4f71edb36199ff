package intake

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/internal/accept"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/sources"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// HookPath is what the paths of webhooks begin with.
const HookPath = "/hooks/"

// hookLimit is the size that a webhook may have, in bytes.
const hookLimit = 1 << 20

// receiveHook answers 2xx only once everything that the webhook reports is stored
// (G1). Providers repeat a webhook that got any other answer, if at all. What was
// stored of it before is then recognised as a duplicate. A webhook that is verified
// and cannot be read is stored as it came and answered 2xx, because most providers
// never send it again.
func (h *Handler) receiveHook(c echo.Context) error {
	ctx := c.Request().Context()
	stored, site, err := h.store.SourceByHookKey(ctx, c.Param("key"))
	if err != nil {
		return err
	}
	source, ok := h.sources.Get(c.Param("source"))
	switch {
	case !ok, stored.Source != c.Param("source"):
		return echo.NewHTTPError(http.StatusNotFound)
	case !stored.Enabled:
		return problem.New(reqctx.Of(ctx).ID, http.StatusGone, fault.Conflict, "this source is switched off for the site")
	}
	incoming, err := h.hookRequest(c)
	if err != nil {
		return err
	}
	message := accept.Message{Site: site, Source: source, Settings: accept.SettingsOf(stored, site), Request: incoming}
	if err := source.Verify(incoming, message.Settings); err != nil {
		return &fault.Error{Code: fault.Unauthenticated, Message: "the webhook is not verified: " + problem.Message(err)}
	}
	answer, err := h.messages.Take(ctx, message)
	if err != nil {
		return err
	}
	if answer.Unread != nil {
		if err := h.messages.Keep(ctx, message, *answer.Unread); err != nil {
			return err
		}
	}
	h.metrics.Received(stored.Source, outcomeOf(answer))
	return c.JSON(http.StatusOK, answer)
}

// outcomeOf returns what became of a message, for the metrics.
func outcomeOf(a accept.Outcome) string {
	switch {
	case a.Unread != nil:
		return "unread"
	case a.LeftOut != "":
		return "left_out"
	default:
		return "read"
	}
}

// hookRequest returns what the provider sent, with the URL as the provider used it.
func (h *Handler) hookRequest(c echo.Context) (sources.Request, error) {
	r := c.Request()
	body, err := endpoint.ReadBody(c, "webhook", hookLimit)
	if err != nil {
		return sources.Request{}, err
	}
	public, err := url.Parse(h.publicURL + r.URL.RequestURI())
	if err != nil {
		return sources.Request{}, fault.New(fault.Invalid, "the address cannot be read")
	}
	return sources.Request{Method: r.Method, URL: public, Header: r.Header, Body: body, ReceivedAt: instant.Now(h.clock)}, nil
}
