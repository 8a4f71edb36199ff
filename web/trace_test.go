package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

// TestTraceGoesOnInTheWorkflow is not parallel: the propagator belongs to the process.
func TestTraceGoesOnInTheWorkflow(t *testing.T) {
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
