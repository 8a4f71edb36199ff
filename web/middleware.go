package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/web/intake"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// recoverer returns the middleware that answers a panic with 500 and logs its stack.
func recoverer(logger *slog.Logger) echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			logger.ErrorContext(c.Request().Context(), "panic", "error", err, "stack", string(stack))
			return fmt.Errorf("panic: %w", err)
		},
	})
}

// secureHeaders returns the middleware that sets the headers which every answer needs: it
// may not be framed or sniffed, and may not leak its URL to another site. With a
// stricter Referrer-Policy browsers would leave the origin out of our own forms,
// which could then not be told from those of other sites. If the public URL is https,
// browsers use nothing else from then on.
func secureHeaders(publicURL string) echo.MiddlewareFunc {
	https := strings.HasPrefix(publicURL, "https://")
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			setSecureHeaders(c.Response().Header(), https)
			return next(c)
		}
	}
}

func setSecureHeaders(h http.Header, https bool) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// refuseUnstorable is the middleware that refuses a URL with a text that no database
// can hold, except for the query of a webhook.
func refuseUnstorable(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if !limits.IsStorable(u.Path) {
			return echo.NewHTTPError(http.StatusNotFound)
		}
		if strings.HasPrefix(u.Path, intake.HookPath) { // a provider's values are cleaned: it may not send them again
			return next(c)
		}
		for name, values := range u.Query() {
			for _, value := range append(values, name) {
				if !limits.IsStorable(value) {
					return fault.InvalidFields(fault.Field{Path: problem.Short(strings.ToValidUTF8(name, "")), Expected: fault.Expect("text_storable")})
				}
			}
		}
		return next(c)
	}
}

// answerError returns the function that answers the errors of the router and of
// plain handlers.
func answerError(logger *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		ctx := c.Request().Context()
		p := problem.Of(ctx, logger, routerProblem(ctx, err))
		for name, values := range p.GetHeaders() {
			c.Response().Header()[name] = values
		}
		reqctx.SetLanguage(ctx, c.Response().Header())
		c.Response().Header().Set(echo.HeaderContentType, p.ContentType(""))
		c.Response().WriteHeader(p.Status)
		_ = c.Echo().JSONSerializer.Serialize(c, p, "") // the client may be gone
	}
}

// routerProblem returns the problem for an error of the router. Other errors are
// returned as they are.
func routerProblem(ctx context.Context, err error) error {
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return err
	}
	switch he.Code {
	case http.StatusNotFound:
		return problem.New(ctx, he.Code, fault.NotFound, fault.Because("nothing_here"))
	case http.StatusMethodNotAllowed:
		return problem.New(ctx, he.Code, fault.NotFound, fault.Because("method_not_allowed"))
	default:
		return problem.New(ctx, he.Code, problem.CodeOf(he.Code), fault.Because("http_status").With("Status", strings.ToLower(http.StatusText(he.Code))))
	}
}
