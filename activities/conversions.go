package activities

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/decision"
	"ringback/internal/delivery"
	"ringback/internal/instant"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/workflows"
)

var _ workflows.ConversionActivities = (*Conversions)(nil)

// ConversionStore is what these activities need of the database. models.Store has it.
type ConversionStore interface {
	decision.Store
	SaveDecisions(ctx context.Context, d models.DecisionSet) (models.StandingDecisions, error)
	DeliveryForSend(ctx context.Context, deliveryID string) (deliveries.Delivery, integrations.Integration, integrations.Breaker, error)
	GiveUpDelivery(ctx context.Context, deliveryID string, reason delivery.Reason) (deliveries.Delivery, error)
	FinishConversion(ctx context.Context, id string) error
	breakerStore
}

// ConversionMetrics counts decisions, and deliveries that were given up.
// telemetry.Metrics has it.
type ConversionMetrics interface {
	finishedCounter
	Decided(kind, verdict, reason string)
}

// Conversions holds the activities of a call or a lead: plan, decide, give up, finish.
// They read and write the database, and wait for first attempts for a moment, so they run as
// local activities. Every field but First is required.
type Conversions struct {
	Decider decision.Decider
	Store   ConversionStore
	Clock   clockwork.Clock
	Logger  *slog.Logger
	Metrics ConversionMetrics
	First   *Dispatch // makes first attempts with the decisions; nil if none are made
}

// now returns the time in the form in which it is stored and compared.
func now(clock clockwork.Clock) time.Time { return instant.Now(clock) }
