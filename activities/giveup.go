package activities

import (
	"context"

	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/workflows"
)

// giveUpReasons are the reasons of deliveries that were ended without an attempt's
// result.
var giveUpReasons = map[workflows.GiveUpCause]delivery.ReasonCode{
	workflows.CauseTimeRanOut: delivery.ReasonTimeRanOut,
	workflows.CauseCancelled:  delivery.ReasonCancelled,
	workflows.CauseBroken:     delivery.ReasonBroken,
}

// GiveUp ends a delivery as failed whose dispatch did not end it. A delivery that
// has its end state keeps it.
func (a *Conversions) GiveUp(ctx context.Context, in workflows.GiveUpInput) (workflows.Dispatched, error) {
	code, ok := giveUpReasons[in.Cause]
	if !ok {
		code = giveUpReasons[workflows.CauseBroken]
	}
	d, integration, _, err := a.Store.DeliveryForSend(ctx, in.DeliveryID)
	if err != nil {
		return workflows.Dispatched{}, stageError(ctx, a.Logger, ErrorReading, in.DeliveryID, err)
	}
	if d.State.Final() { // its dispatch ended it after all, or an earlier run of this activity did
		return dispatched(d), nil
	}
	waitedFor := d.Reason
	if d, err = a.Store.GiveUpDelivery(ctx, in.DeliveryID, delivery.Reason{Code: code}.After(waitedFor)); err != nil {
		return workflows.Dispatched{}, stageError(ctx, a.Logger, ErrorDeciding, in.DeliveryID, err)
	}
	countEnd(ctx, a.Logger, a.Metrics, d)
	if code == delivery.ReasonTimeRanOut && integration.DeletedAt == nil {
		countGivenUp(ctx, a.Store, a.Logger, integration, waitedFor)
	}
	return dispatched(d), nil
}

// dispatched returns how a delivery ended, from its row.
func dispatched(d deliveries.Delivery) workflows.Dispatched {
	return workflows.Dispatched{State: string(d.State), Class: string(d.Class), Attempts: d.Attempts}
}
