package outbound

import (
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// tracerName is the instrumentation scope of the spans.
const tracerName = "ringback/internal/outbound"

// newTracer returns a tracer of the provider, or of the process's own if it is nil.
func newTracer(provider trace.TracerProvider) trace.Tracer {
	if provider == nil {
		provider = otel.GetTracerProvider()
	}
	return provider.Tracer(tracerName)
}

// startSpan begins the span of one request, below the span of the activity that
// makes it. Of the URL it records the host alone: paths and queries may hold keys
// and visitors' ids. That is why the ready-made transport (otelhttp) is not used.
// The request carries no trace header: its receiver is a third party, which has
// no use for our trace ids and could correlate our requests by them.
func (c *Client) startSpan(req *http.Request) (*http.Request, trace.Span) {
	ctx, span := c.tracer.Start(req.Context(), req.Method+" "+req.URL.Hostname(),
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(
			attribute.String("http.request.method", req.Method),
			attribute.String("server.address", req.URL.Hostname()),
			attribute.Int("server.port", port(req)),
		))
	return req.WithContext(ctx), span
}

// endSpan records how the exchange went, by OpenTelemetry's conventions for HTTP.
// The text of an error stays out, because it may quote anything; its kind is enough.
func endSpan(span trace.Span, resp *http.Response, err error) {
	defer span.End()
	if err != nil {
		failure := FailureOf(err)
		setError(span, string(failure))
		return
	}
	span.SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
	if resp.StatusCode >= http.StatusBadRequest {
		setError(span, strconv.Itoa(resp.StatusCode))
	}
}

func setError(span trace.Span, errorType string) {
	span.SetAttributes(attribute.String("error.type", errorType))
	span.SetStatus(codes.Error, "")
}

// port returns the port that the request goes to, or 0 if it is not known.
func port(req *http.Request) int {
	switch {
	case req.URL.Port() != "":
		number, _ := strconv.Atoi(req.URL.Port()) // url.Parse takes digits alone
		return number
	case req.URL.Scheme == "https":
		return 443
	case req.URL.Scheme == "http":
		return 80
	default:
		return 0
	}
}
