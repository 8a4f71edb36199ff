package numbers_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/numbers"
)

// start is the time of the tests.
var start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// from returns the condition of visits from a source.
func from(source string) *conversion.Condition {
	return &conversion.Condition{Field: "source", Operator: conversion.OpEquals, Values: []string{source}}
}

func TestM10_WhichOffersAVisitIsShown(t *testing.T) {
	t.Parallel()
	const home, shop = "+12025550100", "+12025550101"
	pool := numbers.Offer{PoolID: "pool_1", Replaces: []string{home, shop}}
	google := numbers.Offer{PoolID: "pool_2", Position: -1, Replaces: []string{home}, ShownTo: from("google")}
	own := numbers.Offer{NumberID: "num_1", Replaces: []string{shop}}
	offers := []numbers.Offer{pool, google, own}

	names := func(source string) (shown []string) {
		for _, o := range numbers.Choose(offers, conversion.Traffic{Source: source}) {
			shown = append(shown, fmt.Sprint(o.PoolID, o.NumberID, o.Replaces))
		}
		return shown
	}
	require.Equal(t, []string{"pool_2[+12025550100]", "num_1[+12025550101]"}, names("google"))
	require.Equal(t, []string{"num_1[+12025550101]", "pool_1[+12025550100]"}, names("bing"))
	require.Equal(t, []string{home, shop}, pool.Replaces, "the offers stay as they are")
	require.Empty(t, numbers.Choose(nil, conversion.Traffic{}))
}

// Whatever the offers: each number on the pages is replaced once at most, by one
// that is for the visit, and none that fits better is passed over.
func TestM10_EachNumberIsReplacedByTheFirstOfferThatFits(t *testing.T) {
	t.Parallel()
	pages := []string{"+12025550100", "+12025550101", "+12025550102"}
	rapid.Check(t, func(t *rapid.T) {
		var offers []numbers.Offer
		for n := range rapid.IntRange(0, 6).Draw(t, "offers") {
			o := numbers.Offer{Position: rapid.IntRange(-1, 1).Draw(t, "position")}
			o.Replaces = rapid.SliceOfDistinct(rapid.SampledFrom(pages), rapid.ID[string]).Draw(t, "replaces")
			if rapid.Bool().Draw(t, "pool") {
				o.PoolID = fmt.Sprint("pool_", n)
			} else {
				o.NumberID = fmt.Sprint("num_", n)
			}
			if rapid.Bool().Draw(t, "for others") {
				o.ShownTo = from("bing")
			}
			offers = append(offers, o)
		}
		shown := map[string]numbers.Offer{}
		for _, o := range numbers.Choose(offers, conversion.Traffic{Source: "google"}) {
			require.Nil(t, o.ShownTo)
			for _, number := range o.Replaces {
				require.NotContains(t, shown, number)
				shown[number] = o
			}
		}
		for _, o := range offers {
			for _, number := range o.Replaces {
				if o.ShownTo != nil {
					continue
				}
				require.Contains(t, shown, number)
				require.LessOrEqual(t, shown[number].Position, o.Position)
				if shown[number].Position == o.Position && o.PoolID == "" {
					require.Empty(t, shown[number].PoolID, "a number of its own comes before a pool")
				}
			}
		}
	})
}

func TestM10_LeaseOutlastsTheSession(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minutes := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 600).Draw(t, name)) * time.Minute
		}
		at, last := start.Add(minutes("at")), start.Add(minutes("last activity"))
		poolTime, inactivity := minutes("pool's time"), minutes("inactivity")
		lease := numbers.NewLease(at, last, poolTime, inactivity)
		require.Equal(t, at, lease.From)
		for _, activity := range []time.Time{at, last} {
			require.False(t, lease.Until.Before(activity.Add(inactivity)), "the session can still continue")
			require.False(t, lease.Until.Before(activity.Add(poolTime)))
		}
	})
}

// A lease that is renewed lasts until it has to, and the next activities of the
// same minute write nothing.
func TestM10_RenewedLeaseLastsAndIsNotWrittenAtEachView(t *testing.T) {
	t.Parallel()
	lease := numbers.NewLease(start, start, 30*time.Minute, 30*time.Minute)
	until, isNeeded := lease.Renewal(nil)
	require.True(t, isNeeded)
	require.True(t, until.After(lease.Until))
	for _, view := range []struct {
		after    time.Duration
		isNeeded bool
	}{{0, false}, {time.Minute, false}, {time.Minute + time.Microsecond, true}} {
		at := start.Add(view.after)
		renewed, isNeeded := numbers.NewLease(at, at, 30*time.Minute, 30*time.Minute).Renewal(&until)
		require.Equal(t, view.isNeeded, isNeeded, view.after)
		require.False(t, renewed.Before(at.Add(30*time.Minute)))
	}
}

func TestM10_LeaseEndsAtItsEnd(t *testing.T) {
	t.Parallel()
	require.False(t, numbers.IsLeased(nil, start))
	require.False(t, numbers.IsLeased(&start, start))
	require.True(t, numbers.IsLeased(&start, start.Add(-time.Microsecond)))
}

func TestM10_LifeOfANumberAtACall(t *testing.T) {
	t.Parallel()
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	ended := func(n int) *time.Time { at := hour(n); return &at }
	lives := []numbers.Life{{CreatedAt: hour(4)}, {CreatedAt: hour(2), DeletedAt: ended(3)}, {CreatedAt: hour(0), DeletedAt: ended(1)}}
	for at, want := range []int{0: 2, 1: 0, 2: 1, 3: 0, 4: 0, 5: 0} {
		require.Equal(t, want, numbers.LifeAt(lives, hour(at)), "hour %d", at)
	}
	require.Equal(t, 0, numbers.LifeAt(slices.Clone(lives[1:]), hour(9)), "the newest, when all are deleted")
	require.Equal(t, 2, numbers.LifeAt(lives, hour(0)), "from its first instant on")
}
