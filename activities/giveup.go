package activities

import (
	"context"

	"ringback/models"
	"ringback/workflows"
)

// giveUpReasons are shown to the owner of a delivery that was ended without an
// attempt's result.
var giveUpReasons = map[workflows.GiveUpCause]string{
	workflows.CauseTimeRanOut: "gave up: the time for it ran out while it waited",
	workflows.CauseCancelled:  "gave up: an operator cancelled the workflow",
	workflows.CauseBroken:     "gave up: the delivery could not be processed; the log says why",
}

// GiveUp ends a delivery as failed whose dispatch did not end it. A delivery that
// has its end state keeps it.
func (a *Conversions) GiveUp(ctx context.Context, in workflows.GiveUpInput) (workflows.Dispatched, error) {
	reason, ok := giveUpReasons[in.Cause]
	if !ok {
		reason = giveUpReasons[workflows.CauseBroken]
	}
	d, _, _, err := a.Store.DeliveryForSend(ctx, in.DeliveryID)
	if err != nil {
		return workflows.Dispatched{}, stageError(ctx, a.Logger, ErrorReading, in.DeliveryID, err)
	}
	if d.State.Final() { // its dispatch ended it after all, or an earlier run of this activity did
		return dispatched(d), nil
	}
	if d, err = a.Store.GiveUpDelivery(ctx, in.DeliveryID, reason); err != nil {
		return workflows.Dispatched{}, stageError(ctx, a.Logger, ErrorDeciding, in.DeliveryID, err)
	}
	countEnd(ctx, a.Logger, a.Metrics, d)
	return dispatched(d), nil
}

// dispatched returns how a delivery ended, from its row.
func dispatched(d models.Delivery) workflows.Dispatched {
	return workflows.Dispatched{State: string(d.State), Class: string(d.Class), Attempts: d.Attempts}
}
