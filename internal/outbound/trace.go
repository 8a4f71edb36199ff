package outbound

import (
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"ringback/destinations"
)

// tracerName is what the spans are filed under.
const tracerName = "ringback/internal/outbound"

// newTracer makes the tracer of the provider, nil for the process's own.
func newTracer(provider trace.TracerProvider) trace.Tracer {
	if provider == nil {
		provider = otel.GetTracerProvider()
	}
	return provider.Tracer(tracerName)
}

// startSpan begins the span of one request, below that of the activity that
// makes it. It names the host and nothing else of the URL: paths and queries of
// destinations hold keys and visitors' ids. That is why the ready-made transport
// (otelhttp) is not used. The request carries no trace header: a destination is
// a third party, it has no use for our trace ids and would tell our requests
// apart by them.
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

// endSpan notes how the exchange went. The error's own text stays out, for it
// is a transport's and may quote anything; its class says enough.
func endSpan(span trace.Span, resp *http.Response, err error) {
	defer span.End()
	status := 0
	if resp != nil {
		status = resp.StatusCode
		span.SetAttributes(attribute.Int("http.response.status_code", status))
	}
	if class, _ := destinations.Classify(status, err); class != destinations.ClassDelivered {
		span.SetAttributes(attribute.String("error.type", string(class)))
		span.SetStatus(codes.Error, "")
	}
}

// port is the one that the request goes to; 0 when the URL names none that is known.
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
