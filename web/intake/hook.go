package intake

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/sources"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
)

// HookPath is what the paths of webhooks begin with.
const HookPath = "/hooks/"

// hookLimit is the size that a webhook may have, in bytes.
const hookLimit = 1 << 20

// hookAnswer is the answer to a webhook that was verified. Providers show it in their logs.
type hookAnswer struct {
	Accepted int              `json:"accepted"`
	LeftOut  sources.Omission `json:"left_out,omitempty"`
	Unread   *unread.Defect   `json:"unread,omitempty"`
}

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
	settings := sites.SourceSettings(stored, site)
	if err := source.Verify(incoming, settings); err != nil {
		return &fault.Error{Code: fault.Unauthenticated, Message: "the webhook is not verified: " + problem.Message(err)}
	}
	answer, err := h.take(ctx, site, source, incoming, settings)
	if err != nil {
		return err
	}
	if answer.Unread != nil {
		if err := h.storeUnread(ctx, site, stored.Source, incoming, *answer.Unread); err != nil {
			return err
		}
	}
	h.metrics.Received(stored.Source, outcomeOf(answer))
	return c.JSON(http.StatusOK, answer)
}

// outcomeOf returns what became of a message, for the metrics.
func outcomeOf(a hookAnswer) string {
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

// take reads a verified message and stores what it reports. The reason why the
// message cannot be read is part of the answer. Other errors mean that it should be
// sent again.
func (h *Handler) take(ctx context.Context, site models.Site, source sources.Source, r sources.Request, settings sources.Settings) (hookAnswer, error) {
	reading, reason := h.read(ctx, source, r, settings)
	if reason != nil {
		return hookAnswer{Unread: reason}, nil
	}
	name := source.Describe().Name
	for _, report := range reading.Reports {
		err := h.storeReport(ctx, site, name, report.Clean(), r.Body)
		if reason := refusal(err); reason != nil {
			return hookAnswer{Unread: reason}, nil
		}
		if err != nil {
			return hookAnswer{}, err
		}
	}
	return hookAnswer{Accepted: len(reading.Reports), LeftOut: reading.LeftOut}, nil
}
