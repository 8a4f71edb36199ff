package erasing

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/journeys"
	"ringback/models/revenue"
)

// batch is how many calls and leads are erased in one transaction.
const batch = 100

// ofConversions are the rows below calls and leads, those first that others refer to
// last. Each statement takes a list of ids.
var ofConversions = []string{
	"DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE conversion_id IN ?)",
	"DELETE FROM deliveries WHERE conversion_id IN ?",
	"DELETE FROM judged_facts WHERE conversion_id IN ?",
	"DELETE FROM decisions WHERE conversion_id IN ?",
	"DELETE FROM conversion_tags WHERE conversion_id IN ?",
	"DELETE FROM visit_visitors WHERE visit_id IN (SELECT id FROM visits WHERE conversion_id <> '' AND conversion_id IN ?)",
	"DELETE FROM visits WHERE conversion_id <> '' AND conversion_id IN ?",
	"DELETE FROM journey_calls WHERE conversion_id <> '' AND conversion_id IN ?",
	"DELETE FROM events WHERE conversion_id IN ?",
	"DELETE FROM outbox WHERE conversion_id IN ?",
	"DELETE FROM conversions WHERE id IN ?",
}

// eraseConversions erases calls and leads of a site with everything below them. Their
// touchpoints go, and reports count their days again, within seconds after the
// transaction.
func eraseConversions(tx *gorm.DB, siteID string, ids []string) error {
	if err := deleteConversions(tx, siteID, ids); err != nil {
		return err
	}
	return figures.Mark(tx, siteID, ids...)
}

// deleteConversions is eraseConversions without the reports.
func deleteConversions(tx *gorm.DB, siteID string, ids []string) error {
	// An event that is being stored refers to its call: this lock waits for it, and keeps
	// others away until the call is gone.
	var locked []string
	err := tx.Table("conversions").Clauses(clause.Locking{Strength: "UPDATE"}).Where("site_id = ? AND id IN ?", siteID, ids).
		Order("id").Pluck("id", &locked).Error
	if err != nil {
		return fmt.Errorf("locking calls and leads: %w", err)
	}
	browsers := make([]string, len(ids))
	for i, id := range ids {
		browsers[i] = "conversion/" + id
	}
	if err := journeys.MarkErased(tx, siteID, journeys.MarkConversion, ids); err != nil {
		return err
	}
	if err := revenue.MarkCalls(tx, siteID, "conversion_id <> '' AND conversion_id IN ?", ids); err != nil {
		return err
	}
	for _, statement := range ofConversions {
		if err := tx.Exec(statement, ids).Error; err != nil {
			return fmt.Errorf("erasing calls and leads: %w", err)
		}
	}
	if err := tx.Exec("DELETE FROM journey_browsers WHERE site_id = ? AND ref IN ?", siteID, browsers).Error; err != nil {
		return fmt.Errorf("erasing the browsers of calls and leads: %w", err)
	}
	return nil
}

// eraseTasks erases the Tasks of a CRM that a condition selects. Their touchpoints go
// within seconds after the transaction.
func eraseTasks(tx *gorm.DB, siteID, condition string, values []string) error {
	if len(values) == 0 {
		return nil
	}
	var ids []string
	if err := tx.Table("crm_tasks").Where("site_id = ?", siteID).Where(condition, values).Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
		return err
	}
	for some := range slices.Chunk(ids, database.InsertBatch) { // a statement cannot name all of a crowd
		if err := deleteTasks(tx, siteID, some); err != nil {
			return err
		}
	}
	return nil
}

func deleteTasks(tx *gorm.DB, siteID string, ids []string) error {
	if err := journeys.MarkErased(tx, siteID, journeys.MarkTask, ids); err != nil {
		return err
	}
	if err := revenue.MarkCalls(tx, siteID, "id IN ? AND "+revenue.OfEachGeneration, ids, siteID); err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM crm_tasks WHERE site_id = @site AND id IN @ids",
		"DELETE FROM journey_calls WHERE site_id = @site AND id IN @ids AND generation IN (SELECT generation FROM journey_rules WHERE site_id = @site)",
	} {
		if err := tx.Exec(statement, map[string]any{"site": siteID, "ids": ids}).Error; err != nil {
			return fmt.Errorf("erasing Tasks: %w", err)
		}
	}
	return nil
}
