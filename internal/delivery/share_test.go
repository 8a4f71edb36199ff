package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

// Many sites send to one host, and it hangs.
func TestG6_HangingHostLeavesSlotsToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const perHost = 20
		refused := &refusals{}
		gate := delivery.NewGate(clockwork.NewRealClock(), never, delivery.Shares{PerSite: 100, PerHost: perHost}, refused)
		ctx, hangUp := context.WithCancel(t.Context())
		var all sync.WaitGroup
		var mu sync.Mutex
		var returns []time.Duration
		for n := range 100 {
			all.Go(func() {
				of := delivery.Origin{SiteID: fmt.Sprintf("site_%d", n), IntegrationID: fmt.Sprintf("int_%d", n), Host: "hanging.example"}
				leave, err := gate.Enter(ctx, of, delivery.Limits{Slots: 10})
				var full *delivery.FullError
				if errors.As(err, &full) {
					mu.Lock()
					defer mu.Unlock()
					returns = append(returns, full.ReturnIn)
					require.Equal(t, delivery.LimitHost, full.Limit)
					return
				}
				<-ctx.Done()
				leave()
			})
		}
		synctest.Wait()
		require.Len(t, returns, 100-perHost)
		require.Equal(t, map[string]int{"host": 100 - perHost}, refused.by)
		seen := map[time.Duration]bool{}
		for _, in := range returns {
			require.False(t, seen[in], "each returns at a time of its own")
			seen[in] = true
		}
		require.Equal(t, delivery.MinReturn+(100-perHost)*25*time.Millisecond, slices.Max(returns), "though nothing is known yet")
		<-time.After(20 * time.Second)
		_, err := gate.Enter(ctx, delivery.Origin{SiteID: "site_late", IntegrationID: "int_late", Host: "hanging.example"}, delivery.Limits{Slots: 1})
		full := &delivery.FullError{}
		require.ErrorAs(t, err, &full)
		require.Equal(t, 2*delivery.MinReturn, full.ReturnIn, "the hung sends show the pace: one place a second")
		for _, host := range []string{"well.example", ""} {
			leave, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_other", Host: host}, delivery.Limits{Slots: 1})
			require.NoError(t, err)
			leave()
		}
		hangUp()
		all.Wait()
	})
}

// A long backlog behind a slow integration costs about a dispatch per second, or less.
func TestG6_ALongBacklogReturnsRarely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const deliveries, took = 3000, 10 * time.Second
		b := &backlog{began: time.Now(), came: map[int]int{}}
		gate := newGate()
		var all sync.WaitGroup
		for range deliveries {
			all.Go(func() { b.deliver(t, gate, delivery.Limits{Slots: 10}, took) })
		}
		all.Wait()
		ended := time.Since(b.began)
		require.Less(t, ended, 11*deliveries*took/100, "nor are slots free for long")
		require.Less(t, float64(b.arrivals())/ended.Seconds(), 5.0, "arrivals per second")
	})
}
