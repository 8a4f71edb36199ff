package activities_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/activities"
	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/models/integrations"
)

// open returns a field whose breaker opened 10 s ago for 10 s: time for a probe.
func open(list ...delivery.Result) field {
	f := newField(list...)
	until := noon
	f.store.breaker = integrations.Breaker{Breaker: delivery.Breaker{State: delivery.BreakerOpen, Failures: 5, Openings: 1, OpenUntil: &until, Reason: delivery.Reason{Text: "it keeps failing"}}}
	return f
}

func TestG6_BreakerOpensAfterFiveFailuresInARow(t *testing.T) {
	t.Parallel()
	f := newField(silent)
	for n := range 5 {
		id := fmt.Sprintf("dlv_%d", n)
		f.add(id)
		_, err := f.dispatch(t, id)
		refusal(t, err, activities.ErrorRetrying)
	}
	require.Equal(t, delivery.BreakerOpen, f.store.breaker.State)
	require.Equal(t, noon.Add(10*time.Second), *f.store.breaker.OpenUntil)
	f.add("dlv_6")
	_, err := f.dispatch(t, "dlv_6")
	_, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, 10*time.Second, delay)
	require.Len(t, f.answers.sent, 5, "the sixth uses up no attempt")
}

func TestALongPauseIsCheckedAgainBeforeItsEnd(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.add("dlv_1")
	until := noon.Add(24 * time.Hour)
	f.store.breaker = integrations.Breaker{Breaker: delivery.Breaker{State: delivery.BreakerOpen, OpenUntil: &until, Reason: delivery.Reason{Text: "it asked to wait"}}}
	_, err := f.dispatch(t, "dlv_1")
	_, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, 10*time.Minute, delay, "a repair takes effect sooner than in a day")
	require.Empty(t, f.answers.sent)
}

// Those that wait are woken when the breaker closes, so the next that have to wait stand in no
// line behind them.
func TestTheLineBehindABreakerEndsWhenItCloses(t *testing.T) {
	t.Parallel()
	f := newField(took)
	until := noon.Add(10 * time.Minute)
	open := integrations.Breaker{Breaker: delivery.Breaker{State: delivery.BreakerOpen, OpenUntil: &until, Reason: delivery.Reason{Text: "it keeps failing"}}}
	comesBack := func(id string) time.Duration {
		f.store.breaker = open
		f.add(id)
		_, err := f.dispatch(t, id)
		_, delay := refusal(t, err, activities.ErrorWaiting)
		return delay
	}
	require.Equal(t, 10*time.Minute, comesBack("dlv_first"))
	require.Greater(t, comesBack("dlv_second"), 10*time.Minute)
	f.store.breaker = integrations.Breaker{Breaker: delivery.Breaker{State: delivery.BreakerClosed}}
	_, err := f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Equal(t, 10*time.Minute, comesBack("dlv_third"))
}

func TestBreakerProbe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer delivery.Result
		state  delivery.BreakerState
		trips  int
		pause  time.Duration
	}{
		"delivered: it closes":              {took, delivery.BreakerClosed, 0, 0},
		"refused is an answer: it closes":   {refused, delivery.BreakerClosed, 0, 0},
		"fails: it opens for twice as long": {broken, delivery.BreakerOpen, 2, 20 * time.Second},
		"asked to wait: it opens for that":  {throttled, delivery.BreakerOpen, 1, 90 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(test.answer)
			_, _ = f.dispatch(t, "dlv_1")
			require.Len(t, f.answers.sent, 1)
			b := f.store.breaker
			require.Equal(t, test.state, b.State)
			require.Equal(t, test.trips, b.Openings)
			require.Nil(t, b.ProbeUntil, "the next probe may go")
			if test.pause > 0 {
				require.Equal(t, noon.Add(test.pause), *b.OpenUntil)
			}
		})
	}
}

// holdsProbe dispatches a delivery, whose send is the first and waits until answer is called. Answer
// returns when the delivery was dispatched.
func (f field) holdsProbe(t *testing.T) (answer func()) {
	probing, answered := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	f.answers.pause = func() {
		if first.CompareAndSwap(false, true) {
			close(probing)
			<-answered
		}
	}
	var all sync.WaitGroup
	all.Go(func() { _, _ = f.dispatch(t, "dlv_1") })
	<-probing
	return func() {
		close(answered)
		all.Wait()
	}
}

