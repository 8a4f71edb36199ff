package numbers

import "time"

// renewAhead is how much longer than necessary a lease is renewed for, so that a
// visitor who opens page after page costs one write a minute.
const renewAhead = time.Minute

// MaxLease is for how long a session keeps a number at most, however active it is. After
// that the number is free for others, and the session gets another one if there is one.
// A visitor who calls has done so by then, and nobody can hold a number by a program.
const MaxLease = 6 * time.Hour

// Lease is the period for which a session has a number of a pool: from From up to,
// but not including, Until.
type Lease struct {
	From  time.Time
	Until time.Time
}

// NewLease returns the lease that a session needs at an activity. It lasts for the
// pool's time after the session's last activity, and never ends while the session
// can continue. The activity may have been reported late, so that the session's
// last activity is a later one.
func NewLease(at, lastActivity time.Time, poolTime, inactivity time.Duration) Lease {
	last := at
	if lastActivity.After(last) {
		last = lastActivity
	}
	return Lease{From: at, Until: last.Add(max(poolTime, inactivity))}
}

// Renewal returns until when a number is to be leased, and whether that has to be
// stored: a number that is leased until then already stays as it is.
func (l Lease) Renewal(leasedUntil *time.Time) (until time.Time, isNeeded bool) {
	if leasedUntil != nil && !leasedUntil.Before(l.Until) {
		return *leasedUntil, false
	}
	return l.Until.Add(renewAhead), true
}

// LeaseTime returns for how long after an activity a session has its number at most.
func LeaseTime(poolTime, inactivity time.Duration) time.Duration {
	return max(poolTime, inactivity) + renewAhead
}

// IsLeased reports whether a number that is leased until a time, nil if it never
// was, is leased at another.
func IsLeased(leasedUntil *time.Time, at time.Time) bool {
	return leasedUntil != nil && leasedUntil.After(at)
}
