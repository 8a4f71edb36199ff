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
	otel.SetTextMapPropagator(propagation.TraceContext{})
	t.Cleanup(func() { otel.SetTextMapPropagator(before) })
	w := newWorld(t)
	r := w.request("POST", "/sites/{site}/leads", adminToken, sampleLead)
	r.Header.Set("Traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
	require.Equal(t, 202, w.serve(r).Code)
	signals := w.relay.offered()
	require.Contains(t, signals[len(signals)-1].Trace["traceparent"], "0123456789abcdef0123456789abcdef")
}
