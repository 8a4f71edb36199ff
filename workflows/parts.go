package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// partsPerRun is how many parts one run of a workflow that reads does. Each has about
// ten events in the history.
const partsPerRun = 200

// inParts is a workflow that reads part by part, as long as the owner wants it.
type inParts struct {
	signal  string // asks for a part without waiting
	summary string // of the timer between two parts
	// part reads a part. It reports whether the owner does not want more, and returns how
	// long to wait until the next part.
	part func() (off bool, wait time.Duration, err error)
}

// run reads until the owner does not want more, which it reports, or until the workflow
// should continue as new.
func (p inParts) run(ctx workflow.Context) (off bool, err error) {
	asked := workflow.GetSignalChannel(ctx, p.signal)
	for range partsPerRun {
		drain(asked)
		off, wait, err := p.part()
		if err != nil {
			return false, err
		}
		if off && !asked.ReceiveAsync(nil) {
			return true, nil
		}
		if err := p.pause(ctx, asked, wait); err != nil {
			return false, err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	drain(asked)
	return false, nil
}

// drain takes the signals that are answered by what follows.
func drain(asked workflow.ReceiveChannel) {
	for asked.ReceiveAsync(nil) {
	}
}

// pause waits for this long, or until somebody asks for a part. It returns an error if
// the workflow is cancelled.
func (p inParts) pause(ctx workflow.Context, asked workflow.ReceiveChannel, wait time.Duration) error {
	if wait <= 0 {
		return ctx.Err()
	}
	timed, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(timed, wait, withTimer(p.summary))
	workflow.NewSelector(ctx).
		AddFuture(timer, func(workflow.Future) {}).
		AddReceive(asked, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) }).
		Select(ctx)
	return ctx.Err()
}
