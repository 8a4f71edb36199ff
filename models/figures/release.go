package figures

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/reports"
)

// Settled reports whether the sums of a site up to a time are those of its facts, so that
// they no longer need them: no series is being built and no day waits to be added up.
func Settled(tx *gorm.DB, siteID string, before time.Time) (bool, error) {
	var all []Series
	if err := tx.Where("site_id = ? AND state <> ?", siteID, Replaced).Find(&all).Error; err != nil {
		return false, fmt.Errorf("reading the series of a site: %w", err)
	}
	for _, s := range all {
		var waiting int64
		days := tx.Model(&dirtyDay{}).Where("series_id = ? AND grain = ? AND day <= ?", s.ID, grainDay, reports.DayOf(before, s.Zone()))
		if err := days.Limit(1).Count(&waiting).Error; err != nil {
			return false, fmt.Errorf("looking for days to add up: %w", err)
		}
		if s.State != Serving || waiting > 0 {
			return false, nil
		}
	}
	return true, nil
}

// Release deletes the facts of conversions that are erased because of their age. The sums
// of their days stay as they are.
func Release(tx *gorm.DB, siteID string, conversionIDs []string) error {
	for _, statement := range []string{
		"DELETE FROM report_facts WHERE series_id IN (SELECT id FROM report_series WHERE site_id = ?) AND conversion_id IN ?",
		"DELETE FROM report_sends WHERE series_id IN (SELECT id FROM report_series WHERE site_id = ?) AND conversion_id IN ?",
		"DELETE FROM report_marks WHERE site_id = ? AND conversion_id IN ?",
	} {
		if err := tx.Exec(statement, siteID, conversionIDs).Error; err != nil {
			return fmt.Errorf("deleting facts of what is erased: %w", err)
		}
	}
	return nil
}
