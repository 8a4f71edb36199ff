package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// Call is the workflow of a call: plan, wait for the end or the site's deadline,
// settle, decide, dispatch the deliveries in parallel, finish. Integrations that can
// be judged at the start are dispatched while it waits.
func Call(ctx workflow.Context, in ConversionInput) error {
	c, err := newCall(ctx, in)
	if err != nil {
		return err
	}
	err = c.run(ctx)
	c.ignoreLateEvents(ctx)
	return err
}

// call is one run of the workflow.
type call struct {
	*conversionRun
	events workflow.ReceiveChannel
	plan   Plan          // the latest
	ahead  time.Duration // how far Temporal's clock is ahead of the one by which plans are made
}

func newCall(ctx workflow.Context, in ConversionInput) (*call, error) {
	r, err := newConversionRun(ctx, in, startedAs(ctx))
	if err != nil {
		return nil, err
	}
	options := workflow.SignalChannelOptions{Description: "An event of the call was stored."}
	return &call{conversionRun: r, events: workflow.GetSignalChannelWithOptions(ctx, SignalEvent, options)}, nil
}

// run goes through the stages. Cancelling ends every wait at once: what is not
// decided is decided, and what is not delivered is given up, so that everything
// ends in a state with a reason (G4).
func (c *call) run(ctx workflow.Context) error {
	for _, step := range []func(workflow.Context) error{
		c.refreshPlan, c.waitForEnd, c.waitForStart, c.settle, c.decide, c.showDispatching, c.finish,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// refreshPlan reads the plan of the call after all events that have arrived, and
// dispatches what could be decided. That is everything if the call has ended and nothing is
// waited for. The plans of earlier versions, which are in histories, never decide everything:
// there decide does so. The database holds the facts, so one read is enough for any number of
// signals.
func (c *call) refreshPlan(ctx workflow.Context) error {
	c.takeEvents()
	in := PlanInput{ConversionID: c.in.ConversionID}
	c.plan = Plan{}
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), PlanActivity, in).Get(ctx, &c.plan); err != nil {
		return fmt.Errorf("planning %s: %w", c.in.ConversionID, err)
	}
	if !c.plan.At.IsZero() {
		c.ahead = workflow.Now(ctx).Sub(c.plan.At)
	}
	if c.plan.Closed != nil {
		c.follow(ctx, *c.plan.Closed)
		return nil
	}
	c.progress.CallStatus, c.progress.SiteName = c.plan.Status, c.plan.SiteName
	c.progress.wait(c.plan.Waiting)
	c.progress.skip(c.plan.Skipped)
	c.deliveries.skip(c.plan.EndedEarly)
	c.deliveries.dispatch(ctx, c.plan.Early)
	showDetails(ctx, c.progress)
	return nil
}

// waitForEnd waits until the call has ended, or until the site's deadline. A start
// that becomes known late moves the deadline.
func (c *call) waitForEnd(ctx workflow.Context) error {
	for c.waiting(ctx) && !c.plan.Ended {
		deadline := c.plan.CloseAt
		c.enter(ctx, StageWaitingForEnd, deadline)
		changed := func() bool { return c.plan.Ended || !c.plan.CloseAt.Equal(deadline) }
		summary := "call still open; closed as incomplete at " + deadline.UTC().Format(time.RFC3339)
		expired, err := c.waitUntil(ctx, deadline, summary, changed)
		if err != nil {
			return err
		}
		if expired {
			// The end may be stored, and its signal not delivered yet. The deadline may
			// have moved without a signal, too.
			if err := c.refreshPlan(ctx); err != nil || !c.deadlineMoved(ctx, deadline) {
				return err
			}
		}
	}
	return nil
}

