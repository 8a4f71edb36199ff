package sources

import "time"

// The bounds of a provider's times, which are those of the API: no call or lead is
// older than the year 2000, and no clock is wrong by more than a day.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

const maxAhead = 24 * time.Hour

// Plausible reports whether a message that was received at receivedAt can report
// something of the time at: of the year 2000 or later and at most one day ahead.
func Plausible(at, receivedAt time.Time) bool {
	return !at.Before(earliest) && !at.After(receivedAt.Add(maxAhead))
}
