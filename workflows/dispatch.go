package workflows

import (
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// fanOut runs deliveries, each in a coroutine of its own, so that one that takes
// hours delays no other (G6) and a failure of one does not affect the others.
type fanOut struct {
	progress *Progress
	begun    map[string]bool             // by delivery id: a delivery is dispatched once (G2)
	retries  map[string]workflow.Channel // by delivery id: what was asked to be tried now
	open     workflow.WaitGroup
}

func newFanOut(ctx workflow.Context, progress *Progress) *fanOut {
	f := &fanOut{progress: progress, begun: map[string]bool{}, retries: map[string]workflow.Channel{}, open: workflow.NewWaitGroup(ctx)}
	f.takeRetries(ctx)
	return f
}

// dispatch starts those deliveries that have not been started yet.
func (f *fanOut) dispatch(ctx workflow.Context, deliveries []Delivery) {
	for _, d := range deliveries {
		if f.begun[d.DeliveryID] {
			continue
		}
		f.begun[d.DeliveryID] = true
		f.retries[d.DeliveryID] = workflow.NewBufferedChannel(ctx, 1)
		f.progress.put(sending(d, workflow.Now(ctx)))
		f.open.Add(1)
		workflow.GoNamed(ctx, "deliver "+d.DeliveryID, func(ctx workflow.Context) {
			defer f.open.Done()
			f.deliver(ctx, d)
		})
	}
	showDetails(ctx, f.progress)
}

// skip shows deliveries that have ended without being dispatched.
func (f *fanOut) skip(ended []EndedDelivery) {
	for _, e := range ended {
		if id := e.Delivery.DeliveryID; !f.begun[id] {
			f.begun[id] = true
			f.progress.put(endedAs(e.Delivery, e.Dispatched))
		}
	}
}

// wait waits until every started delivery has its end state.
func (f *fanOut) wait(ctx workflow.Context) { f.open.Wait(ctx) }

// deliver brings one delivery to its end state.
func (f *fanOut) deliver(ctx workflow.Context, d Delivery) {
	var cause GiveUpCause
	ended, err := f.send(ctx, d)
	if err != nil {
		cause = causeOf(err)
		ended = giveUp(ctx, d, cause)
	}
	standing := endedAs(d, ended)
	standing.Cause = cause
	f.progress.put(standing)
	showDetails(ctx, f.progress)
}

// endedAs returns the standing of a delivery that has ended.
func endedAs(d Delivery, ended Dispatched) Standing {
	standing := standingOf(d, StandingFailed)
	if ended.State == string(StandingDelivered) {
		standing.State = StandingDelivered
	}
	standing.Attempts, standing.Class, standing.Status = ended.Attempts, ended.Class, ended.Status
	return standing
}

// send runs the dispatch activity until it has ended the delivery. If the account has made
// all of its sends of the day, that is on another day: each day has the whole of the
// activity's time. A cancelled workflow starts none.
func (f *fanOut) send(ctx workflow.Context, d Delivery) (Dispatched, error) {
	in := DispatchInput{DeliveryID: d.DeliveryID, IntegrationID: d.IntegrationID, Begun: d.Begun}
	for ; ; in.Begun = false { // what is tried again waits for nothing
		var ended Dispatched
		if err := ctx.Err(); err != nil {
			return ended, err
		}
		again, err := f.dispatchOnce(ctx, d, in, &ended)
		if again {
			continue
		}
		if err != nil || ended.State != DispatchPaused {
			return ended, err
		}
		timer := workflow.NewTimerWithOptions(ctx, ended.ResumeIn, withTimer("the account's sends of the day are used up: "+d.DeliveryID))
		if err := timer.Get(ctx, nil); err != nil {
			return ended, err
		}
		f.progress.put(sending(d, workflow.Now(ctx)))
		showDetails(ctx, f.progress)
	}
}

// giveUp records that a delivery ended without a result. A problem with one delivery
// never ends the workflow, so an error here is only logged.
func giveUp(ctx workflow.Context, d Delivery, cause GiveUpCause) Dispatched {
	var ended Dispatched
	in := GiveUpInput{DeliveryID: d.DeliveryID, Cause: cause}
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), GiveUpActivity, in).Get(ctx, &ended); err != nil {
		workflow.GetLogger(ctx).Error("giving up a delivery", "delivery_id", d.DeliveryID, "cause", cause, "error", err)
	}
	return ended
}

// causeOf returns why a dispatch activity ended in an error.
func causeOf(err error) GiveUpCause {
	var timeout *temporal.TimeoutError
	var activity *temporal.ActivityError
	retry := enumspb.RETRY_STATE_UNSPECIFIED
	if errors.As(err, &activity) {
		retry = activity.RetryState()
	}
	switch {
	case temporal.IsCanceledError(err), retry == enumspb.RETRY_STATE_CANCEL_REQUESTED:
		return CauseCancelled
	case errors.As(err, &timeout), retry == enumspb.RETRY_STATE_TIMEOUT:
		return CauseTimeRanOut
	default:
		return CauseBroken
	}
}

// sending returns the standing of a delivery that starts now.
func sending(d Delivery, now time.Time) Standing {
	s := standingOf(d, StandingSending)
	until := now.Add(d.RetryFor)
	s.GivesUpAt = &until
	return s
}

func standingOf(d Delivery, state StandingState) Standing {
	return Standing{
		IntegrationID: d.IntegrationID, IntegrationType: d.IntegrationType, IntegrationName: d.IntegrationName,
		DeliveryID: d.DeliveryID, State: state,
	}
}
