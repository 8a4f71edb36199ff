package journeys

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/journeys/graph"
	"ringback/models/revenue"
	"ringback/touchpoints"
)

// MarkVisitorsIfKnown marks those of several visitors, each with its site before it, whose
// journeys are computed.
func MarkVisitorsIfKnown(tx *gorm.DB, visitors [][]string) error {
	known, err := graph.Known(tx, visitors)
	if err != nil {
		return err
	}
	for _, visitor := range known {
		if err := AddMarks(tx, visitor.SiteID, Mark{Kind: MarkVisitor, Ref: visitor.VisitorID}); err != nil {
			return err
		}
	}
	return nil
}

// AddBrowser stores that a visitor has a BizibleId, and marks it.
func AddBrowser(tx *gorm.DB, siteID, visitorID, bizibleID string) error {
	n, err := graph.AddBrowser(tx, siteID, visitorID, bizibleID)
	if err != nil || n == "" {
		return err
	}
	return AddMarks(tx, siteID, markOf(n))
}

// MarkVisitors marks visitors of whom something is erased.
func MarkVisitors(tx *gorm.DB, siteID string, visitorIDs []string) error {
	marks := make([]Mark, len(visitorIDs))
	for i, id := range visitorIDs {
		marks[i] = Mark{Kind: MarkVisitor, Ref: id}
	}
	return AddMarks(tx, siteID, marks...)
}

// ForgetVisitors erases visitors with their touchpoints, and everything that refers to them
// (G8). The journeys that these belonged to are computed again.
func ForgetVisitors(tx *gorm.DB, siteID string, visitorIDs []string) error {
	holders := make([]string, len(visitorIDs))
	for i, id := range visitorIDs {
		holders[i] = visitorHolder(id)
	}
	browsers, err := graph.BrowsersOf(tx, siteID, visitorIDs)
	if err != nil {
		return err
	}
	sharing, err := graph.Sharing(tx, siteID, browsers, visitorIDs)
	if err != nil {
		return fmt.Errorf("finding what has the BizibleIds of visitors: %w", err)
	}
	marks, err := marksBeside(tx, siteID, holders)
	if err != nil {
		return fmt.Errorf("finding the journeys of visitors: %w", err)
	}
	for _, n := range sharing {
		marks = append(marks, markOf(n))
	}
	if err := graph.Forget(tx, siteID, visitorIDs); err != nil {
		return fmt.Errorf("erasing what visitors are found by: %w", err)
	}
	for _, erased := range []*gorm.DB{
		tx.Where("site_id = ? AND holder IN ?", siteID, holders).Delete(&Touchpoint{}),
		tx.Where("site_id = ? AND kind = 'visitor' AND ref IN ?", siteID, visitorIDs).Delete(&Mark{}), // the kinds are literals for the index
		tx.Where("site_id = ? AND kind = 'browser' AND ref IN ?", siteID, browsers).Delete(&Mark{}),
	} {
		if erased.Error != nil {
			return fmt.Errorf("erasing the journeys of visitors: %w", erased.Error)
		}
	}
	return AddMarks(tx, siteID, marks...)
}

// marksBeside returns marks of what is to be computed again without some visitors: what
// the touchpoints of the visitors are for, and what else belongs to the people of these.
func marksBeside(tx *gorm.DB, siteID string, holders []string) ([]Mark, error) {
	var own []Touchpoint
	err := tx.Select("generation", "day", "person_id", "conversion_id", "task_id").Where("site_id = ? AND holder IN ?", siteID, holders).Find(&own).Error
	if err != nil {
		return nil, err
	}
	if err := countWithout(tx, siteID, own); err != nil {
		return nil, err
	}
	var marks []Mark
	people := map[string]bool{}
	for _, t := range own {
		people[t.PersonID] = true
		marks = append(marks, Mark{Kind: MarkConversion, Ref: t.ConversionID}, Mark{Kind: MarkTask, Ref: t.TaskID})
	}
	// A visitor may be as many people as a crowd, which a statement cannot name.
	for some := range slices.Chunk(slices.Sorted(maps.Keys(people)), database.InsertBatch) {
		others, err := marksOfPeople(tx, siteID, some, holders)
		if err != nil {
			return nil, err
		}
		marks = append(marks, others...)
	}
	return marks, nil
}

