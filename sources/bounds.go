package sources

import (
	"time"

	"ringback/internal/limits"
)

// Plausible reports whether a message that was received at receivedAt can report
// something of the time at. The bounds are those of the API.
func Plausible(at, receivedAt time.Time) bool { return limits.IsPlausible(at, receivedAt) }
