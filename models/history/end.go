package history

import (
	"time"

	"gorm.io/gorm"

	"ringback/internal/instant"
	"ringback/models/visitors"
	"ringback/visits"
)

// end is the newest or the oldest part of a long history of visits.
type end struct {
	visitors.End
	since string // SQL: how the times that count compare with start
	start time.Time
	until time.Time // later visits do not count
}

// readLate is by how long the time of a visit may be later than that of the call or lead that it
// led to.
const readLate = 24 * time.Hour

// ends returns the newest and the oldest part of a history up to a time.
func ends(reach visits.Reach, until time.Time) (newest, oldest end) {
	return end{visitors.End{Newest: true, Limit: visits.MaxHistory}, " > ?", reach.Read, until},
		end{visitors.End{Limit: visits.OldestHistory}, " >= ?", reach.Counts, until}
}

// times returns the condition of the times that count, by the column with them, and its values.
func (e end) times(at string) (condition string, values []any) {
	return at + e.since + " AND " + at + " <= ?", []any{e.start, e.until}
}

// of returns the visits of the end that a query finds, by the column with their time.
func (e end) of(query *gorm.DB, at string) *gorm.DB {
	condition, values := e.times(at)
	return query.Where(condition, values...).Order(at + e.Order() + ", id" + e.Order()).Limit(e.Limit)
}

// readBothEnds reads the newest visits, in this order, and, if there are more, the oldest. Some may be
// returned twice. A call or lead that is reported late has visits after it, which must not take the
// places of those before it.
func readBothEnds[T any](reach visits.Reach, at time.Time, timeOf func(T) time.Time, read func(end) ([]T, error)) ([]T, error) {
	newest, _ := ends(reach, instant.Last)
	all, err := read(newest)
	if err != nil || len(all) < newest.Limit {
		return all, err
	}
	newest, oldest := ends(reach, at.Add(readLate))
	if timeOf(all[0]).After(newest.until) {
		if all, err = read(newest); err != nil {
			return nil, err
		}
	}
	more, err := read(oldest)
	return append(all, more...), err
}
