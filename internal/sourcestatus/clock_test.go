package sourcestatus_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/sourcestatus"
)

func TestClockOf(t *testing.T) {
	t.Parallel()
	times := func(n int, d time.Duration) []time.Duration { return slices.Repeat([]time.Duration{d}, n) }
	for name, c := range map[string]struct {
		delays []time.Duration
		want   sourcestatus.Clock
	}{
		"no event":                           {nil, sourcestatus.Clock{Code: sourcestatus.ClockUnknown}},
		"too few":                            {times(9, -time.Hour), sourcestatus.Clock{Code: sourcestatus.ClockUnknown}},
		"at once":                            {times(20, time.Second), sourcestatus.Clock{Code: sourcestatus.ClockRight}},
		"at the end of each call":            {append(times(10, 20*time.Minute), times(10, 2*time.Second)...), sourcestatus.Clock{Code: sourcestatus.ClockRight}},
		"hours in the future, a time zone":   {times(20, -3*time.Hour), sourcestatus.Clock{Code: sourcestatus.ClockFast, Seconds: 10800}},
		"a minute in the future":             {times(10, -time.Minute), sourcestatus.Clock{Code: sourcestatus.ClockFast, Seconds: 60}},
		"one of many is in the future":       {append(times(1, -time.Hour), times(19, time.Second)...), sourcestatus.Clock{Code: sourcestatus.ClockRight}},
		"seven minutes late at the quickest": {append(times(15, 7*time.Minute), times(5, time.Hour)...), sourcestatus.Clock{Code: sourcestatus.ClockSlow, Seconds: 420}},
		"caught up after an outage":          {append(times(15, time.Hour), times(5, time.Second)...), sourcestatus.Clock{Code: sourcestatus.ClockRight}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, sourcestatus.ClockOf(c.delays))
		})
	}
}
