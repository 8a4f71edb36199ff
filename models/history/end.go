package history

import (
	"time"

	"gorm.io/gorm"

	"ringback/visits"
)

// historyEnd is the newest or the oldest part of a long history of visits. Its texts are SQL.
type historyEnd struct {
	since string // how the times that count compare with start
	start time.Time
	order string // in which the visits are read
	most  int
}

// historyEnds returns the newest and the oldest part of a history.
func historyEnds(reach visits.Reach) (newest, oldest historyEnd) {
	return historyEnd{" > ?", reach.Read, " DESC", visits.MaxHistory}, historyEnd{" >= ?", reach.Counts, "", visits.OldestHistory}
}

// of returns the visits of the end that a query finds, by the column with their time.
func (e historyEnd) of(query *gorm.DB, at string) *gorm.DB {
	return query.Where(at+e.since, e.start).Order(at + e.order + ", id" + e.order).Limit(e.most)
}

// readBothEnds reads the newest visits and, if there are more, the oldest. Some may be
// returned twice.
func readBothEnds[T any](reach visits.Reach, read func(historyEnd) ([]T, error)) ([]T, error) {
	newest, oldest := historyEnds(reach)
	all, err := read(newest)
	if err != nil || len(all) < newest.most {
		return all, err
	}
	more, err := read(oldest)
	return append(all, more...), err
}
