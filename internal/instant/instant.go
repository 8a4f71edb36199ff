// Package instant returns times as they are stored: in UTC, in whole
// microseconds. PostgreSQL keeps no more than that, so a time with more digits
// would differ from itself once it is read back. It must not know what the times
// are of.
package instant

import (
	"time"

	"github.com/jonboulle/clockwork"
)

// Of returns a time as it is stored.
func Of(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Last is a time after all that are stored.
var Last = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Now returns the clock's time as it is stored.
func Now(clock clockwork.Clock) time.Time { return Of(clock.Now()) }
