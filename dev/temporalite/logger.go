package temporalite

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger passes the server's warnings and errors to slog. The many messages below that
// level are useful only to the server's developers.
//
// Warnings are logged only between the start and the stop. During these, the services
// cannot reach each other yet or any more, which is expected in one process.
type logger struct {
	slog    *slog.Logger
	running *atomic.Bool
}

var _ log.WithLogger = logger{}

func (l logger) write(level slog.Level, msg string, tags []tag.Tag) {
	if !l.slog.Enabled(context.Background(), level) {
		return
	}
	l.slog.LogAttrs(context.Background(), level, msg, attributes(tags)...) //nolint:sloglint // the message is Temporal's
}

func (l logger) Debug(string, ...tag.Tag) {}

func (l logger) Info(string, ...tag.Tag) {}

func (l logger) Warn(msg string, tags ...tag.Tag) {
	if l.running.Load() {
		l.write(slog.LevelWarn, msg, tags)
	}
}

func (l logger) Error(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

func (l logger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

func (l logger) Panic(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	panic(msg)
}

// Fatal panics, where other loggers end the process. Start returns a panic of its own
// goroutine as an error.
func (l logger) Fatal(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	panic(fmt.Sprintf("%s %v", msg, attributes(tags)))
}

// With returns a logger that adds the tags to every line.
func (l logger) With(tags ...tag.Tag) log.Logger {
	return logger{slog: slog.New(l.slog.Handler().WithAttrs(attributes(tags))), running: l.running}
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, 0, len(tags))
	for _, t := range tags {
		attrs = append(attrs, slog.Any(t.Key(), t.Value()))
	}
	return attrs
}
