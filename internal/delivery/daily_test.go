package delivery_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

// days is a store in which each account has a limit of sends per day. It grants two at a
// time.
type days struct {
	clock clockwork.Clock
	left  map[string]int
	asked int
	err   error
}

func (d *days) AccountOfSite(_ context.Context, siteID string) (string, error) {
	return siteID[:1], d.err
}

func (d *days) ReserveDay(_ context.Context, account string) (int, delivery.Day, error) {
	d.asked++
	granted := min(2, d.left[account])
	d.left[account] -= granted
	return granted, delivery.Day{Limit: 3, Ends: d.clock.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)}, d.err
}

func TestG6_SendsOfADayEnd(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC))
	store := &days{clock: clock, left: map[string]int{"a": 3, "b": 1}}
	daily := delivery.NewDaily(store, clock)
	take := func(site string) (delivery.Day, func()) {
		day, undo, err := daily.Take(t.Context(), site)
		require.NoError(t, err)
		return day, undo
	}
	for _, site := range []string{"a1", "a2"} {
		day, _ := take(site)
		require.False(t, day.UsedUp)
	}
	require.Equal(t, 1, store.asked, "sites of one account share a block")
	_, undo := take("a1")
	undo()
	day, _ := take("a1")
	require.False(t, day.UsedUp, "what was not sent is restored")
	for range 5 {
		day, _ = take("a1")
		require.Equal(t, delivery.Day{UsedUp: true, Limit: 3, Ends: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}, day)
	}
	require.Equal(t, 3, store.asked, "waiting deliveries do not ask each")
	day, _ = take("b1")
	require.False(t, day.UsedUp, "another account goes on")

	store.left["a"] = 1 // the operator has raised the limit
	clock.Advance(10 * time.Second)
	day, _ = take("a1")
	require.False(t, day.UsedUp)
	store.left["a"] = 3
	clock.Advance(time.Hour)
	day, _ = take("a1")
	require.Equal(t, time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC), day.Ends)

	store.err = errors.New("the database is away")
	_, _, err := daily.Take(t.Context(), "c1")
	require.ErrorIs(t, err, store.err)
}
