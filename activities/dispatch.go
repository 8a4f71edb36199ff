package activities

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/decision"
	"ringback/internal/delivery"
	"ringback/internal/settings"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/workflows"
)

var _ workflows.DispatchActivities = (*Dispatch)(nil)

// leaseMargin is how long an attempt may take in addition to the send itself,
// above all to store its outcome. After that another attempt may begin.
const leaseMargin = 30 * time.Second

// DeliveryStore is what Dispatch needs of the database. models.Store implements it.
type DeliveryStore interface {
	DeliveryForSend(ctx context.Context, deliveryID string) (deliveries.Delivery, integrations.Integration, integrations.Breaker, error)
	BeginAttempt(ctx context.Context, deliveryID string, lease time.Duration) (deliveries.AttemptStart, error)
	EndAttempt(ctx context.Context, end deliveries.AttemptEnd) error
	DeferDelivery(ctx context.Context, deliveryID string, reason delivery.Reason, until time.Time) error
	PauseDelivery(ctx context.Context, deliveryID string, reason delivery.Reason, until time.Time) error
	GiveUpDelivery(ctx context.Context, deliveryID string, reason delivery.Reason) (deliveries.Delivery, error)
	ClaimProbe(ctx context.Context, integrationID string, now, until time.Time) (bool, error)
	IntegrationTokens(integrationID string) settings.Tokens
	breakerStore
}

// finishedCounter counts deliveries by their end state.
type finishedCounter interface {
	Finished(destinationType, state string)
}

// DispatchMetrics counts attempts and deliveries. telemetry.Metrics implements it.
type DispatchMetrics interface {
	finishedCounter
	Attempted(destinationType, class string, took time.Duration)
	Delivered(kind, destinationType string, endToEnd time.Duration)
}

// Dispatch sends deliveries. Every field is required.
type Dispatch struct {
	Store        DeliveryStore
	Destinations decision.Destinations
	Outbound     delivery.Doer   // guarded and bounded
	Gate         *delivery.Gate  // one for the process
	Hosts        *delivery.Hosts // likewise
	Daily        *delivery.Daily // likewise
	Clock        clockwork.Clock
	Jitter       delivery.Jitter
	Logger       *slog.Logger
	Metrics      DispatchMetrics

	first firstAttempts
}

// sending is the delivery of one run of the activity.
type sending struct {
	delivery    deliveries.Delivery
	integration integrations.Integration
	breaker     integrations.Breaker
	policy      decision.Policy
	host        string // that the delivery goes to; empty if it is not known
	probe       bool   // this attempt is the probe of an open breaker
	last        bool   // the conversion is done when this delivery has its end state
}

// Dispatch makes one attempt at a delivery, unless it has to wait. It returns
// once the delivery has its end state, which may be failed. Until then it returns
// an error with the delay after which the server calls it again. The waiting and
// retrying errors are benign: they are part of normal operation.
func (d *Dispatch) Dispatch(ctx context.Context, in workflows.DispatchInput) (workflows.Dispatched, error) {
	defer keepAlive(ctx, d.Clock)()
	d.first.join(in.DeliveryID)
	s, err := d.load(ctx, in.DeliveryID)
	if err != nil {
		return workflows.Dispatched{}, err
	}
	if s.delivery.State.Final() {
		return dispatched(s.delivery), nil
	}
	if wait := s.untilNextTry(now(d.Clock)); in.Begun && wait > 0 {
		return workflows.Dispatched{}, benign(ErrorRetrying, string(s.delivery.Class), wait)
	}
	if reason := s.finalReason(now(d.Clock)); !reason.IsZero() {
		return d.giveUp(ctx, s, reason)
	}
	if h := d.mustWait(ctx, s); h != nil {
		return d.postpone(ctx, s, *h)
	}
	leave, h := d.enter(ctx, s)
	if h != nil {
		return d.postpone(ctx, s, *h)
	}
	defer leave()
	return d.attempt(ctx, s, leave)
}

func (d *Dispatch) load(ctx context.Context, deliveryID string) (*sending, error) {
	delivery, integration, breaker, err := d.Store.DeliveryForSend(ctx, deliveryID)
	if err != nil {
		return nil, stageError(ctx, d.Logger, ErrorReading, deliveryID, err)
	}
	return d.sendingOf(delivery, integration, breaker), nil
}

func (d *Dispatch) sendingOf(delivery deliveries.Delivery, i integrations.Integration, b integrations.Breaker) *sending {
	s := &sending{delivery: delivery, integration: i, breaker: b, policy: decision.PolicyOf(i)}
	if destination, ok := d.Destinations.Get(i.Type); ok {
		s.host = destination.Describe().Host(i.Values())
	}
	return s
}

// origin returns whose delivery it is and where it goes.
func (s *sending) origin() delivery.Origin {
	return delivery.Origin{SiteID: s.integration.SiteID, IntegrationID: s.integration.ID, Host: s.host}
}

// untilNextTry returns how long the second attempt has to wait after the first, which was
// made with the decision. The waits after that are the server's.
func (s *sending) untilNextTry(now time.Time) time.Duration {
	if s.delivery.State != deliveries.Retrying || s.delivery.Attempts != 1 || s.delivery.NextTryAt == nil {
		return 0
	}
	return s.delivery.NextTryAt.Sub(now)
}

// finalReason returns why the delivery can never be sent, zero if it can.
func (s *sending) finalReason(now time.Time) delivery.Reason {
	switch {
	case s.integration.DeletedAt != nil:
		return delivery.Reason{Code: delivery.ReasonDeleted}
	case !now.Before(s.delivery.GiveUpAt):
		return delivery.GaveUp(now.Sub(s.delivery.CreatedAt), s.delivery.Reason)
	default:
		return delivery.Reason{}
	}
}

func (d *Dispatch) giveUp(ctx context.Context, s *sending, reason delivery.Reason) (workflows.Dispatched, error) {
	delivery, err := d.Store.GiveUpDelivery(ctx, s.delivery.ID, reason)
	if err != nil {
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorBeforeSend, s.delivery.ID, err)
	}
	countEnd(ctx, d.Logger, d.Metrics, delivery)
	if s.integration.DeletedAt == nil {
		countGivenUp(ctx, d.Store, d.Logger, s.integration, s.delivery.Reason)
	}
	return dispatched(delivery), nil
}
