package activities

import (
	"context"
	"log/slog"

	"ringback/decision"
	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/models/integrations"
)

// breakerStore is what counting failures needs of the database.
type breakerStore interface {
	UpdateBreaker(ctx context.Context, integrationID string, change func(*integrations.Breaker)) (integrations.Breaker, error)
	SwitchOffIntegration(ctx context.Context, integrationID string, reason delivery.Reason) error
}

// countFailed counts the failed deliveries in a row. It reports whether they are
// as many as the owner asked to switch off after. The count then starts again,
// for when the integration is switched on again.
func countFailed(b *integrations.Breaker, state deliveries.State, switchOffAfter int) bool {
	switch state {
	case deliveries.Delivered:
		b.FailedInRow = 0
	case deliveries.Failed:
		b.FailedInRow++
	}
	if switchOffAfter <= 0 || b.FailedInRow < switchOffAfter {
		return false
	}
	b.FailedInRow = 0
	return true
}

// countGivenUp counts a delivery that was given up while it waited, if it was its
// destination that it waited for: behind a breaker nearly all deliveries end so. Last
// is what it waited for.
func countGivenUp(ctx context.Context, store breakerStore, log *slog.Logger, i integrations.Integration, last delivery.Reason) {
	if !last.OfDestination() {
		return
	}
	after, switchOff := decision.PolicyOf(i).SwitchOffAfter, false
	updateBreaker(ctx, store, log, i.ID, func(b *integrations.Breaker) {
		switchOff = countFailed(b, deliveries.Failed, after)
	})
	if switchOff {
		switchOffIntegration(ctx, store, log, i.ID, after, last)
	}
}

// switchOffIntegration switches an integration off because so many deliveries failed
// in a row. Errors are only logged, because the delivery itself is stored.
func switchOffIntegration(ctx context.Context, store breakerStore, log *slog.Logger, id string, after int, last delivery.Reason) {
	if err := store.SwitchOffIntegration(ctx, id, delivery.FailuresInRow(after, last)); err != nil {
		log.LogAttrs(ctx, slog.LevelError, "integration.switch_off_failed", slog.String("integration_id", id), slog.Any("error", err))
	}
}

func updateBreaker(ctx context.Context, store breakerStore, log *slog.Logger, id string, change func(*integrations.Breaker)) {
	if _, err := store.UpdateBreaker(ctx, id, change); err != nil {
		log.LogAttrs(ctx, slog.LevelError, "breaker.update_failed", slog.String("integration_id", id), slog.Any("error", err))
	}
}
