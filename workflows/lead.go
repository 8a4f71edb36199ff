package workflows

import (
	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// Lead is the workflow of a lead: the same as a call's, without the wait.
func Lead(ctx workflow.Context, in ConversionInput) error {
	j, err := newJourney(ctx, in, attributes{})
	if err != nil {
		return err
	}
	if err := j.decide(ctx, conversion.AtEnd); err != nil {
		return err
	}
	return j.finish(ctx)
}
