package sourcestatus

import (
	"slices"
	"time"
)

// ClockCode is how the clock of a source compares with Ringback's.
type ClockCode string

// The codes.
const (
	ClockUnknown ClockCode = "not_known"   // too few events have come
	ClockRight   ClockCode = "as_expected" // nothing is wrong with it, as far as events show
	ClockFast    ClockCode = "fast"        // events have times that are in the future
	ClockSlow    ClockCode = "slow"        // even the quickest events come long after their time
)

// ClockCodes returns all codes.
func ClockCodes() []ClockCode { return []ClockCode{ClockUnknown, ClockRight, ClockFast, ClockSlow} }

// Clock is how the clock of a source compares with Ringback's.
type Clock struct {
	Code    ClockCode
	Seconds int // by which it is fast or slow, at least; zero if it is right
}

// The bounds of a right clock. A slow one is not told from a source that reports late.
// By more than five minutes, a number that has changed hands since is matched with the
// visitor who has it then, see visits.ClockSkew.
const (
	mostFast    = 30 * time.Second
	mostSlow    = 5 * time.Minute
	leastEvents = 10
)

// quickShare is the share of events, as 1/quickShare, that are left out as quicker than
// others: a single wrong time shows nothing of a clock.
const quickShare = 10

// ClockOf compares clocks by how long after their times the events of a source came.
// Every event comes a little late, so the quickest ones show how far the clock is off.
func ClockOf(delays []time.Duration) Clock {
	if len(delays) < leastEvents {
		return Clock{Code: ClockUnknown}
	}
	sorted := slices.Sorted(slices.Values(delays))
	quick := sorted[len(sorted)/quickShare]
	switch {
	case quick < -mostFast:
		return Clock{Code: ClockFast, Seconds: int(-quick / time.Second)}
	case quick > mostSlow:
		return Clock{Code: ClockSlow, Seconds: int(quick / time.Second)}
	default:
		return Clock{Code: ClockRight}
	}
}
