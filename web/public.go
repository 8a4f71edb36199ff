package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/models"
)

// The most that a script's request may hold, in bytes.
const (
	visitLimit      = 16 << 10 // a page view, late ids, a withdrawal of consent
	scriptLeadLimit = 64 << 10
)

// public adds what the scripts on the sites' pages load and send to. Nobody has
// a token there: the key in the address says which site it is, the origin that
// the browser names says whose page, and limits keep the rest within bounds.
// The answers tell nothing that the page does not know, whoever the visitor is.
func (s *server) public(e *echo.Echo) {
	readable(e, "/s/:file", s.serveScript)
	e.POST("/s/:key/views", s.fromPage(visitLimit, s.takeView))
	e.POST("/s/:key/leads", s.fromPage(scriptLeadLimit, s.takeLead))
	e.POST("/s/:key/ids", s.fromPage(visitLimit, s.takeIDs))
	e.POST("/s/:key/forget", s.fromPage(visitLimit, s.forgetVisitor))
}

// scriptStore is what the scripts' requests ask of the database. All is scoped
// by the site whose key the request has (guarantee 9).
type scriptStore interface {
	SitePlan(ctx context.Context, scriptKey string) (models.SitePlan, error)
	RecordActivity(ctx context.Context, plan models.SitePlan, activity models.Activity) (models.ActivityResult, error)
	StoreVisitorIDs(ctx context.Context, siteID, visitorID string, ids map[string]string, at time.Time) error
	ForgetVisitor(ctx context.Context, siteID, visitorID string) error
}

// posted is a request of a script that was let through.
type posted struct {
	echo.Context
	plan models.SitePlan
	from client
	body []byte
}

func (p posted) ctx() context.Context { return p.Request().Context() }

// fromPage lets the requests of a site's own pages through, within the limits,
// and counts those it refuses. A body that cannot be used, or uses the id of
// another visitor's, is a 400, by which the script knows not to send it again.
func (s *server) fromPage(bodyMax int64, handle func(posted) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := s.letThrough(c, bodyMax)
		if err == nil {
			err = handle(p)
		}
		if reason := refusal(err); reason != "" {
			s.Metrics.ScriptRefused(reason)
		}
		if code := fault.CodeOf(err); code == fault.Invalid || code == fault.Conflict {
			return newProblem(requestOf(c.Request().Context()).ID, http.StatusBadRequest, fault.Invalid, sentence(err))
		}
		return err
	}
}

// siteOf returns the site of a script's key, and whether the address that asks is
// over its limit. Such a one gets what is known, and makes the database look for
// no more keys.
func (s *server) siteOf(ctx context.Context, key string, from client) (site live, over, err error) {
	over = s.limits.requests.take(from.network)
	site, err = s.plans.of(key, func(key string) (models.SitePlan, error) {
		if over != nil {
			return models.SitePlan{}, over
		}
		return s.Store.SitePlan(ctx, key)
	})
	return site, over, err
}

// letThrough looks at the origin as soon as the site is known, so that the
// script can read whatever is answered from there on.
func (s *server) letThrough(c echo.Context, bodyMax int64) (posted, error) {
	p := posted{Context: c, from: s.clientOf(c)}
	site, over, err := s.siteOf(p.ctx(), c.Param("key"), p.from)
	if err != nil {
		return p, err
	}
	p.plan = site.plan
	if !answerTo(c, p.plan.Site) {
		return p, fault.New(fault.Forbidden, "this comes from no page of the site: neither from its domains nor from the origins in its script's settings")
	}
	if over != nil {
		return p, over
	}
	if err := s.limits.sites.take(p.plan.Site.ID); err != nil {
		return p, err
	}
	p.body, err = readBody(c, "request", bodyMax)
	return p, err
}

// refusal names for the metrics what a request was refused for; empty when it
// was not refused, or failed on our side.
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
