package sources

import (
	"time"

	"ringback/conversion"
	"ringback/internal/limits"
)

// Plausible reports whether a message that was received at receivedAt can report
// something of the time at. The bounds are those of the API.
func Plausible(at, receivedAt time.Time) bool { return limits.IsPlausible(at, receivedAt) }

// PossibleEnd returns the end of a call. One that cannot have happened yet, because of a
// length that no call has, is at the start, and the length is not known.
func PossibleEnd(end conversion.CallEvent, startedAt, receivedAt time.Time) conversion.CallEvent {
	if !Plausible(end.At, receivedAt) {
		end.At, end.TalkSeconds, end.WaitSeconds = startedAt, nil, nil
	}
	return end
}
