package history

import (
	"time"

	"gorm.io/gorm"

	"ringback/models/visitors"
	"ringback/visits"
)

// end is the newest or the oldest part of a long history of visits.
type end struct {
	visitors.End
	since string // SQL: how the times that count compare with start
	start time.Time
}

// ends returns the newest and the oldest part of a history.
func ends(reach visits.Reach) (newest, oldest end) {
	return end{visitors.End{Newest: true, Limit: visits.MaxHistory}, " > ?", reach.Read}, end{visitors.End{Limit: visits.OldestHistory}, " >= ?", reach.Counts}
}

// order returns the SQL after a column by which the visits are read.
func (e end) order() string {
	if e.Newest {
		return " DESC"
	}
	return ""
}

// of returns the visits of the end that a query finds, by the column with their time.
func (e end) of(query *gorm.DB, at string) *gorm.DB {
	return query.Where(at+e.since, e.start).Order(at + e.order() + ", id" + e.order()).Limit(e.Limit)
}

// readBothEnds reads the newest visits and, if there are more, the oldest. Some may be
// returned twice.
func readBothEnds[T any](reach visits.Reach, read func(end) ([]T, error)) ([]T, error) {
	newest, oldest := ends(reach)
	all, err := read(newest)
	if err != nil || len(all) < newest.Limit {
		return all, err
	}
	more, err := read(oldest)
	return append(all, more...), err
}
