package activities

import (
	"context"
	"log/slog"

	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/locale"
	"ringback/models/deliveries"
)

// english writes the reasons in the log.
var english = explanation.In(locale.English)

// countEnd counts a delivery that has reached its end state, and logs a failed
// one, whether or not an attempt was made.
func countEnd(ctx context.Context, log *slog.Logger, count finishedCounter, d deliveries.Delivery) {
	count.Finished(d.IntegrationType, string(d.State))
	if d.State != deliveries.Failed {
		return
	}
	log.LogAttrs(ctx, slog.LevelWarn, "delivery.failed",
		slog.String("delivery_id", d.ID),
		slog.String("conversion_id", d.ConversionID),
		slog.String("site_id", d.SiteID),
		slog.String("integration_id", d.IntegrationID),
		slog.String("type", d.IntegrationType),
		slog.Int("attempts", d.Attempts),
		slog.String("class", string(d.Class)),
		slog.String("reason", english.Reason(d.Reason)),
	)
}

// recordAttempt counts an attempt and writes its one wide log event: everything
// that an operator may ask about it, and no personal data. The logger adds the
// trace id from the context.
func (d *Dispatch) recordAttempt(ctx context.Context, s *sending, t attemptResult, next transition) {
	d.Metrics.Attempted(s.integration.Type, string(t.Class), t.Duration)
	if next.state == deliveries.Delivered {
		d.Metrics.Delivered(string(s.delivery.Event.Kind), s.integration.Type, d.Clock.Since(s.delivery.AcceptedAt))
	}
	d.logAttempt(ctx, s, t, next)
	if next.state.Final() {
		ended := s.delivery
		ended.State, ended.Reason, ended.Class, ended.Attempts = next.state, next.reason, t.Class, t.number
		countEnd(ctx, d.Logger, d.Metrics, ended)
	}
}

func (d *Dispatch) logAttempt(ctx context.Context, s *sending, t attemptResult, next transition) {
	if !d.Logger.Enabled(ctx, levelOf(next.state)) { // the sentence of the reason is not made for nothing
		return
	}
	attrs := append(s.attrs(),
		slog.Int("attempt", t.number),
		slog.String("class", string(t.Class)),
		slog.Int("status", t.Status),
		slog.Int64("duration_ms", t.Duration.Milliseconds()),
		slog.String("state", string(next.state)),
		slog.String("reason", english.Reason(next.reason)),
		slog.Bool("probe", s.probe),
	)
	if next.tryAt != nil {
		attrs = append(attrs, slog.Time("next_try", *next.tryAt))
	}
	d.Logger.LogAttrs(ctx, levelOf(next.state), "delivery.attempted", attrs...)
}

// recordInterrupted counts and logs an attempt whose outcome is unknown because
// its process ended.
func (d *Dispatch) recordInterrupted(ctx context.Context, s *sending, number int) {
	d.Metrics.Attempted(s.integration.Type, string(delivery.ClassInterrupted), 0)
	attrs := append(s.attrs(),
		slog.Int("attempt", number), slog.String("class", string(delivery.ClassInterrupted)))
	d.Logger.LogAttrs(ctx, slog.LevelWarn, "delivery.attempted", attrs...)
}

// attrs returns the log attributes that name the delivery.
func (s *sending) attrs() []slog.Attr {
	return []slog.Attr{
		slog.String("delivery_id", s.delivery.ID),
		slog.String("conversion_id", s.delivery.ConversionID),
		slog.String("site_id", s.delivery.SiteID),
		slog.String("integration_id", s.integration.ID),
		slog.String("type", s.integration.Type),
	}
}

// levelOf returns the log level of an attempt: warn if a person may want to look at it.
func levelOf(state deliveries.State) slog.Level {
	if state == deliveries.Delivered {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}
