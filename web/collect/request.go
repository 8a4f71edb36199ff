package collect

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/models/websites"
	"ringback/visits"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
	"ringback/web/internal/turns"
)

// scriptRequest is a request of the script that was admitted.
type scriptRequest struct {
	echo.Context
	plan websites.Plan
	from client
	body []byte
}

func (r scriptRequest) ctx() context.Context { return r.Request().Context() }

// handle admits the requests of a site's own pages within the limits, and counts
// those that are refused. A body that cannot be used, or that has the id of
// another visitor's activity, is answered with 400: the script does not send such
// a body again.
func (h *Handler) handle(bodyLimit int64, handle func(scriptRequest) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, err := h.admit(c, bodyLimit)
		if err == nil {
			err = handle(r)
		}
		if reason := refusal(err); reason != "" {
			h.metrics.ScriptRefused(reason)
		}
		var refused *fault.Error
		if errors.As(err, &refused) && (refused.Code == fault.Invalid || refused.Code == fault.Conflict) {
			return problem.OfFault(c.Request().Context(), refused).WithStatus(http.StatusBadRequest, fault.Invalid)
		}
		return err
	}
}

// inTurn handles requests by turns of their sites. Those that have no place wait, so that pages,
// which anybody can have send a lot, leave connections to the database to leads and deliveries (G6).
func (h *Handler) inTurn(t *turns.Turns, handle func(scriptRequest) error) func(scriptRequest) error {
	return func(r scriptRequest) error {
		end, err := t.Begin(r.ctx(), r.plan.Site.ID)
		if err != nil {
			return err
		}
		defer end()
		return handle(r)
	}
}

// siteOf returns the site of a script's key. The first error is not nil if the
// address is over its limit: then the site may still be known, but the database is
// not asked for one that is not.
func (h *Handler) siteOf(ctx context.Context, key string, from client) (site siteSnapshot, overLimit, err error) {
	overLimit = h.limits.requests.Take(from.networks)
	site, err = h.sites.get(key, func(key string) (websites.Plan, error) {
		if overLimit != nil {
			return websites.Plan{}, overLimit
		}
		return h.store.SitePlan(ctx, key)
	})
	return site, overLimit, err
}

// admit checks the origin as soon as the site is known, so that the script can
// read every answer from there on.
func (h *Handler) admit(c echo.Context, bodyLimit int64) (scriptRequest, error) {
	r := scriptRequest{Context: c, from: clientOf(c)}
	site, overLimit, err := h.siteOf(r.ctx(), c.Param("key"), r.from)
	if err != nil {
		return r, err
	}
	r.plan = site.plan
	if !allowOrigin(c, r.plan.Site) {
		return r, fault.New(fault.Forbidden, "not_of_site")
	}
	if overLimit != nil {
		return r, overLimit
	}
	if err := h.limits.sites.Take(r.plan.Site.ID); err != nil {
		return r, err
	}
	r.body, err = endpoint.ReadBody(c, bodyLimit)
	return r, err
}

// allowOrigin reports whether a request comes from a page of the site, and if so
// lets that page read the answer. A request without an origin, or with the origin
// "null" (a file, a sandboxed frame), comes from no page.
func allowOrigin(c echo.Context, site websites.Site) bool {
	header := c.Response().Header()
	header.Add(echo.HeaderVary, echo.HeaderOrigin)
	origins := c.Request().Header.Values(echo.HeaderOrigin)
	if len(origins) != 1 || !visits.IsOriginOf(origins[0], site.Domains, site.Script.Origins) {
		return false
	}
	header.Set(echo.HeaderAccessControlAllowOrigin, origins[0])
	header.Set(echo.HeaderAccessControlExposeHeaders, echo.HeaderRetryAfter)
	return true
}

// refusal returns the reason for the metrics why a request was refused. It is empty
// if the request was not refused, or failed for a reason of our own.
func refusal(err error) string {
	if err == nil {
		return ""
	}
	switch fault.CodeOf(err) {
	case fault.NotFound:
		return "key"
	case fault.Forbidden:
		return "origin"
	case fault.RateLimited:
		return "rate"
	case fault.Invalid, fault.Conflict, fault.TooLarge:
		return "body"
	default:
		return ""
	}
}
