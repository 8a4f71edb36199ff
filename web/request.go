package web

import (
	"context"
	"log/slog"

	"github.com/jonboulle/clockwork"
	"github.com/labstack/echo/v4"

	"ringback/internal/ids"
)

// requestIDHeader carries the request's id to the caller, who may quote it when asking for help.
const requestIDHeader = "X-Request-Id"

// request is what is known of one HTTP request beyond its content. The
// authentication fills in who it is.
type request struct {
	ID  string
	Who principal
}

type requestKey struct{}

// requestOf returns the request of a context; an empty one outside of any.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// identify returns every request its id.
func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := &request{ID: ids.New(ids.Request)}
		c.Response().Header().Set(requestIDHeader, r.ID)
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), requestKey{}, r)))
		return next(c)
	}
}

// logAccess writes one line per request. It names the route, not the URL: URLs
// hold webhook keys and, in development, tokens.
func logAccess(logger *slog.Logger, clock clockwork.Clock) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			started := clock.Now()
			if err := next(c); err != nil {
				c.Error(err)
			}
			ctx, r := c.Request().Context(), requestOf(c.Request().Context())
			logger.InfoContext(ctx, "request",
				"request_id", r.ID, "method", c.Request().Method, "route", c.Path(),
				"status", c.Response().Status, "bytes", c.Response().Size,
				"duration_ms", clock.Since(started).Milliseconds(), "account", r.Who.AccountID, "token", r.Who.TokenID)
			return nil
		}
	}
}

// secureHeaders are right for every answer: none may be framed, sniffed or leak
// its URL to another site. With a stricter Referrer-Policy browsers would leave
// the origin out of our own forms, and these could not be told from others'.
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
