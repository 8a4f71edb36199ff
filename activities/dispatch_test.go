package activities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"ringback/activities"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/locale"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/workflows"
)

func TestG4_EveryAttemptEndsInAStateWithAReason(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer delivery.Result
		state  deliveries.State
		reason string
		delay  time.Duration // 0 if the delivery has ended
	}{
		"taken":                 {took, deliveries.Delivered, "answered 200", 0},
		"refused":               {refused, deliveries.Failed, "answered 400", 0},
		"answered 500":          {broken, deliveries.Retrying, "answered 500", time.Second},
		"no answer":             {silent, deliveries.Retrying, "no answer in time", time.Second},
		"429 with Retry-After":  {throttled, deliveries.Retrying, "answered 429", 90 * time.Second},
		"a redirect":            {delivery.Result{Class: delivery.ClassRedirected, Status: 302, Reason: delivery.AnsweredWith(302)}, deliveries.Failed, "answered 302", 0},
		"a forbidden address":   {delivery.Result{Class: delivery.ClassForbidden, Reason: delivery.Reason{Code: delivery.ReasonForbiddenAddress}}, deliveries.Failed, "the host's address is private or reserved, and not allowed", 0},
		"Retry-After of a year": {delivery.Result{Class: delivery.ClassUnavailable, Status: 503, Reason: delivery.AnsweredWith(503), RetryAfter: 8760 * time.Hour}, deliveries.Retrying, "answered 503", 24 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(test.answer)
			got, err := f.dispatch(t, "dlv_1")
			if test.delay == 0 {
				require.NoError(t, err)
				require.Equal(t, workflows.Dispatched{
					State: string(test.state), Class: string(test.answer.Class), Status: test.answer.Status, Attempts: 1,
				}, got, "a failed delivery is no error of the workflow")
				require.Nil(t, f.delivery().NextTryAt)
			} else {
				_, delay := refusal(t, err, activities.ErrorRetrying)
				require.Equal(t, test.delay, delay)
				require.Equal(t, noon.Add(test.delay), *f.delivery().NextTryAt)
			}
			require.Equal(t, test.state, f.delivery().State)
			require.Equal(t, test.reason, text(f.delivery().Reason))
			require.Len(t, f.store.attempts, 1)
			require.Equal(t, 1, f.attempted(), "one wide event per attempt")
			require.Equal(t, 1, f.count.classes[string(test.answer.Class)])
			if test.delay == 0 {
				require.Equal(t, map[string]int{string(test.state): 1}, f.count.finished)
			}
			require.Equal(t, test.state == deliveries.Failed, strings.Contains(f.log.String(), "msg=delivery.failed"))
		})
	}
}

func TestG4_GivesUpWhenTheNextAttemptWouldComeTooLate(t *testing.T) {
	t.Parallel()
	f := newField(broken)
	f.clock.Advance(72*time.Hour - time.Millisecond)
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, "failed", got.State)
	require.Equal(t, "gave up after 3 days; last: answered 500", text(f.delivery().Reason))
}

func TestG4_GivesUpADeliveryThatWaitedTooLong(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.store.integration.Enabled = false
	f.clock.Advance(72*time.Hour - time.Minute/2)
	_, err := f.dispatch(t, "dlv_1")
	_, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, 30*time.Second, delay, "never beyond its time")
	f.clock.Advance(delay)
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, "failed", got.State)
	require.Equal(t, "gave up after 3 days; last: the integration is switched off", text(f.delivery().Reason))
	require.Empty(t, f.answers.sent)
}

func TestG4_WaitingHasAReasonAndAnEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(f *field)
		code   string // in Temporal
		reason string // in the store
		delay  time.Duration
	}{
		"switched off": {
			func(f *field) { f.store.integration.Enabled = false }, "switched_off", "the integration is switched off", time.Minute,
		},
		"its key is gone": {
			func(f *field) { f.store.integration.CredentialsUnreadable = true },
			"credentials_unreadable", explanation.In(locale.English).Problem(explanation.ProblemCredentialsUnreadable), time.Minute,
		},
		"made by a newer version": {
			func(f *field) { f.store.integration.Type = "new" }, "destination_not_known", "this version of Ringback has no such destination", time.Minute,
		},
		"the breaker is open": {
			func(f *field) {
				until := noon.Add(5 * time.Minute)
				f.store.breaker = integrations.Breaker{Breaker: delivery.Breaker{State: delivery.BreakerOpen, OpenUntil: &until, Reason: delivery.Reason{Code: delivery.ReasonKeepsFailing, Last: new(delivery.AnsweredWith(500))}}}
			}, "breaker_open", "the destination keeps failing: answered 500", 5 * time.Minute,
		},
		"another delivery is the probe": {
			func(f *field) {
				past, until := noon.Add(-time.Second), noon.Add(time.Minute)
				f.store.breaker = integrations.Breaker{Breaker: delivery.Breaker{State: delivery.BreakerOpen, OpenUntil: &past, Reason: delivery.Reason{Text: "it keeps failing"}}, ProbeUntil: &until}
			}, "probe_under_way", "it keeps failing; one delivery is trying", 10 * time.Second,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(took)
			test.change(&f)
			_, err := f.dispatch(t, "dlv_1")
			shown, delay := refusal(t, err, activities.ErrorWaiting)
			require.Equal(t, "waiting: "+test.code, shown)
			require.Equal(t, test.delay, delay)
			d := f.delivery()
			require.Equal(t, deliveries.Waiting, d.State)
			require.Equal(t, test.reason, text(d.Reason))
			require.Equal(t, noon.Add(test.delay), *d.NextTryAt)
			require.Zero(t, d.Attempts, "waiting uses up no attempt")
			require.Empty(t, f.answers.sent)
		})
	}
}

