package harness

import "time"

// The shortest and the longest time between two polls.
const (
	shortestPoll = 25 * time.Millisecond
	longestPoll  = 500 * time.Millisecond
)

// poll calls holds until it returns true, and reports whether it did so within the time.
// The longer it has waited, the longer the pauses are: a tenth of the time so far. A test
// that waits for seconds then takes little CPU time from the other tests.
func poll(within time.Duration, holds func() bool) bool {
	began := time.Now()
	deadline := time.After(within)
	for !holds() {
		select {
		case <-time.After(min(max(time.Since(began)/10, shortestPoll), longestPoll)):
		case <-deadline:
			return false
		}
	}
	return true
}
