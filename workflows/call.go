package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// Call is the workflow of a call (design section 3): plan, wait for the end or
// the site's deadline, settle, decide, dispatch each in parallel, finish.
// Integrations that can be judged at the start are dispatched while it waits.
func Call(ctx workflow.Context, in ConversionInput) error {
	c, err := newCall(ctx, in)
	if err != nil {
		return err
	}
	err = c.run(ctx)
	c.ignoreLateEvents(ctx)
	return err
}

// call is one call on its way.
type call struct {
	*journey
	events workflow.ReceiveChannel
	plan   Plan // the latest
}

func newCall(ctx workflow.Context, in ConversionInput) (*call, error) {
	j, err := newJourney(ctx, in, startedAs(ctx))
	if err != nil {
		return nil, err
	}
	options := workflow.SignalChannelOptions{Description: "An event of the call was stored."}
	return &call{journey: j, events: workflow.GetSignalChannelWithOptions(ctx, SignalEvent, options)}, nil
}

// run goes through the stages. Cancelling ends every wait at once: what is not
// decided yet is decided, what is not delivered is given up, so that all ends
// in a state with a reason (guarantee 4).
func (c *call) run(ctx workflow.Context) error {
	for _, step := range []func(workflow.Context) error{
		c.look, c.waitForEnd, c.waitForStart, c.settle, c.decide, c.showDispatching, c.finish,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// look asks what is known of the call after all events that have arrived, and
// dispatches what can be decided. The database holds the facts: one look is
// enough for any number of signals.
func (c *call) look(ctx workflow.Context) error {
	c.takeEvents()
	in := PlanInput{ConversionID: c.in.ConversionID}
	c.plan = Plan{}
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), PlanActivity, in).Get(ctx, &c.plan); err != nil {
		return fmt.Errorf("planning %s: %w", c.in.ConversionID, err)
	}
	c.progress.CallStatus = c.plan.Status
	c.progress.wait(c.plan.Waiting)
	c.progress.skip(c.plan.Skipped)
	c.deliveries.dispatch(ctx, c.plan.Early)
	showDetails(ctx, c.progress)
	return nil
}

// waitForEnd waits until the call has ended or the site's deadline has come. A
// start that becomes known late moves the deadline.
func (c *call) waitForEnd(ctx workflow.Context) error {
	for c.waiting(ctx) && !c.plan.Ended {
		deadline := c.plan.CloseAt
		c.enter(ctx, StageWaitingForEnd, deadline)
		changed := func() bool { return c.plan.Ended || !c.plan.CloseAt.Equal(deadline) }
		summary := "call still open; closed as incomplete at " + deadline.UTC().Format(time.RFC3339)
		expired, err := c.listen(ctx, deadline, summary, changed)
		if err != nil {
			return err
		}
		if expired {
			return c.look(ctx) // the end may be stored, and its signal still under way
		}
	}
	return nil
}

// waitForStart returns the start some time when the end overtook it.
func (c *call) waitForStart(ctx workflow.Context) error {
	if !c.waiting(ctx) || !c.plan.Ended || c.plan.StartKnown || c.plan.StartGrace <= 0 {
		return nil
	}
	until := workflow.Now(ctx).Add(c.plan.StartGrace)
	c.enter(ctx, StageWaitingForStart, until)
	_, err := c.listen(ctx, until, "the end came before the start; waiting for the start", func() bool { return c.plan.StartKnown })
	return err
}

// settle waits for what the source sends after the end: the visitor, say. Tags
// count as of the end all the same (requirement R6).
func (c *call) settle(ctx workflow.Context) error {
	if !c.waiting(ctx) || !c.plan.Ended || c.plan.Settle <= 0 {
		return nil
	}
	until := workflow.Now(ctx).Add(c.plan.Settle)
	c.enter(ctx, StageSettling, until)
	_, err := c.listen(ctx, until, "call ended; waiting for what its source sends afterwards", func() bool { return false })
	return err
}

// decide makes the open decisions. A run after everything was decided (a late
// event reached a call whose history is gone) decides nothing.
func (c *call) decide(ctx workflow.Context) error {
	switch {
	case c.plan.Decided:
		return nil
	case c.plan.Ended:
		return c.journey.decide(ctx, conversion.AtEnd)
	case ctx.Err() != nil:
		return c.journey.decide(ctx, conversion.AtCancelled)
	default:
		return c.journey.decide(ctx, conversion.AtIncomplete)
	}
}

// showDispatching makes the call findable by what it is being sent to, unless
// there is nothing to wait for.
func (c *call) showDispatching(ctx workflow.Context) error {
	if !c.progress.has(StandingSending) {
		return nil
	}
	return c.attributes.upsert(ctx, dispatching(c.progress))
}

// waiting reports whether there is still something to wait for.
func (c *call) waiting(ctx workflow.Context) bool { return !c.plan.Decided && ctx.Err() == nil }

// listen looks again after each batch of events until done holds, and keeps the
// call findable by what is known of it meanwhile. It reports whether the time came
// first. Cancelling ends it.
func (c *call) listen(ctx workflow.Context, until time.Time, summary string, done func() bool) (expired bool, err error) {
	timerCtx, stop := workflow.WithCancel(ctx)
	defer stop()
	timer := workflow.NewTimerWithOptions(timerCtx, until.Sub(workflow.Now(ctx)), withTimer(summary))
	for !done() {
		if err := c.attributes.upsert(ctx, waitingFor(c.progress)); err != nil {
			return false, err
		}
		woken := func() bool { return c.events.Len() > 0 || timer.IsReady() }
		if err := workflow.Await(ctx, woken); err != nil {
			return false, nil // cancelled
		}
		if timer.IsReady() {
			return true, nil
		}
		if err := c.look(ctx); err != nil {
			return false, err
		}
	}
	return false, nil
}

// takeEvents counts the signals that have arrived.
func (c *call) takeEvents() {
	for c.events.ReceiveAsync(nil) {
		c.progress.Events++
	}
}

// ignoreLateEvents takes the signals that came during the dispatch. Their
// events are stored, shown as late, and send nothing (guarantee 5).
func (c *call) ignoreLateEvents(ctx workflow.Context) {
	before := c.progress.Events
	c.takeEvents()
	if late := c.progress.Events - before; late > 0 {
		workflow.GetLogger(ctx).Info("events came after the decisions", "conversion_id", c.in.ConversionID, "count", late)
	}
}
