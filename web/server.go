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
	"ringback/web/collect"
	"ringback/web/intake"
	"ringback/web/internal/auth"
	"ringback/web/internal/cache"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// apiRoot is where the API lives.
const apiRoot = "/api/v1"

// siteTTL is how long a change of a site's settings may go unseen by intake in another process.
const siteTTL = 3 * time.Second

// server holds what the handlers share.
type server struct {
	Options
	logger        *slog.Logger
	clock         clockwork.Clock
	api           huma.API
	authenticator *auth.Authenticator
	sites         *cache.Cache[models.Site]
	acceptor      *intake.Acceptor
	collect       *collect.Handler
	checks        *underWay
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
		authenticator: auth.NewAuthenticator(o.Store, o.AdminToken, o.Clock),
		sites:         cache.New[models.Site](o.Clock, siteTTL),
		acceptor:      intake.NewAcceptor(o.Store, o.Relay, o.Metrics),
		checks:        &underWay{sites: map[string]bool{}},
	}

	s.collect = collect.New(collect.Options{
		Store: o.Store, Leads: s.acceptor, Metrics: o.Metrics, Places: o.Places, Clock: o.Clock,
		PublicURL: o.PublicURL, Limits: o.Limits,
	})
	e := echo.New()
	e.IPExtractor = clientAddress(o.TrustedProxies)
	e.HTTPErrorHandler = s.answerError
	e.Use(reqctx.Identify, reqctx.Traced, reqctx.LogAccess(o.Logger, o.Clock), s.recoverer(), secureHeaders, refuseUnstorable)
	s.api = humaecho.NewWithGroup(e, e.Group(apiRoot), s.apiConfig())
	s.routes()
	s.health(e)
	s.hooks(e)
	s.collect.Mount(e)
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
	p := problem.Of(ctx, s.logger, asProblem(reqctx.Of(ctx).ID, err))
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
		return problem.New(requestID, he.Code, fault.NotFound, "there is nothing at this address")
	case http.StatusMethodNotAllowed:
		return problem.New(requestID, he.Code, fault.NotFound, "this address does not take this method; the Allow header names those it takes")
	default:
		return problem.New(requestID, he.Code, problem.CodeOf(he.Code), strings.ToLower(http.StatusText(he.Code)))
	}
}

// secureHeaders sets the headers that every answer needs: it may not be framed or
// sniffed, and may not leak its URL to another site. With a stricter
// Referrer-Policy browsers would leave the origin out of our own forms, which could
// then not be told from those of other sites.
func secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}
