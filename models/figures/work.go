package figures

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// maxDays is how many days are added up again in one transaction.
const maxDays = 8

// Work takes marks and adds up days, a part of each site in turn, and reports whether
// more is to be done. Several processes may call it at once: a site that another one
// works on is left to it.
func (f *Figures) Work(ctx context.Context) (more bool, err error) {
	sites, err := f.sitesToCount(ctx)
	if err != nil {
		return false, f.db.WrapErr("looking for what reports have to count", err)
	}
	var errs []error
	for _, site := range sites { // an error of one delays no other (G6)
		left := false
		err := f.background.Piece(ctx, func() (err error) {
			left, err = f.workOn(ctx, site)
			return err
		})
		more, errs = more || left, append(errs, err)
	}
	building, err := f.buildNext(ctx)
	errs = append(errs, err)
	deleting, err := f.deleteReplaced(ctx)
	return more || building || deleting, errors.Join(append(errs, err)...)
}

// Due returns a query that finds a row if there is something to do for Work that does not
// wait for the end of a day.
func Due(db *gorm.DB) *gorm.DB {
	return db.Raw("SELECT 1 FROM report_marks UNION ALL SELECT 1 FROM report_series WHERE state <> ?", Serving)
}

// sitesToCount returns the sites with marks, and those with days or months that are over
// and have to be added up again.
func (f *Figures) sitesToCount(ctx context.Context) ([]string, error) {
	db := f.db.Read(ctx)
	var marked []string
	if err := db.Model(&mark{}).Distinct().Pluck("site_id", &marked).Error; err != nil {
		return nil, err
	}
	sites := map[string]bool{}
	for _, site := range marked {
		sites[site] = true
	}
	var dirty []struct {
		SiteID, TimeZone, Grain string
		First                   reports.Day
	}
	err := db.Model(&dirtyDay{}).Select("site_id, time_zone, grain, MIN(day) AS first").
		Joins("JOIN report_series ON id = series_id AND state = 'serving'").Group("site_id, time_zone, grain").Scan(&dirty).Error
	for _, d := range dirty {
		today := reports.DayOf(f.db.Now(), reports.Zone(d.TimeZone))
		if d.Grain == grainDay && d.First < today || d.Grain == grainMonth && d.First < today.Month() {
			sites[d.SiteID] = true
		}
	}
	return slices.Sorted(maps.Keys(sites)), err
}

// workOn does a part of what there is to do for a site.
func (f *Figures) workOn(ctx context.Context, siteID string) (more bool, err error) {
	err = f.db.Tx(ctx, "counting for reports", func(tx *gorm.DB) error {
		var all []Series
		err := database.LockedSkip(tx).Where("site_id = ? AND state <> ?", siteID, Replaced).Order("id").Find(&all).Error
		if err != nil || len(all) == 0 {
			return err
		}
		if err := planToCount(tx); err != nil {
			return err
		}
		taken, err := takeMarks(tx, siteID, all)
		if err != nil {
			return err
		}
		more = taken == batch
		for _, s := range all {
			if s.State != Serving {
				continue
			}
			left, err := f.sumDirty(tx, s)
			if err != nil {
				return err
			}
			more = more || left
		}
		return nil
	})
	return more, err
}

// planToCount has the statements of a transaction that writes facts or adds up days be planned
// for what they read. Plans that are kept were made when tables were small, and would read them
// whole.
func planToCount(tx *gorm.DB) error {
	if err := database.PlanForIndexes(tx); err != nil {
		return fmt.Errorf("preparing to count: %w", err)
	}
	return nil
}

// takeMarks writes the facts that marks of a site stand for into its series, and returns
// the number of the marks.
func takeMarks(tx *gorm.DB, siteID string, all []Series) (int, error) {
	var marks []mark
	if err := tx.Where("site_id = ?", siteID).Order("seq").Limit(batch).Find(&marks).Error; err != nil || len(marks) == 0 {
		return 0, err
	}
	seqs := make([]int64, 0, len(marks))
	forget, seen := map[string]bool{}, map[string]bool{}
	var conversionIDs []string
	for _, m := range marks {
		seqs = append(seqs, m.Seq)
		forget[m.ConversionID] = forget[m.ConversionID] || m.Forget
		if !seen[m.ConversionID] {
			seen[m.ConversionID] = true
			conversionIDs = append(conversionIDs, m.ConversionID)
		}
	}
	// They are deleted before the conversions are read: a change that is committed in
	// between has a mark of its own.
	if err := tx.Where("seq IN ?", seqs).Delete(&mark{}).Error; err != nil {
		return 0, fmt.Errorf("taking marks: %w", err)
	}
	from, err := read(tx, siteID, conversionIDs)
	if err != nil {
		return 0, err
	}
	for _, s := range all {
		if err := derive(tx, s, from, conversionIDs, forget); err != nil {
			return 0, err
		}
	}
	return len(marks), nil
}

// sumDirty adds up some of the days of a series that are over and older than their facts,
// and then the months, and reports whether more are left. Today is read from the facts.
func (f *Figures) sumDirty(tx *gorm.DB, s Series) (more bool, err error) {
	today := reports.DayOf(f.db.Now(), s.Zone())
	for _, grain := range []struct {
		name string
		end  reports.Day
		sum  func(*gorm.DB, int64, reports.Day) error
	}{{grainDay, today, sumDay}, {grainMonth, today.Month(), sumMonth}} {
		var days []reports.Day
		query := tx.Model(&dirtyDay{}).Where("series_id = ? AND grain = ? AND day < ?", s.ID, grain.name, grain.end)
		if err := query.Order("day").Limit(maxDays).Pluck("day", &days).Error; err != nil {
			return false, err
		}
		if len(days) == 0 {
			continue
		}
		for _, day := range days {
			if err := grain.sum(tx, s.ID, day); err != nil {
				return false, err
			}
		}
		err := tx.Where("series_id = ? AND grain = ? AND day IN ?", s.ID, grain.name, days).Delete(&dirtyDay{}).Error
		return true, err
	}
	return false, nil
}

// deleteReplaced deletes a part of the rows of a series that another one has taken the
// place of, and reports whether it did.
func (f *Figures) deleteReplaced(ctx context.Context) (more bool, err error) {
	old, err := database.First[Series](f.db.Read(ctx).Where("state = 'replaced'").Order("id"))
	if err != nil || old == nil {
		return false, f.db.WrapErr("looking for series to delete", err)
	}
	return true, f.db.Tx(ctx, "deleting a series", func(tx *gorm.DB) error {
		for _, table := range []struct{ name, key string }{
			{"report_facts", "conversion_id"}, {"report_sends", "decision_id"}, {"report_days", "day"}, {"report_months", "day"},
			{"report_send_days", "day"}, {"report_dirty", "day"},
		} {
			some := tx.Table(table.name).Select(table.key).Where("series_id = ?", old.ID).Limit(batch * 10)
			deleted := tx.Exec("DELETE FROM "+table.name+" WHERE series_id = ? AND "+table.key+" IN (?)", old.ID, some)
			if deleted.Error != nil || deleted.RowsAffected > 0 {
				return deleted.Error
			}
		}
		return tx.Where("id = ? AND state = ?", old.ID, Replaced).Delete(&Series{}).Error
	})
}