func TestOnlyOneDeliveryProbes(t *testing.T) {
	t.Parallel()
	f := open(took)
	answer := f.holdsProbe(t)
	f.add("dlv_2")
	_, err := f.dispatch(t, "dlv_2")
	shown, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, "waiting: probe_under_way", shown)
	require.Equal(t, "it keeps failing; one delivery is trying", text(f.store.deliveries["dlv_2"].Reason))
	require.Equal(t, 10*time.Second, delay)
	answer()
	require.Equal(t, delivery.BreakerClosed, f.store.breaker.State)
}

func TestProbeIsReleasedIfAnotherAttemptHasItsDelivery(t *testing.T) {
	t.Parallel()
	f := open(took)
	until := noon.Add(time.Minute)
	f.store.deliveries["dlv_1"].LeasedUntil = &until
	_, err := f.dispatch(t, "dlv_1")
	refusal(t, err, activities.ErrorWaiting)
	require.Nil(t, f.store.breaker.ProbeUntil)
	require.Equal(t, delivery.BreakerOpen, f.store.breaker.State)
}

func TestThrottledPausesTheWholeIntegration(t *testing.T) {
	t.Parallel()
	f := newField(throttled)
	_, err := f.dispatch(t, "dlv_1")
	refusal(t, err, activities.ErrorRetrying)
	f.add("dlv_2")
	_, err = f.dispatch(t, "dlv_2")
	shown, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, "waiting: breaker_open", shown)
	require.Equal(t, "the destination asked to wait: answered 429", text(f.store.deliveries["dlv_2"].Reason))
	require.Equal(t, 90*time.Second, delay)
}

func TestM2_RefusedSignInPausesTheWholeIntegration(t *testing.T) {
	t.Parallel()
	f := newField(delivery.Result{
		Class: delivery.ClassNotLetIn, Status: 400, RetryAfter: time.Hour, Reason: delivery.AnsweredWithError(400, "invalid_grant", ""),
	})
	_, err := f.dispatch(t, "dlv_1")
	_, delay := refusal(t, err, activities.ErrorRetrying)
	require.Equal(t, time.Hour, delay)
	f.add("dlv_2")
	_, err = f.dispatch(t, "dlv_2")
	_, delay = refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, 10*time.Minute, delay, "the owner may sign in again at any time")
	require.Equal(t, "the destination does not accept the sign-in: answered 400 (invalid_grant)", text(f.store.deliveries["dlv_2"].Reason))
}

func TestSwitchesOffOnlyIfTheOwnerAskedForIt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		after   int
		answers []delivery.Result
		wanted  string
	}{
		"not asked for":            {0, []delivery.Result{refused, refused, refused}, ""},
		"three in a row":           {3, []delivery.Result{refused, refused, refused}, "3 deliveries in a row failed; the last: answered 400"},
		"a success in between":     {3, []delivery.Result{refused, refused, took, refused}, ""},
		"retries are not failures": {2, []delivery.Result{broken, broken, broken}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(test.answers...)
			f.store.integration.Settings.Delivery.SwitchOffAfter = test.after
			for n := range test.answers {
				id := fmt.Sprintf("dlv_%d", n)
				f.add(id)
				_, _ = f.dispatch(t, id)
			}
			require.Equal(t, test.wanted, text(f.store.switchedOff))
		})
	}
}

func TestSwitchedOnAgainStartsANewCount(t *testing.T) {
	t.Parallel()
	f := newField(refused)
	f.store.integration.Settings.Delivery.SwitchOffAfter = 1
	_, _ = f.dispatch(t, "dlv_1")
	require.NotEmpty(t, f.store.switchedOff)
	require.Zero(t, f.store.breaker.FailedInRow)
}

