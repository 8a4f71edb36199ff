package activities_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"ringback/destinations"
	"ringback/internal/delivery"
)

func TestASendStaysInTheTraceOfItsActivity(t *testing.T) {
	t.Parallel()
	f := newField(took)
	activity := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	f.life = trace.ContextWithSpanContext(f.life, activity)
	var seen trace.SpanContext
	f.Destinations = destinations.NewRegistry(place{
		sendFn: func(ctx context.Context, _ delivery.Doer, _ delivery.Payload) delivery.Result {
			seen = trace.SpanContextFromContext(ctx)
			return took
		},
	})
	_, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, activity, seen)
}
