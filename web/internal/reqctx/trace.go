package reqctx

import (
	"strings"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Traced is the middleware that makes a span of every request. In requests to the API the
// span belongs to the caller's trace. In all others, which strangers send too, it begins a
// trace of its own: otherwise a stranger could decide which requests are recorded. The
// span names the route, not the URL, which may hold a webhook's key: that is why the
// ready-made middleware is not used.
func Traced(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		ctx := r.Context()
		if strings.HasPrefix(c.Path(), "/api/") {
			ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(r.Header))
		}
		ctx, span := otel.Tracer("ringback/web").Start(ctx, r.Method+" "+c.Path(),
			trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(attribute.String("http.request.method", r.Method), attribute.String("http.route", c.Path())))
		defer span.End()
		c.SetRequest(r.WithContext(ctx))
		err := next(c)
		status := c.Response().Status
		span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("ringback.request_id", Of(ctx).ID))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		return err
	}
}
