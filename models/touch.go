package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/ids"
)

// How far back visits are read for attribution, and how many at most. Sites
// look back less (90 days by default).
const (
	visitHistory = 400 * 24 * time.Hour
	maxVisits    = 500
)

// storeTouch stores what came with a conversion beside its own facts: its tags,
// and the visit that its inline traffic is.
func (s *Store) storeTouch(tx *gorm.DB, c Conversion, counted, late []conversion.Tag) error {
	if err := addTags(tx, c, counted, late); err != nil {
		return err
	}
	if c.Traffic == nil {
		return nil
	}
	visit := Visit{
		ID:     ids.Visit + "_" + ids.Bare(c.ID), // one per conversion, however often it is folded
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

// Visits gives what is known of the visitor's history: visits of the same
// session, the same person or the same visitor id, newest first, with the
// visitor ids that they are known by. The visit that came with the conversion itself is left out: Call.Facts and Lead.Facts add it.
func (s *Store) Visits(ctx context.Context, c Conversion) ([]conversion.Visit, error) {
	mine := visitsOf(s.read(ctx), c)
	if len(mine) == 0 {
		return nil, nil
	}
	var rows []Visit
	union := strings.TrimPrefix(strings.Repeat(" UNION ?", len(mine)), " UNION ")
	err := s.read(ctx).Where("id IN ("+union+")", mine...).
		Where("conversion_id <> ? AND at > ?", c.ID, c.At.Add(-visitHistory)).
		Order("at DESC, id DESC").Limit(maxVisits).Find(&rows).Error
	if err != nil {
		return nil, s.problem("reading the visitor's visits", err)
	}
	visitors, err := s.visitorsOf(ctx, rows)
	if err != nil {
		return nil, s.problem("reading the visits' visitors", err)
	}
	visits := make([]conversion.Visit, 0, len(rows))
	for _, v := range rows {
		visits = append(visits, conversion.Visit{
			ID: v.ID, SessionID: v.SessionID, At: v.At, Traffic: v.Traffic, VisitorIDs: visitors[v.ID],
		})
	}
	return visits, nil
}

// visitorsOf gives the visitor ids of visits by visit and system. Ids that
// identify nobody are left out.
func (s *Store) visitorsOf(ctx context.Context, visits []Visit) (map[string]map[string]string, error) {
	if len(visits) == 0 {
		return nil, nil
	}
	visitIDs := make([]string, len(visits))
	for i, v := range visits {
		visitIDs[i] = v.ID
	}
	var rows []VisitVisitor
	if err := s.read(ctx).Where("visit_id IN ?", visitIDs).Find(&rows).Error; err != nil {
		return nil, err
	}
	byVisit := map[string]map[string]string{}
	for _, row := range rows {
		if !conversion.UsableVisitorID(row.VisitorID) {
			continue
		}
		if byVisit[row.VisitID] == nil {
			byVisit[row.VisitID] = map[string]string{}
		}
		byVisit[row.VisitID][row.System] = row.VisitorID
	}
	return byVisit, nil
}

// visitsOf are queries for the ids of the visitor's visits, one for each thing
// that the visitor is known by, so that each goes by an index of its own. The
// repeated "is not empty" is the condition of those indexes.
func visitsOf(db *gorm.DB, c Conversion) []any {
	var queries []any
	if c.SessionID != "" {
		queries = append(queries, db.Model(&Visit{}).Select("id").
			Where("site_id = ? AND session_id = ? AND session_id <> ''", c.SiteID, c.SessionID))
	}
	if c.Person != "" {
		queries = append(queries, db.Model(&Visit{}).Select("id").
			Where("site_id = ? AND person = ? AND person <> ''", c.SiteID, c.Person))
	}
	for system, id := range c.VisitorIDs {
		if conversion.UsableVisitorID(id) { // people stored as "unknown" share no history
			queries = append(queries, db.Model(&VisitVisitor{}).Select("visit_id").
				Where("site_id = ? AND visitor_id = ? AND system = ?", c.SiteID, id, system))
		}
	}
	return queries
}
