package activities

import (
	"context"

	"ringback/workflows"
)

// PrepareResend returns what a resend's workflow needs to know of its delivery.
// The payload was stored when the resend was requested.
func (a *Conversions) PrepareResend(ctx context.Context, in workflows.ResendInput) (workflows.Delivery, error) {
	d, i, _, err := a.Store.DeliveryForSend(ctx, in.DeliveryID)
	if err != nil {
		return workflows.Delivery{}, stageError(ctx, a.Logger, ErrorReading, in.DeliveryID, err)
	}
	return deliveryTask(d, i, now(a.Clock)), nil
}
