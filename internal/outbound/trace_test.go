package outbound_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"ringback/internal/outbound"
)

// traced sends a request with secrets everywhere below the span of an activity,
// and returns that span and the one of the exchange.
func traced(t *testing.T, address string, allowPrivate bool) (activity trace.SpanContext, exchange tracetest.SpanStub) {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	ctx, parent := provider.Tracer("test").Start(t.Context(), "RunActivity:dispatch")
	target, err := url.Parse(address)
	require.NoError(t, err)
	target.User = url.UserPassword("u5er", "s3cret")
	target.Path, target.RawQuery, target.Fragment = "/s3cret", "pkey=s3cret", "s3cret"
	req := post(t, target.String(), "s3cret").WithContext(ctx)
	req.Header.Set("Authorization", "Bearer s3cret")
	_, _ = client(t, outbound.Options{AllowPrivate: allowPrivate, Traces: provider}).Do(req)
	got := spans.GetSpans()
	require.Len(t, got, 1)
	require.NotContains(t, fmt.Sprintf("%+v", got[0]), "s3cret")
	require.NotContains(t, fmt.Sprintf("%+v", got[0]), "u5er")
	return parent.SpanContext(), got[0]
}

func attributes(span tracetest.SpanStub) map[string]any {
	found := map[string]any{}
	for _, a := range span.Attributes {
		found[string(a.Key)] = a.Value.AsInterface()
	}
	return found
}

func hostAndPort(t *testing.T, s *httptest.Server) (host string, port int64) {
	t.Helper()
	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	port, err = strconv.ParseInt(target.Port(), 10, 64)
	require.NoError(t, err)
	return target.Hostname(), port
}

func TestEveryExchangeIsASpanOfItsActivity(t *testing.T) {
	t.Parallel()
	for status, errorType := range map[int]string{200: "", 302: "", 404: "404", 429: "429", 503: "503"} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		host, port := hostAndPort(t, s)
		activity, span := traced(t, s.URL, true)

		require.Equal(t, trace.SpanKindClient, span.SpanKind)
		require.Equal(t, "POST "+host, span.Name)
		require.Equal(t, activity.TraceID(), span.SpanContext.TraceID())
		require.Equal(t, activity.SpanID(), span.Parent.SpanID())
		want := map[string]any{
			"http.request.method": "POST", "server.address": host, "server.port": port,
			"http.response.status_code": int64(status),
		}
		code := codes.Unset
		if errorType != "" {
			want["error.type"], code = errorType, codes.Error
		}
		require.Equal(t, want, attributes(span))
		require.Equal(t, sdktrace.Status{Code: code}, span.Status)
	}
}

func TestSpanHasTheErrorTypeOfAFailedRequest(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, forbidden := traced(t, s.URL, false)
	require.Contains(t, forbidden.Attributes, attribute.String("error.type", "forbidden_address"))
	s.Close()
	_, refused := traced(t, s.URL, true)
	require.Contains(t, refused.Attributes, attribute.String("error.type", "network"))
	for _, span := range []tracetest.SpanStub{forbidden, refused} {
		require.NotContains(t, attributes(span), "http.response.status_code")
		require.Equal(t, sdktrace.Status{Code: codes.Error}, span.Status)
		require.Empty(t, span.Events, "the span does not hold the error's text")
	}
}

func TestAThirdPartyIsToldNoTrace(t *testing.T) {
	before := otel.GetTextMapPropagator()
	otel.SetTextMapPropagator(propagation.TraceContext{}) // as the service does
	t.Cleanup(func() { otel.SetTextMapPropagator(before) })
	headers := make(chan http.Header, 1)
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { headers <- r.Header })
	_, _ = traced(t, s.URL, true)
	for name := range <-headers {
		switch strings.ToLower(name) {
		case "traceparent", "tracestate", "baggage":
			t.Errorf("the destination got the header %s", name)
		}
	}
}

func TestAnExchangeOutsideATraceWorks(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	req := post(t, s.URL, "{}").WithContext(context.WithoutCancel(t.Context()))
	resp, err := client(t, outbound.Options{AllowPrivate: true}).Do(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
}
