package intake

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/models"
	"ringback/sources"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
)

// hookLimit is the size that a webhook may have, in bytes.
const hookLimit = 1 << 20

// receiveHook answers 2xx only once everything that the webhook reports is stored
// (G1). Providers repeat a webhook that got any other answer. What was stored of it
// before is then recognised as a duplicate.
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
	reports, err := readHook(source, incoming, sites.SourceSettings(stored, site))
	if err != nil {
		return err
	}
	for _, report := range reports {
		if err := h.storeReport(ctx, site, stored.Source, report, incoming.Body); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, map[string]int{"accepted": len(reports)})
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

// readHook verifies and parses a webhook. Its errors do not quote the body.
func readHook(source sources.Source, r sources.Request, settings sources.Settings) ([]sources.Report, error) {
	if err := source.Verify(r, settings); err != nil {
		return nil, &fault.Error{Code: fault.Unauthenticated, Message: "the webhook is not verified: " + problem.Message(err)}
	}
	reports, err := source.Parse(r, settings)
	if err != nil {
		var f *fault.Error
		if errors.As(err, &f) {
			return nil, err
		}
		return nil, &fault.Error{Code: fault.Invalid, Message: "the webhook cannot be read as one of " + source.Describe().Title, Err: err}
	}
	for _, report := range reports {
		if !externalID.MatchString(report.ExternalID) || (report.Event == nil) == (report.Lead == nil) {
			return nil, fault.New(fault.Invalid, "the webhook has no id of a call or lead that can be used: %s", externalIDForm)
		}
	}
	return reports, nil
}

// storeReport stores one report of a webhook. The ids of leads get the source as a
// prefix, as the leads of all sources share one space of ids.
func (h *Handler) storeReport(ctx context.Context, site models.Site, source string, r sources.Report, raw []byte) error {
	if r.Kind == conversion.KindLead {
		_, err := h.acceptor.AcceptLead(ctx, models.NewLead{
			SiteID: site.ID, Source: source, ExternalID: source + ":" + r.ExternalID, Lead: *r.Lead, Raw: raw,
		})
		return err
	}
	_, err := h.acceptor.AcceptCallEvent(ctx, models.CallEvent{
		SiteID: site.ID, Source: source, ExternalID: r.ExternalID, Event: *r.Event, Raw: raw, OnlyIfKnown: r.OnlyIfKnown,
	})
	if errors.Is(err, models.ErrTooManyEvents) { // a repeat would be refused too
		h.logger.LogAttrs(ctx, slog.LevelWarn, "hook.too_many_events",
			slog.String("site_id", site.ID), slog.String("source", source), slog.String("external_id", r.ExternalID))
		return nil
	}
	return err
}
