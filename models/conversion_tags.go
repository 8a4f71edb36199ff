package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/identity"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/history"
)

// ConversionTag is a tag on a conversion, for reading and filtering.
type ConversionTag struct {
	ConversionID string `gorm:"primaryKey"`
	Label        string `gorm:"primaryKey"`
	SiteID       string
	Origin       conversion.TagOrigin
	At           time.Time
	Late         bool // added after the end or the decisions, it never counts
}

// tagsAndVisit returns the changes that store what was reported with a conversion beside its
// own facts: its tags, and its traffic as a visit.
func tagsAndVisit(c Conversion, counted, late []conversion.Tag) []database.Change {
	changes := addingTags(c, counted, late)
	if c.Traffic == nil {
		return changes
	}
	visit, visitors := c.inlineVisit()
	changes = append(changes, replacing(&visit))
	if len(visitors) > 0 {
		changes = append(changes, replacing(&visitors))
	}
	return changes
}

// inlineVisit returns the visit that the traffic of a conversion is stored as, which must not
// be nil, with the ids of its visitor.
func (c Conversion) inlineVisit() (history.Visit, []history.Visitor) {
	visit := history.Visit{
		ID: inlineVisitID(c), SiteID: c.SiteID, ConversionID: c.ID, SessionID: c.SessionID, Person: c.Person, At: c.At, Traffic: *c.Traffic,
	}
	visitors := make([]history.Visitor, 0, len(c.VisitorIDs))
	for system, id := range c.VisitorIDs {
		if identity.CanBeFoundBy(id) {
			visitors = append(visitors, history.Visitor{VisitID: visit.ID, System: system, VisitorID: id, SiteID: c.SiteID, At: visit.At})
		}
	}
	return visit, visitors
}

// replacing returns the change that inserts rows, in place of those that have their keys.
func replacing(rows any) database.Change {
	return func(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(rows) }
}

// inlineVisitID returns the id of the visit that the traffic of a conversion is stored
// as: one per conversion, however often it is folded.
func inlineVisitID(c Conversion) string { return ids.Visit + "_" + ids.Bare(c.ID) }

// deleteInlineVisit deletes the visit of a conversion that has no traffic any more
// because of a newer event.
func deleteInlineVisit(tx *gorm.DB, c Conversion) error {
	if err := tx.Where("visit_id = ?", inlineVisitID(c)).Delete(&history.Visitor{}).Error; err != nil {
		return fmt.Errorf("removing the visit's visitor: %w", err)
	}
	if err := tx.Where("id = ?", inlineVisitID(c)).Delete(&history.Visit{}).Error; err != nil {
		return fmt.Errorf("removing the visit: %w", err)
	}
	return nil
}

// addingTags returns the change that adds tags to a conversion, if there are any. A tag that it
// already has stays as it is.
func addingTags(c Conversion, counted, late []conversion.Tag) []database.Change {
	rows := append(tagsOf(c, counted, false), tagsOf(c, late, true)...)
	if len(rows) == 0 {
		return nil
	}
	return []database.Change{database.InsertNew(&rows)}
}

func tagsOf(c Conversion, tags []conversion.Tag, late bool) []ConversionTag {
	rows := make([]ConversionTag, 0, len(tags))
	for _, tag := range tags {
		rows = append(rows, ConversionTag{
			ConversionID: c.ID, SiteID: c.SiteID, Label: tag.Label, Origin: tag.Origin, At: tag.At, Late: late,
		})
	}
	return rows
}
