package figures

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
)

// mark is a note that the facts of a conversion are older than the conversion. Each
// change adds a mark of its own: a mark that is shared could be taken before the change
// that it stands for is committed.
type mark struct {
	Seq          int64 `gorm:"primaryKey"`
	SiteID       string
	ConversionID string
	Forget       bool // the visit is forgotten: the fact must not keep what it knows of it
	CreatedAt    time.Time
}

// TableName returns the name of the table.
func (mark) TableName() string { return "report_marks" }

// Mark notes that conversions of a site have changed. It belongs to the transaction that
// changes them.
func Mark(tx *gorm.DB, siteID string, conversionIDs ...string) error {
	for some := range slices.Chunk(conversionIDs, batch) {
		siteOf := make(map[string]string, len(some))
		for _, id := range some {
			siteOf[id] = siteID
		}
		if err := database.Together(tx, MarkingAll(siteOf)); err != nil {
			return fmt.Errorf("marking what reports have to count again: %w", err)
		}
	}
	return nil
}

// Marking returns the change that Mark makes for one conversion.
func Marking(siteID, conversionID string) database.Change {
	return MarkingAll(map[string]string{conversionID: siteID})
}

// MarkingAll returns the change that Mark makes for conversions by their ids, with the site of
// each.
func MarkingAll(siteOf map[string]string) database.Change {
	marks := make([]mark, 0, len(siteOf))
	for _, id := range slices.Sorted(maps.Keys(siteOf)) {
		marks = append(marks, mark{SiteID: siteOf[id], ConversionID: id})
	}
	return database.InsertAll(marks)
}

// MarkSession is Mark for the conversions of a session whose traffic or visitor ids have
// changed.
func MarkSession(tx *gorm.DB, siteID, sessionID string) error {
	return markSessions(tx, siteID, []string{sessionID}, false)
}

// Forget is Mark for the conversions of sessions that are erased because their visitor
// is forgotten. Sessions is a list or a query.
func Forget(tx *gorm.DB, siteID string, sessions any) error {
	return markSessions(tx, siteID, sessions, true)
}

func markSessions(tx *gorm.DB, siteID string, sessions any, forget bool) error {
	err := tx.Exec(`INSERT INTO report_marks (site_id, conversion_id, forget, created_at)
		SELECT site_id, id, ?, ? FROM conversions WHERE site_id = ? AND session_id <> '' AND session_id IN (?)`,
		forget, tx.NowFunc(), siteID, sessions).Error
	if err != nil {
		return fmt.Errorf("marking what reports have to count again: %w", err)
	}
	return nil
}
