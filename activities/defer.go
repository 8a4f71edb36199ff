package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"

	"ringback/internal/delivery"
	"ringback/workflows"
)

// deferralCode names what a delivery waits for. Temporal shows nothing else
// of it, because a reason may hold what a destination answered.
type deferralCode string

const (
	deferSwitchedOff     deferralCode = "switched_off"
	deferUnknownType     deferralCode = "destination_not_known"
	deferUnreadable      deferralCode = "credentials_unreadable"
	deferBreaker         deferralCode = "breaker_open"
	deferProbe           deferralCode = "probe_under_way"
	deferSiteLimit       deferralCode = "site_limit"
	deferDestinationFull deferralCode = "destination_limit"
	deferHostLimit       deferralCode = "host_limit"
	deferHostUnreachable deferralCode = "host_does_not_answer"
	deferAttempt         deferralCode = "attempt_under_way"
	deferStop            deferralCode = "worker_stopping"
)

// deferral is why a delivery may not go now, and for how long it waits. The reason
// is stored, unless the deferral is silent.
type deferral struct {
	code   deferralCode
	reason delivery.Reason
	delay  time.Duration
	silent bool // the store keeps the delivery's state, because another attempt writes it
}

// mustWait returns why the delivery may not even queue for a slot, or nil if it
// may. Waiting uses up no attempt.
func (d *Dispatch) mustWait(ctx context.Context, s *sending) *deferral {
	if !s.integration.Enabled {
		return d.deferDisabled(ctx, deferSwitchedOff, delivery.ReasonSwitchedOff)
	}
	if _, ok := d.Destinations.Get(s.integration.Type); !ok { // a newer version made it, and will send it
		return d.deferDisabled(ctx, deferUnknownType, delivery.ReasonUnknownDestination)
	}
	if s.integration.CredentialsUnreadable {
		return d.deferDisabled(ctx, deferUnreadable, delivery.ReasonUnreadable)
	}
	if h := d.deferByBreaker(s, now(d.Clock)); h != nil {
		return h
	}
	return d.deferByHost(d.Hosts.Wait(s.host))
}

// deferByHost returns the deferral of a delivery whose host does not answer, nil if
// there is nothing to wait for.
func (d *Dispatch) deferByHost(wait time.Duration) *deferral {
	if wait <= 0 {
		return nil
	}
	return &deferral{code: deferHostUnreachable, reason: delivery.Reason{Code: delivery.ReasonHostUnreachable}, delay: delivery.Spread(wait, d.Jitter)}
}

// deferDisabled waits for a person's action, longer after each check.
func (d *Dispatch) deferDisabled(ctx context.Context, code deferralCode, reason delivery.ReasonCode) *deferral {
	check := int(activity.GetInfo(ctx).Attempt)
	return &deferral{code: code, reason: delivery.Reason{Code: reason}, delay: delivery.DisabledDelay(check, d.Jitter)}
}

// enter waits for one of the integration's slots. When the worker stops, the
// waiting deliveries are released at once, so that another worker takes them.
func (d *Dispatch) enter(ctx context.Context, s *sending) (leave func(), h *deferral) {
	ctx, cancel := untilStop(ctx)
	defer cancel()
	leave, err := d.Gate.Enter(ctx, s.origin(), s.policy.Limits)
	var full *delivery.FullError
	switch {
	case err == nil:
		return leave, nil
	case errors.As(err, &full):
		return nil, deferByLimit(full)
	default:
		return nil, &deferral{code: deferStop, delay: time.Second, silent: true}
	}
}

// deferByLimit returns the deferral of a delivery that the gate refused.
func deferByLimit(full *delivery.FullError) *deferral {
	h := &deferral{code: deferDestinationFull, reason: delivery.Reason{Code: delivery.ReasonDestinationLimit}, delay: full.ReturnIn}
	switch full.Limit {
	case delivery.LimitSite:
		h.code, h.reason.Code = deferSiteLimit, delivery.ReasonSiteLimit
	case delivery.LimitHost:
		h.code, h.reason.Code = deferHostLimit, delivery.ReasonHostLimit
	}
	return h
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

// postpone stores what the delivery waits for and until when (G4), and makes the
// server call again then. The wait ends at the latest when the delivery is given up.
func (d *Dispatch) postpone(ctx context.Context, s *sending, h deferral) (workflows.Dispatched, error) {
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
	return workflows.Dispatched{}, benign(ErrorWaiting, "waiting: "+string(h.code), until.Sub(at))
}

// pause ends the activity of a delivery whose account has made all of its sends of the
// day. Its workflow waits and dispatches it again on the next day. The wait does not
// count as a part of the time for which the delivery is tried, so nothing is lost by it.
func (d *Dispatch) pause(ctx context.Context, s *sending, day delivery.Day) (workflows.Dispatched, error) {
	at := now(d.Clock)
	until := day.Ends.Add(time.Duration(d.Jitter() * float64(resumeWithin)))
	if err := d.Store.PauseDelivery(ctx, s.delivery.ID, delivery.DailyLimit(day.Limit), until); err != nil {
		return workflows.Dispatched{}, stageError(ctx, d.Logger, ErrorBeforeSend, s.delivery.ID, err)
	}
	return workflows.Dispatched{State: workflows.DispatchPaused, Attempts: s.delivery.Attempts, ResumeIn: until.Sub(at)}, nil
}

// resumeWithin is the time at the beginning of a day over which the deliveries that
// waited for it are spread.
const resumeWithin = 30 * time.Minute
