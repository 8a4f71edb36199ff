// Package backoff holds the schedule by which Ringback tries again: a delay that
// doubles up to a limit.
//
// It must not know what is tried, nor wait itself.
package backoff

import "time"

// Doubling is a schedule of delays: First, twice that, four times that and so on,
// at most Max.
type Doubling struct {
	First, Max time.Duration
}

// Delay returns the delay after the nth failure in a row, counted from 1.
func (d Doubling) Delay(n int) time.Duration {
	delay := d.First
	for i := 1; i < n && delay < d.Max; i++ {
		delay *= 2
	}
	return min(delay, d.Max)
}
