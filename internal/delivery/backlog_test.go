package delivery_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

// backlog is what happened while many deliveries of one integration were sent
// through the gate, with the refused ones returning when the gate said.
type backlog struct {
	mu     sync.Mutex
	began  time.Time
	came   map[int]int     // arrivals at the gate, by tenth of a second
	starts []time.Duration // when each send began
}

// hop is how long the server takes to bring a delivery to the gate.
const hop = 20 * time.Millisecond

// deliver dispatches one delivery until it is sent, as the Temporal server would.
func (b *backlog) deliver(t *testing.T, gate *delivery.Gate, limits delivery.Limits, took time.Duration) {
	for {
		<-time.After(hop)
		b.countArrival()
		leave, err := gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_a"}, limits)
		full := &delivery.FullError{}
		if errors.As(err, &full) {
			<-time.After(full.ReturnIn)
			continue
		}
		b.countStart()
		<-time.After(took)
		leave()
		return
	}
}

func (b *backlog) countArrival() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.came[int(time.Since(b.began)/(100*time.Millisecond))]++
}

func (b *backlog) countStart() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.starts = append(b.starts, time.Since(b.began))
}

// busiest returns the most arrivals within a tenth of a second, without the
// first tenth, in which all arrive.
func (b *backlog) busiest() int {
	most := 0
	for tenth, n := range b.came {
		if tenth > 0 {
			most = max(most, n)
		}
	}
	return most
}

// arrivals returns how often deliveries came to the gate, all together.
func (b *backlog) arrivals() int {
	all := 0
	for _, n := range b.came {
		all += n
	}
	return all
}

// longestGap returns the longest time in which no send began.
func (b *backlog) longestGap() time.Duration {
	longest := time.Duration(0)
	for i, at := range b.starts[1:] {
		longest = max(longest, at-b.starts[i])
	}
	return longest
}

func TestGateKeepsTheSlotsBusyWhileABacklogWaits(t *testing.T) {
	t.Parallel()
	const deliveries = 500
	for name, test := range map[string]struct {
		limits delivery.Limits
		took   time.Duration // each send
		ideal  time.Duration // for all, if no slot were ever free
		gap    time.Duration // between two that begin
	}{
		"quick sends":       {delivery.Limits{Slots: 10}, 20 * time.Millisecond, time.Second, time.Second},
		"usual sends":       {delivery.Limits{Slots: 10}, 200 * time.Millisecond, 10 * time.Second, time.Second},
		"slow sends":        {delivery.Limits{Slots: 10}, 10 * time.Second, 500 * time.Second, 10 * time.Second},
		"one slow slot":     {delivery.Limits{Slots: 1}, 5 * time.Second, 2500 * time.Second, 6 * time.Second},
		"twenty per second": {delivery.Limits{Slots: 10, PerSecond: 20}, 50 * time.Millisecond, 25 * time.Second, time.Second},
		"one in 5 seconds":  {delivery.Limits{Slots: 10, PerSecond: 0.2}, 50 * time.Millisecond, 2500 * time.Second, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &backlog{began: time.Now(), came: map[int]int{}}
				gate := newGate()
				var all sync.WaitGroup
				for range deliveries {
					all.Go(func() { b.deliver(t, gate, test.limits, test.took) })
				}
				all.Wait()
				ended := time.Since(b.began)
				require.Len(t, b.starts, deliveries)
				require.Less(t, ended, test.ideal+test.ideal/20+delivery.MinReturn, "no slot is free for long")
				require.LessOrEqual(t, b.longestGap(), test.gap, "nor all of them")
				require.Less(t, b.busiest(), 100, "they do not return at one instant")
				require.Less(t, b.arrivals(), 3*deliveries+5*int(ended.Seconds()), "nor over and over")
			})
		})
	}
}
