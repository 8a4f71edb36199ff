package models

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/internal/ids"
)

// storeTouch stores what came with a conversion beside its own facts: its tags,
// and the visit that its inline traffic is.
func (s *Store) storeTagsAndVisit(tx *gorm.DB, c Conversion, counted, late []conversion.Tag) error {
	if err := addTags(tx, c, counted, late); err != nil {
		return err
	}
	if c.Traffic == nil {
		return nil
	}
	visit := Visit{
		ID:     inlineVisit(c),
		SiteID: c.SiteID, ConversionID: c.ID, SessionID: c.SessionID, Person: c.Person, At: c.At, Traffic: *c.Traffic,
	}
	replace := clause.OnConflict{UpdateAll: true}
	if err := tx.Clauses(replace).Create(&visit).Error; err != nil {
		return fmt.Errorf("storing the visit: %w", err)
	}
	visitors := make([]VisitVisitor, 0, len(c.VisitorIDs))
	for system, id := range c.VisitorIDs {
		if id != "" {
			visitors = append(visitors, VisitVisitor{VisitID: visit.ID, System: system, VisitorID: id, SiteID: c.SiteID})
		}
	}
	if len(visitors) == 0 {
		return nil
	}
	if err := tx.Clauses(replace).Create(&visitors).Error; err != nil {
		return fmt.Errorf("storing the visit's visitor: %w", err)
	}
	return nil
}

// inlineVisit is the id of the visit that a conversion's inline traffic is: one
// per conversion, however often it is folded.
func inlineVisit(c Conversion) string { return ids.Visit + "_" + ids.Bare(c.ID) }

// dropTouch removes the visit that the conversion's inline traffic was, when a
// newer event says that it came with none.
func deleteInlineVisit(tx *gorm.DB, c Conversion) error {
	if err := tx.Where("visit_id = ?", inlineVisit(c)).Delete(&VisitVisitor{}).Error; err != nil {
		return fmt.Errorf("removing the visit's visitor: %w", err)
	}
	if err := tx.Where("id = ?", inlineVisit(c)).Delete(&Visit{}).Error; err != nil {
		return fmt.Errorf("removing the visit: %w", err)
	}
	return nil
}

// addTags adds tags to a conversion; one that is on already stays as it is.
func addTags(tx *gorm.DB, c Conversion, counted, late []conversion.Tag) error {
	rows := make([]ConversionTag, 0, len(counted)+len(late))
	add := func(tags []conversion.Tag, late bool) {
		for _, tag := range tags {
			rows = append(rows, ConversionTag{
				ConversionID: c.ID, SiteID: c.SiteID, Label: tag.Label, Origin: tag.Origin, At: tag.At, Late: late,
			})
		}
	}
	add(counted, false)
	add(late, true)
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("storing tags: %w", err)
	}
	return nil
}
