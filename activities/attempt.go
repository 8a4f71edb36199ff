package activities

import (
	"context"
	"time"

	"ringback/destinations"
	"ringback/internal/ids"
	"ringback/internal/outbound"
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
func (s *sending) lease() time.Duration { return s.policy.timeout + leaseMargin }

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

// sent is one attempt as it went.
type sent struct {
	number    int
	startedAt time.Time
	duration  time.Duration
	result    destinations.Result
	exchanges []outbound.Exchange
}

// send delivers the event once, within the integration's timeout.
func (d *Dispatch) send(ctx context.Context, s *sending, number int) sent {
	ctx, cancel := context.WithTimeout(ctx, s.policy.timeout)
	defer cancel()
	destination, _ := d.Destinations.Get(s.integration.Type) // heldBack has seen to it
	recorder := outbound.NewRecorder(d.Outbound, destinations.NewRedactor(s.integration.Credentials), d.Clock)
	startedAt := now(d.Clock)
	result := destination.Send(ctx, recorder, s.delivery.Event, s.integration.Values())
	result.RetryAfter = min(result.RetryAfter, destinations.MaxRetryAfter)
	return sent{
		number:    number,
		startedAt: startedAt,
		duration:  d.Clock.Since(startedAt),
		result:    result,
		exchanges: recorder.Exchanges(),
	}
}

// settle stores the outcome of an attempt, tells the breaker, and gives
// Temporal its answer.
func (d *Dispatch) settle(ctx context.Context, s *sending, t sent) (workflows.Dispatched, error) {
	next := nextStep(s.delivery, t, now(d.Clock), d.Jitter)
	end := models.AttemptEnd{Attempt: attemptRow(s, t, next), State: next.state, Reason: next.reason, NextTryAt: next.tryAt}
	if err := d.storeEnd(ctx, end); err != nil {
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorAfterSend, s.delivery.ID, err)
	}
	d.tellBreaker(ctx, s, t, next)
	d.recordAttempt(ctx, s, t, next)
	if next.state.Final() {
		return workflows.Dispatched{
			State: string(next.state), Class: string(t.result.Class), Status: t.result.Status, Attempts: t.number,
		}, nil
	}
	return workflows.Dispatched{}, expected(ErrorRetrying, shortly(t.result), next.delay)
}

// attemptRow is the attempt as it is stored, redacted and cut by the recorder.
func attemptRow(s *sending, t sent, next step) models.Attempt {
	row := models.Attempt{
		ID:            ids.New(ids.Attempt),
		DeliveryID:    s.delivery.ID,
		SiteID:        s.delivery.SiteID,
		IntegrationID: s.delivery.IntegrationID,
		Number:        t.number,
		StartedAt:     t.startedAt,
		Duration:      t.duration,
		Class:         t.result.Class,
		Status:        t.result.Status,
		Reason:        t.result.Reason,
		NextTryAt:     next.tryAt,
	}
	if n := len(t.exchanges); n > 0 {
		last := t.exchanges[n-1]
		row.Request = models.Message{Method: last.Method, URL: last.URL, Headers: last.RequestHeader, Body: last.RequestBody, Cut: last.RequestCut}
		row.Response = models.Message{Status: last.Status, Headers: last.ResponseHeader, Body: last.ResponseBody, Cut: last.ResponseCut}
	}
	return row
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
