package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/settings"
	"ringback/models"
	"ringback/sources"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// hookLimit is the size of a provider's webhook at most, in bytes.
const hookLimit = 1 << 20

// hooks adds the address that providers call. It is not under the API: the
// unguessable key in the address and the provider's signature stand for a token.
func (s *server) hooks(e *echo.Echo) { e.POST("/hooks/:source/:key", s.receiveHook) }

// receiveHook answers 2xx only after everything the webhook said is stored
// (guarantee 1). Providers send again what got any other answer; what was
// stored of it already is recognised then.
func (s *server) receiveHook(c echo.Context) error {
	ctx := c.Request().Context()
	stored, site, err := s.Store.SourceByHookKey(ctx, c.Param("key"))
	if err != nil {
		return err
	}
	source, ok := s.Sources.Get(c.Param("source"))
	switch {
	case !ok, stored.Source != c.Param("source"):
		return echo.NewHTTPError(http.StatusNotFound)
	case !stored.Enabled:
		return problem.New(reqctx.Of(ctx).ID, http.StatusGone, fault.Conflict, "this source is switched off for the site")
	}
	incoming, err := s.hookRequest(c)
	if err != nil {
		return err
	}
	reports, err := readHook(source, incoming, sourceSettings(stored, site))
	if err != nil {
		return err
	}
	for _, report := range reports {
		if err := s.storeReport(ctx, site, stored.Source, report, incoming.Body); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, map[string]int{"accepted": len(reports)})
}

// hookRequest reads what the provider sent, with the address as the provider knows it.
func (s *server) hookRequest(c echo.Context) (sources.Request, error) {
	r := c.Request()
	body, err := endpoint.ReadBody(c, "webhook", hookLimit)
	if err != nil {
		return sources.Request{}, err
	}
	public, err := url.Parse(s.PublicURL + r.URL.RequestURI())
	if err != nil {
		return sources.Request{}, fault.New(fault.Invalid, "the address cannot be read")
	}
	return sources.Request{Method: r.Method, URL: public, Header: r.Header, Body: body, ReceivedAt: instant.Now(s.clock)}, nil
}

func sourceSettings(m models.SiteSource, site models.Site) sources.Settings {
	zone, err := time.LoadLocation(site.TimeZone)
	if err != nil { // checked when it was set; a zone may have left the database of zones since
		zone = time.UTC
	}
	return sources.Settings{
		Values: settings.Values{Options: m.Options, Credentials: m.Credentials},
		Region: site.Region, TimeZone: zone,
	}
}

// readHook verifies and parses. What is wrong is said without quoting the body.
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
		if !externalIDPattern.MatchString(report.ExternalID) || (report.Event == nil) == (report.Lead == nil) {
			return nil, fault.New(fault.Invalid, "the webhook has no id of a call or lead that can be used: %s", externalIDForm)
		}
	}
	return reports, nil
}

// storeReport stores one thing that a webhook said. Lead ids get the source in
// front, as leads of all sources share one space of ids.
func (s *server) storeReport(ctx context.Context, site models.Site, source string, r sources.Report, raw []byte) error {
	if r.Kind == conversion.KindLead {
		_, err := s.acceptor.AcceptLead(ctx, models.NewLead{
			SiteID: site.ID, Source: source, ExternalID: source + ":" + r.ExternalID, Lead: *r.Lead, Raw: raw,
		})
		return err
	}
	_, err := s.acceptor.AcceptCallEvent(ctx, models.CallEvent{
		SiteID: site.ID, Source: source, ExternalID: r.ExternalID, Event: *r.Event, Raw: raw, OnlyIfKnown: r.OnlyIfKnown,
	})
	if errors.Is(err, models.ErrTooManyEvents) { // sent again it would be refused again
		s.Logger.LogAttrs(ctx, slog.LevelWarn, "hook.too_many_events",
			slog.String("site_id", site.ID), slog.String("source", source), slog.String("external_id", r.ExternalID))
		return nil
	}
	return err
}
