package conversion

import "time"

// minListen is how long a call is at least kept open for its end after it became
// known: a start that is reported hours late is soon followed by the end.
const minListen = 5 * time.Minute

const (
	// OverdueAfter is how long after its time an open conversion or resend counts
	// as stuck: its workflow may have been terminated or lost.
	OverdueAfter = time.Hour
	// RequeueInterval is how long a stuck workflow is left alone after it was
	// signalled again: its workers may be away for days.
	RequeueInterval = 6 * time.Hour
)

// CloseAt returns when a call whose end is not reported is closed: the site's
// longest call after its start, and never so early that the end of a call which was
// reported late could not arrive. Accepted is when the call became known.
func CloseAt(start, accepted time.Time, longest time.Duration) time.Time {
	deadline := start.Add(longest)
	if soonest := accepted.Add(minListen); deadline.Before(soonest) {
		return soonest
	}
	return deadline
}

// StuckSince returns the latest time at which a call of a site with this longest
// call must have both started and been accepted to be stuck now. It is never
// stuck before CloseAt and OverdueAfter have passed.
func StuckSince(now time.Time, longest time.Duration) time.Time {
	return now.Add(-OverdueAfter).Add(-max(longest, minListen))
}
