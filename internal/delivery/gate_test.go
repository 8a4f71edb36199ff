package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

func newGate() *delivery.Gate {
	return delivery.NewGate(clockwork.NewRealClock(), never, delivery.Shares{PerSite: 250, PerHost: 250}, &refusals{}) // in a synctest bubble real time is fake
}

// refusals counts refused deliveries by limit.
type refusals struct {
	mu sync.Mutex
	by map[string]int
}

func (r *refusals) Refused(limit string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[string]int{}
	}
	r.by[limit]++
}

// enter goes through the gate and must not be refused.
func enter(t *testing.T, g *delivery.Gate, id string, limits delivery.Limits) (leave func()) {
	t.Helper()
	leave, err := g.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: id}, limits)
	require.NoError(t, err)
	return leave
}

func TestGateSlotsAreNeverExceeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		var running, most atomic.Int64
		var all sync.WaitGroup
		for range 15 {
			all.Go(func() {
				leave, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, delivery.Limits{Slots: 3})
				if err != nil {
					return
				}
				n := running.Add(1)
				for top := most.Load(); n > top && !most.CompareAndSwap(top, n); top = most.Load() {
				}
				<-time.After(100 * time.Millisecond)
				running.Add(-1)
				leave()
				leave() // a second call is harmless
			})
		}
		all.Wait()
		require.EqualValues(t, 3, most.Load())
		require.Zero(t, running.Load())
	})
}

func TestG6_HangingIntegrationHoldsItsSlotsAndABoundedQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		ctx, hangUp := context.WithCancel(t.Context())
		var inside, refused atomic.Int64
		var all sync.WaitGroup
		for range 150 {
			all.Go(func() {
				leave, err := gate.Enter(ctx, delivery.Origin{SiteID: "site_1", IntegrationID: "int_hanging"}, delivery.Limits{Slots: 10})
				if err != nil {
					refused.Add(1)
					return
				}
				inside.Add(1)
				<-ctx.Done()
				leave()
			})
		}
		synctest.Wait()
		require.EqualValues(t, 10, inside.Load())
		require.EqualValues(t, 100, refused.Load(), "ten have a slot, forty wait in the queue, the others are refused at once")

		began := time.Now()
		enter(t, gate, "int_healthy", delivery.Limits{Slots: 10})()
		require.Zero(t, time.Since(began), "the neighbour does not wait")

		<-time.After(delivery.MaxWait)
		synctest.Wait()
		require.EqualValues(t, 140, refused.Load(), "nobody waits in the queue for longer than MaxWait")
		hangUp()
		all.Wait()
		require.EqualValues(t, 10, inside.Load())
	})
}

// hanging takes the integration's only slot for a while, and puts one
// delivery into the queue.
func hanging(t *testing.T, gate *delivery.Gate, since time.Duration) (leave func(), waited <-chan error) {
	t.Helper()
	leave = enter(t, gate, "int_a", delivery.Limits{Slots: 1})
	<-time.After(since)
	queued := make(chan error, 1)
	go func() {
		leave, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, delivery.Limits{Slots: 1})
		if err == nil {
			leave()
		}
		queued <- err
	}()
	synctest.Wait()
	return leave, queued
}

func TestGateRefusesAtOnceWhenTheQueueIsTooSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		leave, waited := hanging(t, gate, 10*time.Second)
		began := time.Now()
		_, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, delivery.Limits{Slots: 1})
		require.ErrorAs(t, err, new(*delivery.FullError))
		require.Zero(t, time.Since(began))
		leave()
		require.NoError(t, <-waited, "one waits all the same, and gets the slot the moment it is free")
		require.Zero(t, time.Since(began))
	})
}

func TestGateRefusedDeliveriesReturnOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		leave, waited := hanging(t, gate, 20*time.Second)
		var returns []time.Duration
		for range 5 {
			_, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, delivery.Limits{Slots: 1})
			full := &delivery.FullError{}
			require.ErrorAs(t, err, &full)
			returns = append(returns, full.ReturnIn/time.Millisecond)
		}
		require.Equal(t, []time.Duration{2000, 3000, 4000, 5000, 6000}, returns)
		leave()
		require.NoError(t, <-waited)
	})
}

func TestGateKeepsTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		began := time.Now()
		var at []time.Duration
		for range 5 {
			enter(t, gate, "int_a", delivery.Limits{Slots: 10, PerSecond: 4})()
			at = append(at, time.Since(began).Round(time.Millisecond))
		}
		step := 250 * time.Millisecond
		require.Equal(t, []time.Duration{0, step, 2 * step, 3 * step, 4 * step}, at)
	})
}

func TestGateRefusesWhatTheRateAllowsMuchLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		limits := delivery.Limits{Slots: 5, PerSecond: 0.1}
		enter(t, gate, "int_a", limits)()
		_, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, limits)
		full := &delivery.FullError{}
		require.ErrorAs(t, err, &full)
		require.Equal(t, 9*time.Second, full.ReturnIn, "the rate allows it in ten seconds, two of which it waits in the gate")
		<-time.After(full.ReturnIn)
		enter(t, gate, "int_a", limits)()
	})
}

func TestGateAppliesNewLimitsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		defer enter(t, gate, "int_a", delivery.Limits{Slots: 1})()
		waited := make(chan error, 1)
		go func() {
			leave, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, delivery.Limits{Slots: 1})
			if err == nil {
				leave()
			}
			waited <- err
		}()
		synctest.Wait()
		enter(t, gate, "int_a", delivery.Limits{Slots: 5})() // the owner raised it
		require.NoError(t, <-waited)
	})
}

func TestGateContextEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		limits := delivery.Limits{Slots: 1}
		leave := enter(t, gate, "int_a", limits)
		ctx, cancel := context.WithCancel(t.Context())
		waited := make(chan error, 1)
		go func() {
			_, err := gate.Enter(ctx, delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, limits)
			waited <- err
		}()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-waited, context.Canceled)
		leave()
		enter(t, gate, "int_a", limits)()
	})
}

// A site may have any number of integrations, and all may hang.
func TestG6_SiteWhoseIntegrationsAllHangLeavesSlotsToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const perSite = 20
		gate := delivery.NewGate(clockwork.NewRealClock(), never, delivery.Shares{PerSite: perSite, PerHost: 250}, &refusals{})
		ctx, hangUp := context.WithCancel(t.Context())
		var refused atomic.Int64
		var all sync.WaitGroup
		for n := range 100 {
			all.Go(func() {
				leave, err := gate.Enter(ctx, delivery.Origin{SiteID: "site_hanging", IntegrationID: fmt.Sprintf("int_%d", n/2)}, delivery.Limits{Slots: 1})
				var full *delivery.FullError
				if errors.As(err, &full) && full.Limit == delivery.LimitSite {
					refused.Add(1)
					return
				}
				if err == nil {
					<-ctx.Done()
					leave()
				}
			})
		}
		synctest.Wait()
		require.EqualValues(t, 100-perSite, refused.Load(), "the others are in a slot or in a queue")
		enter(t, gate, "int_other", delivery.Limits{Slots: 1})() // of another site
		hangUp()
		all.Wait()
		for n := range perSite {
			leave, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_hanging", IntegrationID: fmt.Sprintf("int_again_%d", n)}, delivery.Limits{Slots: 1})
			require.NoError(t, err, "every slot is free again")
			defer leave()
		}
	})
}
