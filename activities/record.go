package activities

import (
	"context"
	"log/slog"

	"ringback/destinations"
	"ringback/models"
)

// recordAttempt counts an attempt and writes the one wide log event of it:
// everything an operator asks of it, and no personal data. The logger adds the
// trace id from the context.
func (d *Dispatch) recordAttempt(ctx context.Context, s *sending, t sent, next step) {
	d.Metrics.Attempted(s.integration.Type, s.integration.ID, string(t.result.Class), t.duration)
	if next.state == models.DeliveryDelivered {
		d.Metrics.Delivered(string(s.delivery.Event.Kind), s.integration.Type, d.Clock.Since(s.delivery.CreatedAt))
	}
	attrs := append(s.attrs(),
		slog.Int("attempt", t.number),
		slog.String("class", string(t.result.Class)),
		slog.Int("status", t.result.Status),
		slog.Int64("duration_ms", t.duration.Milliseconds()),
		slog.String("state", string(next.state)),
		slog.String("reason", next.reason),
		slog.Bool("probe", s.probe),
	)
	if next.tryAt != nil {
		attrs = append(attrs, slog.Time("next_try", *next.tryAt))
	}
	d.Logger.LogAttrs(ctx, levelOf(next.state), "delivery.attempted", attrs...)
}

// recordInterrupted counts and logs an attempt that began and never told how it
// went: its process ended.
func (d *Dispatch) recordInterrupted(ctx context.Context, s *sending, number int) {
	d.Metrics.Attempted(s.integration.Type, s.integration.ID, string(destinations.ClassInterrupted), 0)
	attrs := append(s.attrs(),
		slog.Int("attempt", number), slog.String("class", string(destinations.ClassInterrupted)))
	d.Logger.LogAttrs(ctx, slog.LevelWarn, "delivery.attempted", attrs...)
}

// attrs name the delivery.
func (s *sending) attrs() []slog.Attr {
	return []slog.Attr{
		slog.String("delivery_id", s.delivery.ID),
		slog.String("conversion_id", s.delivery.ConversionID),
		slog.String("site_id", s.delivery.SiteID),
		slog.String("integration_id", s.integration.ID),
		slog.String("type", s.integration.Type),
	}
}

// levelOf is warn for what a person may want to look at.
func levelOf(state models.DeliveryState) slog.Level {
	if state == models.DeliveryDelivered {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}
