package numbers

import (
	"slices"
	"time"
)

// Life is the time between which a number was added to a site and deleted. The
// same number may have several.
type Life struct {
	CreatedAt time.Time
	DeletedAt *time.Time // nil if it is not deleted
}

// LifeAt returns which of the lives of a number, newest first, a call at a time
// was in: the one that covers the time, or else the newest, so that a deleted
// number keeps its meaning. It must not be called without lives.
func LifeAt(newestFirst []Life, at time.Time) int {
	covering := slices.IndexFunc(newestFirst, func(l Life) bool {
		return !l.CreatedAt.After(at) && (l.DeletedAt == nil || l.DeletedAt.After(at))
	})
	return max(covering, 0)
}
