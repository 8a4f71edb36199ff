package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

// TestTraceContinuesInTheWorkflow is not parallel: the propagator belongs to the process.
func TestTraceContinuesInTheWorkflow(t *testing.T) {
	before := otel.GetTextMapPropagator()
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	t.Cleanup(func() { otel.SetTextMapPropagator(before) })
	w := newWorld(t)
	r := w.request("POST", "/sites/{site}/leads", adminToken, sampleLead)
	r.Header.Set("Traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
	r.Header.Set("Tracestate", "vendor=sample-visitor")
	r.Header.Set("Baggage", "visitor=sample-visitor")
	require.Equal(t, 202, w.serve(r).Code)
	signals := w.relay.offered()
	trace := signals[len(signals)-1].Trace
	require.Contains(t, trace["traceparent"], "0123456789abcdef0123456789abcdef")
	require.Len(t, trace, 1, "what a caller adds is not stored")
}

// Strangers post from pages and to webhooks: their header begins no part of a trace.
func TestStrangersDoNotJoinTraces(t *testing.T) {
	before := otel.GetTextMapPropagator()
	otel.SetTextMapPropagator(propagation.TraceContext{})
	t.Cleanup(func() { otel.SetTextMapPropagator(before) })
	w := newWorld(t)
	p := w.page()
	r := httptest.NewRequest(http.MethodPost, "/s/"+p.key+"/leads", strings.NewReader(lead("1", visitor, "")))
	r.Header.Set("Origin", p.origin)
	r.Header.Set("Traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
	require.Less(t, w.serve(r).Code, 300)
	signals := w.relay.offered()
	require.NotContains(t, signals[len(signals)-1].Trace["traceparent"], "0123456789abcdef0123456789abcdef")
}
