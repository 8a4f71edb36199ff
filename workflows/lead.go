package workflows

import (
	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// Lead is the workflow of a lead. It does the same as Call, without waiting.
func Lead(ctx workflow.Context, in ConversionInput) error {
	r, err := newConversionRun(ctx, in, attributes{})
	if err != nil {
		return err
	}
	if err := r.decide(ctx, conversion.AtEnd); err != nil {
		return err
	}
	return r.finish(ctx)
}
