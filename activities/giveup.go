package activities

import (
	"context"

	"ringback/models"
	"ringback/workflows"
)

// giveUpReasons are what an owner reads of a delivery that ended without its
// destination's word.
var giveUpReasons = map[workflows.GiveUpCause]string{
	workflows.CauseTimeRanOut: "gave up: the time for it ran out while it waited",
	workflows.CauseCancelled:  "gave up: an operator cancelled the workflow",
	workflows.CauseBroken:     "gave up: the delivery could not be processed; the log says why",
}

// GiveUp ends a delivery as failed that its dispatch did not end. One that has
// its end state keeps it.
func (a *Conversions) GiveUp(ctx context.Context, in workflows.GiveUpInput) (workflows.Dispatched, error) {
	reason, ok := giveUpReasons[in.Cause]
	if !ok {
		reason = giveUpReasons[workflows.CauseBroken]
	}
	d, _, _, err := a.Store.DeliveryForSend(ctx, in.DeliveryID)
	if err != nil {
		return workflows.Dispatched{}, stageError(ctx, a.Logger, ErrorReading, in.DeliveryID, err)
	}
	if d.State.Final() { // its dispatch ended it after all, or this activity did, and was not heard
		return ended(d), nil
	}
	if d, err = a.Store.GiveUpDelivery(ctx, in.DeliveryID, reason); err != nil {
		return workflows.Dispatched{}, stageError(ctx, a.Logger, ErrorDeciding, in.DeliveryID, err)
	}
	countEnd(ctx, a.Logger, a.Metrics, d)
	return ended(d), nil
}

// ended says how a delivery ended, from what is stored of it.
func ended(d models.Delivery) workflows.Dispatched {
	return workflows.Dispatched{State: string(d.State), Class: string(d.Class), Attempts: d.Attempts}
}