// deadlineMoved reports whether the call has more time than until the deadline that has
// passed. Versions before this check closed the call all the same.
func (c *call) deadlineMoved(ctx workflow.Context, passed time.Time) bool {
	if c.plan.Ended || !c.plan.CloseAt.After(passed) {
		return false
	}
	return workflow.GetVersion(ctx, "deadline-moved", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// waitForStart waits for the start if the end arrived before it.
func (c *call) waitForStart(ctx workflow.Context) error {
	if !c.waiting(ctx) || !c.plan.Ended || c.plan.StartKnown || c.plan.StartGrace <= 0 {
		return nil
	}
	until := c.now(ctx).Add(c.plan.StartGrace)
	c.enter(ctx, StageWaitingForStart, until)
	_, err := c.waitUntil(ctx, until, "the end came before the start; waiting for the start", func() bool { return c.plan.StartKnown })
	return err
}

// settle waits for what the source sends after the end, such as the visitor. Only
// the tags set until the end count all the same (R6). It waits for longer or shorter if
// the settings of the source change meanwhile.
func (c *call) settle(ctx workflow.Context) error {
	until := c.settledAt(ctx)
	for c.waiting(ctx) && c.plan.Ended && until.After(c.now(ctx)) {
		c.enter(ctx, StageSettling, until)
		changed := func() bool { return !c.plan.SettledAt.IsZero() && !c.plan.SettledAt.Equal(until) }
		expired, err := c.waitUntil(ctx, until, "call ended; waiting for what its source sends afterwards", changed)
		if err != nil || expired {
			return err
		}
		until = c.settledAt(ctx)
	}
	return nil
}

// settledAt returns until when settle waits. In histories of versions whose plans have no
// such time, it counts from now on.
func (c *call) settledAt(ctx workflow.Context) time.Time {
	if c.plan.SettledAt.IsZero() {
		return c.now(ctx).Add(c.plan.Settle)
	}
	return c.plan.SettledAt
}

// now returns the time by the clock by which plans are made: that of the database. By Temporal's,
// if it is fast, what comes after the end of a call would not be waited for.
func (c *call) now(ctx workflow.Context) time.Time { return workflow.Now(ctx).Add(-c.ahead) }

// decide makes the open decisions. There are none if the plan made them, or if an earlier run
// decided everything, and a late event started this one after that history was gone.
func (c *call) decide(ctx workflow.Context) error {
	switch {
	case c.plan.Decided, c.plan.Closed != nil:
		return nil
	case c.plan.Ended:
		return c.conversionRun.decide(ctx, conversion.AtEnd)
	case ctx.Err() != nil:
		return c.conversionRun.decide(ctx, conversion.AtCancelled)
	default:
		return c.conversionRun.decide(ctx, conversion.AtIncomplete)
	}
}

// showDispatching sets the search attributes of a call that is being delivered,
// unless there is nothing to wait for.
func (c *call) showDispatching(ctx workflow.Context) error {
	if !c.progress.has(StandingSending) {
		return nil
	}
	return c.attributes.upsert(ctx, dispatching(c.progress))
}

// waiting reports whether there is still something to wait for.
func (c *call) waiting(ctx workflow.Context) bool {
	return !c.plan.Decided && c.plan.Closed == nil && ctx.Err() == nil
}

// waitUntil refreshes the plan after each batch of events until done returns true,
// and keeps the search attributes current meanwhile. It reports whether the time
// came first. Cancelling ends it.
func (c *call) waitUntil(ctx workflow.Context, until time.Time, summary string, done func() bool) (expired bool, err error) {
	timerCtx, stop := workflow.WithCancel(ctx)
	defer stop()
	timer := workflow.NewTimerWithOptions(timerCtx, until.Sub(c.now(ctx)), withTimer(summary))
	for c.plan.Closed == nil && !done() {
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
		if err := c.refreshPlan(ctx); err != nil {
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

// ignoreLateEvents receives the signals that came during the dispatch. Their events
// are stored and shown as late, and send nothing (G5).
func (c *call) ignoreLateEvents(ctx workflow.Context) {
	before := c.progress.Events
	c.takeEvents()
	if late := c.progress.Events - before; late > 0 {
		workflow.GetLogger(ctx).Info("events came after the decisions", "conversion_id", c.in.ConversionID, "count", late)
	}
}
