package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/jonboulle/clockwork"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"ringback/internal/fault"
	"ringback/models"
)

// apiRoot is where the API lives.
const apiRoot = "/api/v1"

// siteTTL is how long a change of a site's settings may go unseen by intake in another process.
const siteTTL = 3 * time.Second

// server holds what the handlers share.
type server struct {
	Options
	logger *slog.Logger
	clock  clockwork.Clock
	api    huma.API
	keeper *keeper
	sites  *cache[models.Site]
	plans  *plans
	limits limits
	checks *underWay
}

// New makes the handler of everything that Ringback answers over HTTP. Timeouts
// of connections are the http.Server's.
func New(o Options) (http.Handler, error) {
	switch {
	case o.Store == nil, o.Relay == nil, o.Destinations == nil, o.Sources == nil, o.Outbound == nil, o.Pages == nil:
		return nil, errors.New("web: Store, Relay, Destinations, Sources, Outbound and Pages are required")
	case o.Clock == nil, o.Logger == nil, o.Metrics == nil:
		return nil, errors.New("web: Clock, Logger and Metrics are required")
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	o.TemporalUIURL = strings.TrimRight(o.TemporalUIURL, "/")
	s := &server{
		Options: o, logger: o.Logger, clock: o.Clock,
		keeper: newKeeper(o.Store, o.AdminToken, o.Clock),
		sites:  newCache[models.Site](o.Clock, siteTTL),
		plans:  newPlans(o.Clock, o.PublicURL), limits: newLimits(o.Limits, o.Clock),
		checks: &underWay{sites: map[string]bool{}},
	}

	e := echo.New()
	e.IPExtractor = addressFrom(o.TrustedProxies)
	e.HTTPErrorHandler = s.answerError
	e.Use(identify, traced, logAccess(o.Logger, o.Clock), s.recoverer(), secureHeaders, refuseUnstorable)
	s.api = humaecho.NewWithGroup(e, e.Group(apiRoot), s.apiConfig())
	s.routes()
	s.health(e)
	s.hooks(e)
	s.public(e)
	s.pages(e)
	if err := s.docs(e); err != nil {
		return nil, fmt.Errorf("preparing the API's documentation: %w", err)
	}
	return e, nil
}

// recoverer turns a panic into a 500, with its stack in the log.
func (s *server) recoverer() echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			s.logger.ErrorContext(c.Request().Context(), "panic", "error", err, "stack", string(stack))
			return fmt.Errorf("panic: %w", err)
		},
	})
}

// answerError answers what the router and plain handlers return as an error.
func (s *server) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	ctx := c.Request().Context()
	p := problemOf(ctx, s.logger, asProblem(requestOf(ctx).ID, err))
	for name, values := range p.GetHeaders() {
		c.Response().Header()[name] = values
	}
	c.Response().Header().Set(echo.HeaderContentType, p.ContentType(""))
	c.Response().WriteHeader(p.Status)
	_ = c.Echo().JSONSerializer.Serialize(c, p, "") // the client may be gone
}

// asProblem makes problems of the router's errors; others stay as they are.
func asProblem(requestID string, err error) error {
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return err
	}
	switch he.Code {
	case http.StatusNotFound:
		return newProblem(requestID, he.Code, fault.NotFound, "there is nothing at this address")
	case http.StatusMethodNotAllowed:
		return newProblem(requestID, he.Code, fault.NotFound, "this address does not take this method; the Allow header names those it takes")
	default:
		return newProblem(requestID, he.Code, codeOfStatus(he.Code), strings.ToLower(http.StatusText(he.Code)))
	}
}