func TestG6_HangingIntegrationHoldsOnlyItsOwnSlots(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.store.integration.Settings.Delivery.MaxConcurrent = 2
	hanging, answer := make(chan struct{}, 3), make(chan struct{})
	f.answers.pause = func() {
		hanging <- struct{}{}
		<-answer
	}
	var all sync.WaitGroup
	for n := range 2 {
		id := fmt.Sprintf("dlv_h%d", n)
		f.add(id)
		all.Go(func() { _, _ = f.dispatch(t, id) })
	}
	<-hanging
	<-hanging
	f.clock.Advance(9 * time.Second) // both hang; all but the first in the queue would wait in vain
	f.add("dlv_queued")
	all.Go(func() { _, _ = f.dispatch(t, "dlv_queued") })
	require.NoError(t, f.clock.BlockUntilContext(t.Context(), 4), "three heartbeats, and one in the queue")

	_, err := f.dispatch(t, "dlv_1")
	shown, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, "waiting: destination_limit", shown)
	require.Equal(t, "as many sends to this destination as allowed are under way", text(f.delivery().Reason))
	require.Equal(t, 2*time.Second, delay)
	require.Equal(t, deliveries.Waiting, f.delivery().State)
	require.Zero(t, f.delivery().Attempts)

	close(answer)
	all.Wait()
}

func TestWaitingAtTheGateLeavesWhenTheWorkerStops(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.store.integration.Settings.Delivery.MaxConcurrent = 1
	hanging, answer := make(chan struct{}), make(chan struct{})
	f.answers.pause = func() {
		close(hanging)
		<-answer
	}
	f.add("dlv_h")
	var all sync.WaitGroup
	all.Go(func() { _, _ = f.dispatch(t, "dlv_h") })
	<-hanging

	waited := make(chan error, 1)
	go func() {
		_, err := f.dispatch(t, "dlv_1")
		waited <- err
	}()
	require.NoError(t, f.clock.BlockUntilContext(t.Context(), 3), "two heartbeats, and one in the queue")
	close(f.stop)
	shown, _ := refusal(t, <-waited, activities.ErrorWaiting)
	require.Equal(t, "waiting: worker_stopping", shown)
	require.Equal(t, deliveries.Pending, f.delivery().State)
	close(answer)
	all.Wait()
}

func TestG6_HostThatHangsForOthersIsProbedOnce(t *testing.T) {
	t.Parallel()
	f := newField(silent, silent, took)
	for n := range 5 {
		f.Hosts.End(placeHost, fmt.Sprintf("site_%d", n), delivery.ClassTimeout)
	}
	_, err := f.dispatch(t, "dlv_1")
	shown, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, "waiting: host_does_not_answer", shown)
	require.Equal(t, 10*time.Second, delay)
	require.Equal(t, delivery.ReasonHostUnreachable, f.delivery().Reason.Code)
	require.Empty(t, f.answers.sent)

	f.clock.Advance(delay)
	_, err = f.dispatch(t, "dlv_1")
	refusal(t, err, activities.ErrorRetrying)
	require.Len(t, f.answers.sent, 1, "the probe")
	f.add("dlv_2")
	_, err = f.dispatch(t, "dlv_2")
	_, delay = refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, 20*time.Second, delay, "it failed")
	f.clock.Advance(delay)
	_, err = f.dispatch(t, "dlv_2")
	refusal(t, err, activities.ErrorRetrying)
	f.clock.Advance(time.Minute)
	ended, err := f.dispatch(t, "dlv_2")
	require.NoError(t, err)
	require.Equal(t, "delivered", ended.State)
	require.Zero(t, f.Hosts.Wait(placeHost))
}

func TestG6_WhileAHostIsProbedNothingElseIsSentThere(t *testing.T) {
	t.Parallel()
	f := newField(took)
	for n := range 5 {
		f.Hosts.End(placeHost, fmt.Sprintf("site_%d", n), delivery.ClassTimeout)
	}
	f.clock.Advance(f.Hosts.Wait(placeHost))
	answer := f.holdsProbe(t)
	f.add("dlv_2")
	_, err := f.dispatch(t, "dlv_2")
	shown, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, "waiting: host_does_not_answer", shown)
	answer()
	require.Len(t, f.answers.sent, 1)
	f.clock.Advance(delay)
	ended, err := f.dispatch(t, "dlv_2")
	require.NoError(t, err)
	require.Equal(t, "delivered", ended.State)
}
