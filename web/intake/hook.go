package intake

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"ringback/internal/accept"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/unread"
	"ringback/models/received"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/sources/listing"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
)

// HookPath is what the paths of webhooks begin with.
const HookPath = "/hooks/"

// hookLimit is the size up to which a webhook is read, in bytes. Providers send
// transcripts, so it is far above the size of a usual message.
const hookLimit = 8 << 20

// receiveHook answers 2xx only once everything that the webhook reports is stored
// (G1). Providers repeat a webhook that got any other answer, if at all. What was
// stored of it before is then recognised as a duplicate. A webhook that is verified
// and cannot be read is stored as it came and answered 2xx, because most providers
// never send it again. Of one above hookLimit, the beginning is stored, if it can be
// verified by that.
func (h *Handler) receiveHook(c echo.Context) error {
	ctx := c.Request().Context()
	stored, site, err := h.sourceOf(ctx, c.Param("key"))
	if err != nil {
		return err
	}
	source, ok := h.sources.Get(c.Param("source"))
	switch {
	case !ok, stored.Source != c.Param("source"):
		return echo.NewHTTPError(http.StatusNotFound)
	case !stored.Enabled:
		return problem.New(ctx, http.StatusGone, fault.Conflict, fault.Because("source_switched_off"))
	}
	incoming, whole, err := h.hookRequest(c)
	if err != nil {
		return err
	}
	message := accept.Message{Site: site, Source: source, Settings: accept.SettingsOf(stored, site), Request: incoming}
	if err := verify(message, whole); err != nil {
		return err
	}
	end, err := h.reports.Begin(ctx, site.ID)
	if err != nil {
		return err
	}
	defer end()
	answer, err := h.take(ctx, site.ID+"/"+stored.Source, message, whole)
	if err != nil {
		return err
	}
	h.metrics.Received(stored.Source, outcomeOf(answer))
	return c.JSON(http.StatusOK, answer)
}

// sourceOf returns the source of a key. Anybody can send keys, so a few are looked up at
// once (G6).
func (h *Handler) sourceOf(ctx context.Context, key string) (websites.Source, websites.Site, error) {
	end, err := h.lookups.Begin(ctx, "")
	if err != nil {
		return websites.Source{}, websites.Site{}, err
	}
	defer end()
	return h.store.SourceByHookKey(ctx, key)
}

// take stores a verified message once it is its source's turn (G6).
func (h *Handler) take(ctx context.Context, source string, message accept.Message, whole bool) (accept.Outcome, error) {
	end, err := h.turns.Begin(ctx, source)
	if err != nil {
		return accept.Outcome{}, err
	}
	defer end()
	h.messages.Note(ctx, message)
	answer := accept.Outcome{Unread: &unread.Defect{Code: unread.TooLarge}}
	if whole {
		answer, err = h.messages.Take(ctx, message)
	} else {
		message.Request.Body = message.Request.Body[:accept.LargestKept]
	}
	if err != nil {
		return accept.Outcome{}, err
	}
	return answer, h.keep(ctx, message, answer)
}

// keep stores a message that could not be read, and the last message of a source whose
// owner writes the mapping from it. If there is no room for another unread message, the
// provider is asked to send it again, and the message is counted.
func (h *Handler) keep(ctx context.Context, message accept.Message, answer accept.Outcome) error {
	if err := h.messages.KeepLast(ctx, message); err != nil {
		return err
	}
	if answer.Unread == nil {
		return nil
	}
	err := h.messages.Keep(ctx, message, *answer.Unread)
	if errors.Is(err, received.ErrFull) {
		h.metrics.Received(message.Source.Describe().Name, "refused")
	}
	return err
}

// verify returns an error unless the provider sent the message. A signature covers the
// whole message, so one of which there is only the beginning is not verified by it.
// Messages of listed calls never come from outside.
func verify(m accept.Message, whole bool) error {
	err := m.Source.Verify(m.Request, m.Settings)
	switch {
	case listing.Lists(m.Request):
		return fault.New(fault.Unauthenticated, "listed_from_outside")
	case err == nil:
		return nil
	case !whole:
		return fault.New(fault.TooLarge, "webhook_too_large").With("Limit", strconv.Itoa(hookLimit))
	case fault.CodeOf(err) == fault.Internal:
		return fault.New(fault.Unauthenticated, "webhook_not_verified").By(err)
	default:
		return err
	}
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

// hookRequest returns what the provider sent, with the URL as the provider used it, and
// reports whether that is the whole message.
func (h *Handler) hookRequest(c echo.Context) (request sources.Request, whole bool, err error) {
	r := c.Request()
	body, whole, err := endpoint.ReadStart(c, hookLimit)
	if err != nil {
		return sources.Request{}, false, err
	}
	public, err := url.Parse(h.publicURL + r.URL.RequestURI())
	if err != nil {
		return sources.Request{}, false, fault.New(fault.Invalid, "address_unreadable")
	}
	return sources.Request{Method: r.Method, URL: public, Header: r.Header, Body: body, ReceivedAt: instant.Now(h.clock)}, whole, nil
}
