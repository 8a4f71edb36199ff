package activities

import (
	"context"

	"ringback/workflows"
)

// PrepareResend tells a resend's workflow what it needs to know of its
// delivery. What the delivery carries was stored when the person asked for it.
func (a *Conversions) PrepareResend(ctx context.Context, in workflows.ResendInput) (workflows.Delivery, error) {
	d, i, _, err := a.Store.DeliveryForSend(ctx, in.DeliveryID)
	if err != nil {
		return workflows.Delivery{}, stageError(ctx, a.Logger, ErrorReading, in.DeliveryID, err)
	}
	return toSee(d, i, now(a.Clock)), nil
}