// marksOfPeople returns marks of people and of what belongs to them, without what some visitors
// hold.
func marksOfPeople(tx *gorm.DB, siteID string, people, holders []string) (marks []Mark, err error) {
	var members, others []string
	err = tx.Model(&personRow{}).Where("site_id = ? AND id IN ?", siteID, people).Order("external_id").Pluck("external_id", &members).Error
	if err == nil {
		err = tx.Model(&Touchpoint{}).Distinct("holder").Where("site_id = ? AND person_id IN ? AND holder NOT IN ?", siteID, people, holders).
			Order("holder").Pluck("holder", &others).Error
	}
	for _, externalID := range members {
		marks = append(marks, Mark{Kind: MarkPerson, Ref: externalID})
	}
	return append(marks, marksOf(others)...), err
}

// countWithout marks the days on which touchpoints count that are being erased.
func countWithout(tx *gorm.DB, siteID string, erased []Touchpoint) error {
	days, people := map[int64]map[string]bool{}, map[int64]map[string]bool{}
	for _, t := range erased {
		if days[t.Generation] == nil {
			days[t.Generation], people[t.Generation] = map[string]bool{}, map[string]bool{}
		}
		days[t.Generation][t.Day], people[t.Generation][t.PersonID] = true, true
	}
	for _, generation := range slices.Sorted(maps.Keys(days)) {
		if err := revenue.MarkDays(tx, siteID, generation, days[generation]); err != nil {
			return err
		}
		for some := range slices.Chunk(slices.Sorted(maps.Keys(people[generation])), database.InsertBatch) {
			if err := revenue.MarkPeople(tx, siteID, generation, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// MarkErased marks calls and leads, or Tasks, that are about to be erased, with what has to be
// computed again without them: the visitors whose visits they belong to, and the calls of the Tasks.
// Nothing else leads to these once the rows are gone.
func MarkErased(tx *gorm.DB, siteID string, kind MarkKind, refs []string) error {
	find := holdersOfCalls
	if kind == MarkTask {
		find = holdersOfTasks
	}
	others, err := find(tx, siteID, refs)
	if err != nil {
		return fmt.Errorf("finding what is computed with what is erased: %w", err)
	}
	marks := make([]Mark, len(refs))
	for i, ref := range refs {
		marks[i] = Mark{Kind: kind, Ref: ref}
	}
	return AddMarks(tx, siteID, append(marks, marksOf(others)...)...)
}

// holdersOfCalls returns what the touchpoints of calls and leads are computed with beside these.
func holdersOfCalls(tx *gorm.DB, siteID string, ids []string) (holders []string, err error) {
	err = tx.Model(&Touchpoint{}).Distinct("holder").Where("conversion_id <> '' AND conversion_id IN ? AND site_id = ? AND session_id <> ''", ids, siteID).
		Order("holder").Pluck("holder", &holders).Error
	return holders, err
}

// holdersOfTasks returns what the touchpoints of Tasks are computed with beside these.
func holdersOfTasks(tx *gorm.DB, siteID string, ids []string) ([]string, error) {
	var calls []string
	err := tx.Model(&Task{}).Where("site_id = ? AND id IN ? AND conversion_id <> ''", siteID, ids).Order("conversion_id").Pluck("conversion_id", &calls).Error
	if err != nil {
		return nil, err
	}
	var merged []Call
	err = tx.Select("merging").Where("site_id = ? AND id IN ? AND outcome = ?", siteID, ids, touchpoints.Merged).Where(revenue.OfEachGeneration, siteID).Find(&merged).Error
	if err != nil {
		return nil, err
	}
	sessions := map[string]bool{}
	for _, c := range merged {
		sessions[c.Merging.SessionID] = true
	}
	var visitors []string
	err = tx.Table("sessions").Distinct("visitor_id").Where("id IN ? AND site_id = ?", slices.Sorted(maps.Keys(sessions)), siteID).
		Order("visitor_id").Pluck("visitor_id", &visitors).Error
	holders := make([]string, 0, len(calls)+len(visitors))
	for _, id := range slices.Compact(calls) {
		holders = append(holders, callHolder(id))
	}
	for _, visitor := range visitors {
		holders = append(holders, visitorHolder(visitor))
	}
	return holders, err
}
