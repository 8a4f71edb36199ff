package models

import "time"

// minListen is how long a call's workflow listens at least after the call
// became known: what is reported hours late comes with its end close behind.
const minListen = 5 * time.Minute

// CloseAt is the site's deadline for a call that never reports its end. It
// counts from the start of the call, or from what was reported first while no
// start is known, and is never so early that the end of a call that is reported
// late could not arrive.
func (c Conversion) CloseAt(s Site) time.Time {
	deadline := c.At.Add(time.Duration(s.MaxCallMinutes) * time.Minute)
	if soonest := c.CreatedAt.Add(minListen); deadline.Before(soonest) {
		return soonest
	}
	return deadline
}
