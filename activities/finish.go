package activities

import (
	"context"

	"ringback/workflows"
)

// Finish marks a conversion as done, when each of its deliveries has its end state.
func (a *Conversions) Finish(ctx context.Context, in workflows.FinishInput) error {
	if err := a.Store.FinishConversion(ctx, in.ConversionID); err != nil {
		return stageError(ctx, a.Logger, ErrorDeciding, in.ConversionID, err)
	}
	return nil
}