// An account that has made all of its sends of the day loses nothing: the time until the
// next day is added to the time for which a delivery is tried.
func TestG4_SendsOverTheDailyLimitWaitForTheNextDay(t *testing.T) {
	t.Parallel()
	f := newField(took, took)
	f.Daily = delivery.NewDaily(&sendsOfDay{clock: f.clock, limit: 1, sent: map[time.Time]int{}}, f.clock)
	f.add("dlv_2")
	_, err := f.dispatch(t, "dlv_2")
	require.NoError(t, err)
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, workflows.Dispatched{State: workflows.DispatchPaused, ResumeIn: 12 * time.Hour}, got)
	paused := f.delivery()
	require.Equal(t, deliveries.Waiting, paused.State)
	require.Equal(t, "the account has reached its limit of sends per day (1); the delivery goes on shortly after midnight UTC, and nothing is lost", text(paused.Reason))
	require.Equal(t, noon.Add(12*time.Hour), *paused.NextTryAt)
	require.Equal(t, noon.Add(84*time.Hour), paused.GiveUpAt)
	require.Len(t, f.store.attempts, 1, "waiting is no attempt")
	require.False(t, paused.Reason.OfDestination())

	f.clock.Advance(12 * time.Hour)
	got, err = f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, string(deliveries.Delivered), got.State)
}

func TestG4_DeletedIntegrationFails(t *testing.T) {
	t.Parallel()
	f := newField(took)
	at := noon
	f.store.integration.DeletedAt = &at
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, "failed", got.State)
	require.Equal(t, "the integration was deleted", text(f.delivery().Reason))
	require.Equal(t, map[string]int{"failed": 1}, f.count.finished)
	require.Contains(t, f.log.String(), `msg=delivery.failed delivery_id=dlv_1 conversion_id=cnv_1 site_id=site_1 integration_id=int_1 type=place attempts=0 class="" reason="the integration was deleted"`)

	_, err = f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, map[string]int{"failed": 1}, f.count.finished, "it ends once")
}

func TestG2_DeliveredIsNotSentAgain(t *testing.T) {
	t.Parallel()
	f := newField(took)
	_, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, "delivered", got.State)
	require.Len(t, f.answers.sent, 1)
}

func TestG2_AttemptInProgressIsLeftAlone(t *testing.T) {
	t.Parallel()
	f := newField(took)
	until := noon.Add(12 * time.Second)
	f.store.deliveries["dlv_1"].LeasedUntil = &until
	_, err := f.dispatch(t, "dlv_1")
	_, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, time.Second, delay, "it usually ends long before its lease")
	require.Equal(t, deliveries.Pending, f.delivery().State, "the other attempt writes its state")
	require.Empty(t, f.answers.sent)
}

func TestG3_EveryAttemptCarriesTheSameID(t *testing.T) {
	t.Parallel()
	f := newField(broken, silent, took)
	for range 2 {
		_, err := f.dispatch(t, "dlv_1")
		_, delay := refusal(t, err, activities.ErrorRetrying)
		f.clock.Advance(delay)
	}
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, 3, got.Attempts)
	require.Len(t, f.answers.sent, 3)
	for i, e := range f.answers.sent {
		require.Equal(t, i > 0, e.Repeat, "whether the destination may have it already")
		e.Repeat = false
		require.Equal(t, f.answers.sent[0], e)
	}
}

func TestG3_OutcomeIsStoredAfterAShortDatabaseOutage(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.store.endErrs = []error{away, away}
	ended := make(chan error, 1)
	go func() {
		_, err := f.dispatch(t, "dlv_1")
		ended <- err
	}()
	for _, gap := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond} {
		require.NoError(t, f.clock.BlockUntilContext(t.Context(), 2)) // the wait, and the heartbeat's
		f.clock.Advance(gap)
	}
	require.NoError(t, <-ended)
	require.Equal(t, deliveries.Delivered, f.delivery().State)
	require.Len(t, f.answers.sent, 1, "the destination got it once")
}

func TestG3_OutcomeThatCannotBeStoredIsTriedAgainAsInterrupted(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.store.endErrs = []error{fault.New(fault.Conflict, "no")} // not worth a retry
	_, err := f.dispatch(t, "dlv_1")
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, activities.ErrorAfterSend, app.Type())

	f.clock.Advance(time.Minute) // the lease runs out
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, 2, got.Attempts)
	require.Equal(t, 1, f.count.classes["interrupted"])
	require.Equal(t, f.answers.sent[0].DeliveryID, f.answers.sent[1].DeliveryID)
}

func TestG3_WorkerStopDoesNotCutASend(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.answers.pause = func() {
		close(f.stop)
		f.end()
	}
	got, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, "delivered", got.State)
}
