package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"ringback/internal/backoff"
	"ringback/internal/delivery"
	"ringback/internal/ids"
	"ringback/models/deliveries"
	"ringback/workflows"
)

// attempt makes one attempt and stores how it went. It calls leave when the send
// has ended, because storing the outcome needs no slot.
func (d *Dispatch) attempt(ctx context.Context, s *sending, leave func()) (workflows.Dispatched, error) {
	h, err := d.claimProbe(ctx, s)
	if err != nil {
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorBeforeSend, s.delivery.ID, err)
	}
	if h == nil {
		h = d.deferByHost(d.Hosts.Begin(s.host, s.lease()))
	}
	if h != nil {
		d.releaseProbe(ctx, s)
		return d.postpone(ctx, s, *h)
	}
	sent := false
	defer func() {
		if !sent {
			d.Hosts.End(s.host, s.integration.SiteID, delivery.ClassInterrupted)
		}
	}()
	day, begun, err := d.begin(ctx, s)
	if begun.Number == 0 {
		d.releaseProbe(ctx, s)
	}
	switch {
	case err != nil:
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorBeforeSend, s.delivery.ID, err)
	case day.UsedUp:
		return d.pause(ctx, s, day)
	case begun.Number == 0:
		return d.overtaken(ctx, s, begun)
	}
	if begun.Interrupted {
		d.recordInterrupted(ctx, s, begun.Number-1)
	}
	sent = true
	return d.makeAttempt(ctx, s, begun.Number, leave)
}

// makeAttempt makes an attempt that was begun. Its outcome must be stored, even if the worker
// stops or the activity's own time ends.
func (d *Dispatch) makeAttempt(ctx context.Context, s *sending, number int, leave func()) (workflows.Dispatched, error) {
	ctx = context.WithoutCancel(ctx)
	class := delivery.ClassInterrupted // as long as nothing was sent
	defer func() { d.Hosts.End(s.host, s.integration.SiteID, class) }()
	result := d.send(ctx, s, number)
	class = result.Class
	leave()
	return d.conclude(ctx, s, result)
}

// begin spends one of the account's sends of the day and begins the attempt. The number
// of the attempt is zero if it may not be made.
func (d *Dispatch) begin(ctx context.Context, s *sending) (delivery.Day, deliveries.AttemptStart, error) {
	day, undo, err := d.Daily.Take(ctx, s.integration.SiteID)
	if err != nil || day.UsedUp {
		return day, deliveries.AttemptStart{}, err
	}
	begun, err := d.Store.BeginAttempt(ctx, s.delivery.ID, s.lease())
	if begun.Number == 0 {
		undo()
	}
	return day, begun, err
}

// lease returns how long no other attempt at this delivery may begin.
func (s *sending) lease() time.Duration { return s.policy.Timeout + leaseMargin }

// lookAgain is how long a delivery waits whose attempt is under way in another process. It
// usually ends long before its lease.
var lookAgain = backoff.Doubling{First: time.Second, Max: 15 * time.Second}

// overtaken handles a delivery that another attempt has ended meanwhile, or is
// still sending.
func (d *Dispatch) overtaken(ctx context.Context, s *sending, begun deliveries.AttemptStart) (workflows.Dispatched, error) {
	if !begun.Finished {
		delay := min(begun.LeasedUntil.Sub(now(d.Clock)), lookAgain.Delay(int(activity.GetInfo(ctx).Attempt)))
		return d.postpone(ctx, s, deferral{code: deferAttempt, delay: max(delay, time.Second), silent: true})
	}
	s, err := d.load(ctx, s.delivery.ID)
	if err != nil {
		return workflows.Dispatched{}, err
	}
	return dispatched(s.delivery), nil
}

// attemptResult is how an attempt went.
type attemptResult struct {
	number int
	delivery.Report
}

// send makes the attempt.
func (d *Dispatch) send(ctx context.Context, s *sending, number int) attemptResult {
	destination, _ := d.Destinations.Get(s.integration.Type) // mustWait checked that it exists
	payload, values := s.delivery.Event, s.integration.Values()
	payload.Repeat = number > 1 || s.delivery.ResendNumber > 0
	values.Tokens = d.Store.IntegrationTokens(s.integration.ID)
	return attemptResult{number: number, Report: delivery.Attempt(ctx, d.Outbound, d.Clock, delivery.Send{
		To: destination, Payload: payload, Settings: values, Timeout: s.policy.Timeout,
	})}
}

// conclude stores the outcome of an attempt, reports it to the breaker, and
// returns the activity's answer.
func (d *Dispatch) conclude(ctx context.Context, s *sending, t attemptResult) (workflows.Dispatched, error) {
	next := transitionAfter(s.delivery, t, now(d.Clock), d.Jitter)
	end := deliveries.AttemptEnd{
		Attempt: attemptRow(s, t, next), ConversionID: s.delivery.ConversionID,
		State: next.state, Reason: next.reason, NextTryAt: next.tryAt, Last: s.last,
	}
	if err := d.storeEnd(ctx, end); err != nil {
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorAfterSend, s.delivery.ID, err)
	}
	d.reportToBreaker(ctx, s, t, next)
	d.recordAttempt(ctx, s, t, next)
	if next.state.Final() {
		return workflows.Dispatched{
			State: string(next.state), Class: string(t.Class), Status: t.Status, Attempts: t.number,
		}, nil
	}
	return workflows.Dispatched{}, benign(ErrorRetrying, summary(t.Result), next.delay)
}

// attemptRow returns the attempt as it is stored.
func attemptRow(s *sending, t attemptResult, next transition) deliveries.Attempt {
	return deliveries.Attempt{
		ID:            ids.New(ids.Attempt),
		DeliveryID:    s.delivery.ID,
		SiteID:        s.delivery.SiteID,
		IntegrationID: s.delivery.IntegrationID,
		Number:        t.number,
		StartedAt:     t.StartedAt,
		Duration:      t.Duration,
		Class:         t.Class,
		Status:        t.Status,
		Reason:        t.Reason,
		Request:       t.Request,
		Response:      t.Response,
		NextTryAt:     next.tryAt,
	}
}

// storeFor is how long to retry storing an outcome while the database does not
// answer. Each second more makes it less likely that the destination gets the
// event twice (G3).
const storeFor = 15 * time.Second

var storeSchedule = backoff.Doubling{First: 100 * time.Millisecond, Max: 2 * time.Second}

// storeEnd stores an outcome, and retries for a while.
func (d *Dispatch) storeEnd(ctx context.Context, end deliveries.AttemptEnd) error {
	ctx, cancel := context.WithTimeout(ctx, storeFor) // this also ends a call that hangs
	defer cancel()
	for failures := 1; ; failures++ {
		err := d.Store.EndAttempt(ctx, end)
		if err == nil || !retryable(err) {
			return err
		}
		select {
		case <-d.Clock.After(storeSchedule.Delay(failures)):
		case <-ctx.Done():
			return err
		}
	}
}
