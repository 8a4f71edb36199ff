package sources

import "time"

// The times that a provider may tell, as those of the API: a call or lead is of
// the year 2000 or later, and clocks go wrong by less than a day.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

const maxAhead = 24 * time.Hour

// Plausible reports whether a time can be that of something that a message tells of
// which arrived then: from the year 2000 on, and at most one day ahead.
func Plausible(at, receivedAt time.Time) bool {
	return !at.Before(earliest) && !at.After(receivedAt.Add(maxAhead))
}
