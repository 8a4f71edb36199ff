package telemetry_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"ringback/internal/telemetry"
)

func TestLoggerWritesFormatLevelAndTrace(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "json", "info")
	require.NoError(t, err)
	traced := trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{0xab}, SpanID: trace.SpanID{1},
	}))

	log.DebugContext(traced, "left out")
	log.With("component", "web").InfoContext(traced, "kept")

	require.NotContains(t, out.String(), "left out")
	require.Contains(t, out.String(), `"component":"web"`)
	require.Contains(t, out.String(), `"trace_id":"ab000000000000000000000000000000"`)
}

func TestLoggerRefusesUnknownFormatsAndLevels(t *testing.T) {
	t.Parallel()
	_, err := telemetry.NewLogger(&bytes.Buffer{}, "xml", "info")
	require.ErrorContains(t, err, "expected text or json")
	_, err = telemetry.NewLogger(&bytes.Buffer{}, "json", "loud")
	require.ErrorContains(t, err, "expected debug, info, warn or error")
}
