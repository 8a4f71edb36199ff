package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"

	"ringback/internal/delivery"
	"ringback/workflows"
)

// held is why a delivery may not go now, and for how long it waits. The reason
// is shown to owners, by Temporal too.
type held struct {
	reason string
	delay  time.Duration
	silent bool // nothing to write down: somebody else has the delivery, or soon will
}

// reasonUnreadable is what its owner reads of an integration that was sealed
// with a key that is gone.
const reasonUnreadable = "its credentials cannot be read: the key they were sealed with is gone; set them again"

// heldBack says why the delivery may not even queue for a place; nil: it may.
// Waiting costs no attempt.
func (d *Dispatch) heldBack(ctx context.Context, s *sending) *held {
	if !s.integration.Enabled {
		return d.heldOff(ctx, "the integration is switched off")
	}
	if _, ok := d.Destinations.Get(s.integration.Type); !ok { // a newer version made it, and will send it
		return d.heldOff(ctx, "this version of Ringback has no such destination")
	}
	if s.integration.CredentialsUnreadable {
		return d.heldOff(ctx, reasonUnreadable)
	}
	return d.heldByBreaker(s, now(d.Clock))
}

// heldOff waits for a person: longer with each look.
func (d *Dispatch) heldOff(ctx context.Context, reason string) *held {
	look := int(activity.GetInfo(ctx).Attempt)
	return &held{reason: reason, delay: delivery.OffDelay(look, d.Jitter)}
}

// enter waits for one of the integration's places. A worker that stops lets
// those who wait go at once, to another worker.
func (d *Dispatch) enter(ctx context.Context, s *sending) (leave func(), h *held) {
	ctx, cancel := untilStop(ctx)
	defer cancel()
	leave, err := d.Gate.Enter(ctx, s.integration.SiteID, s.integration.ID, s.policy.Limits)
	var full *delivery.Full
	switch {
	case err == nil:
		return leave, nil
	case errors.As(err, &full) && full.Site:
		return nil, &held{reason: "as many sends of this site as allowed are under way", delay: full.ReturnIn}
	case errors.As(err, &full):
		return nil, &held{reason: "as many sends to this destination as allowed are under way", delay: full.ReturnIn}
	default:
		return nil, &held{reason: "the worker is stopping", delay: time.Second, silent: true}
	}
}

// untilStop returns a context that ends when the worker begins to stop.
func untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	stop := activity.GetWorkerStopChannel(ctx)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// hold writes down what the delivery waits for and until when (guarantee 4),
// never beyond the time at which it is given up, and tells the server to call
// again then.
func (d *Dispatch) hold(ctx context.Context, s *sending, h held) (workflows.Dispatched, error) {
	at := now(d.Clock)
	until := at.Add(h.delay)
	if until.After(s.delivery.GiveUpAt) {
		until = s.delivery.GiveUpAt
	}
	if !h.silent {
		if err := d.Store.DeferDelivery(ctx, s.delivery.ID, h.reason, until); err != nil {
			return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorBeforeSend, s.delivery.ID, err)
		}
	}
	return workflows.Dispatched{}, expected(ErrorWaiting, "waiting: "+h.reason, until.Sub(at))
}
