package activities

import (
	"context"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/workflows"
)

// attempt makes one attempt and stores how it went. It calls leave once the
// destination has answered: storing takes no place.
func (d *Dispatch) attempt(ctx context.Context, s *sending, leave func()) (workflows.Dispatched, error) {
	h, err := d.claimProbe(ctx, s)
	if err != nil {
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorBeforeSend, s.delivery.ID, err)
	}
	if h != nil {
		return d.hold(ctx, s, *h)
	}
	begun, err := d.Store.BeginAttempt(ctx, s.delivery.ID, s.lease())
	if err != nil {
		d.releaseProbe(ctx, s)
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorBeforeSend, s.delivery.ID, err)
	}
	if begun.Finished || !begun.LeasedUntil.IsZero() {
		d.releaseProbe(ctx, s)
		return d.overtaken(ctx, s, begun)
	}
	if begun.Interrupted {
		d.recordInterrupted(ctx, s, begun.Number-1)
	}
	// From here on the outcome is ours to store, whatever becomes of the worker
	// or of the activity's own time.
	ctx = context.WithoutCancel(ctx)
	sent := d.send(ctx, s, begun.Number)
	leave()
	return d.settle(ctx, s, sent)
}

// lease is how long nobody else begins an attempt at this delivery.
func (s *sending) lease() time.Duration { return s.policy.Timeout + leaseMargin }

// overtaken is for a delivery that another attempt has ended meanwhile, or is
// still at.
func (d *Dispatch) overtaken(ctx context.Context, s *sending, begun models.AttemptStart) (workflows.Dispatched, error) {
	if !begun.Finished {
		delay := begun.LeasedUntil.Sub(now(d.Clock))
		return d.hold(ctx, s, held{reason: "another attempt is under way", delay: max(delay, time.Second), silent: true})
	}
	s, err := d.load(ctx, s.delivery.ID)
	if err != nil {
		return workflows.Dispatched{}, err
	}
	return ended(s.delivery), nil
}

// attemptResult is one attempt as it went.
type attemptResult struct {
	number int
	delivery.Report
}

// send makes the attempt.
func (d *Dispatch) send(ctx context.Context, s *sending, number int) attemptResult {
	destination, _ := d.Destinations.Get(s.integration.Type) // heldBack checked that it exists
	return attemptResult{number: number, Report: delivery.Attempt(ctx, d.Outbound, d.Clock, delivery.Send{
		To: destination, Payload: s.delivery.Event, Settings: s.integration.Values(), Timeout: s.policy.Timeout,
	})}
}

// settle stores the outcome of an attempt, tells the breaker, and gives
// Temporal its answer.
func (d *Dispatch) settle(ctx context.Context, s *sending, t attemptResult) (workflows.Dispatched, error) {
	next := nextStep(s.delivery, t, now(d.Clock), d.Jitter)
	end := models.AttemptEnd{Attempt: attemptRow(s, t, next), State: next.state, Reason: next.reason, NextTryAt: next.tryAt}
	if err := d.storeEnd(ctx, end); err != nil {
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorAfterSend, s.delivery.ID, err)
	}
	d.tellBreaker(ctx, s, t, next)
	d.recordAttempt(ctx, s, t, next)
	if next.state.Final() {
		return workflows.Dispatched{
			State: string(next.state), Class: string(t.Class), Status: t.Status, Attempts: t.number,
		}, nil
	}
	return workflows.Dispatched{}, expected(ErrorRetrying, shortly(t.Result), next.delay)
}

// attemptRow is the attempt as it is stored, redacted and cut by the recorder.
func attemptRow(s *sending, t attemptResult, next step) models.Attempt {
	return models.Attempt{
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

// How long to go on storing an outcome while the database does not answer. Each
// second more makes it less likely that the destination sees the event twice
// (guarantee 3).
const (
	storeFor      = 15 * time.Second
	storeFirstGap = 100 * time.Millisecond
	storeMaxGap   = 2 * time.Second
)

// storeEnd stores an outcome, trying again for a while.
func (d *Dispatch) storeEnd(ctx context.Context, end models.AttemptEnd) error {
	ctx, cancel := context.WithTimeout(ctx, storeFor) // a call that hangs ends with it too
	defer cancel()
	for gap := storeFirstGap; ; gap = min(2*gap, storeMaxGap) {
		err := d.Store.EndAttempt(ctx, end)
		if err == nil || !mayPass(err) {
			return err
		}
		select {
		case <-d.Clock.After(gap):
		case <-ctx.Done():
			return err
		}
	}
}
