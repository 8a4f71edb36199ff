package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// NewLogger returns a logger of format "text" or "json" that drops lines below the
// level: debug, info, warn or error. A line written within a trace has its
// trace_id.
func NewLogger(out io.Writer, format, level string) (*slog.Logger, error) {
	var lowest slog.Level
	if err := lowest.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level %q: expected debug, info, warn or error", level)
	}
	options := &slog.HandlerOptions{Level: lowest}
	switch format {
	case "text":
		return slog.New(tracedHandler{slog.NewTextHandler(out, options)}), nil
	case "json":
		return slog.New(tracedHandler{slog.NewJSONHandler(out, options)}), nil
	default:
		return nil, fmt.Errorf("log format %q: expected text or json", format)
	}
}

// tracedHandler adds the trace id of the context to each line.
type tracedHandler struct{ slog.Handler }

// Handle writes one line.
func (h tracedHandler) Handle(ctx context.Context, line slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		line.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs keeps the trace id in loggers derived by With.
func (h tracedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return tracedHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the trace id in loggers derived by WithGroup.
func (h tracedHandler) WithGroup(name string) slog.Handler {
	return tracedHandler{h.Handler.WithGroup(name)}
}
