package figures

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
)

// Progress is how far the building of a series is.
type Progress struct {
	Done, Total int64 // conversions whose facts are written, of so many
	Complete    bool  // the series answers, or is no longer wanted
}

// buildNext does a part of the building of each series that is being built, and reports
// whether there are any.
func (f *Figures) buildNext(ctx context.Context) (more bool, err error) {
	all, err := f.BeingBuilt(ctx)
	if err != nil {
		return false, err
	}
	var errs []error
	for _, s := range all {
		p, err := f.Build(ctx, s.ID)
		more, errs = more || err == nil && !p.Complete, append(errs, err)
	}
	return more, errors.Join(errs...)
}

// Build does a part of the building of a series. When all facts are written and added up,
// the series answers in place of the one before. A part that is repeated changes nothing.
func (f *Figures) Build(ctx context.Context, seriesID int64) (p Progress, err error) {
	err = f.db.Tx(ctx, "building reports", func(tx *gorm.DB) error {
		s, err := database.First[Series](database.Locked(tx).Where("id = ? AND state = ?", seriesID, Building))
		if err != nil || s == nil {
			p.Complete = s == nil
			return err
		}
		if err := planToCount(tx); err != nil {
			return err
		}
		more, err := f.buildPart(tx, s)
		if err == nil && !more {
			p.Complete, err = true, f.serve(tx, *s)
		}
		p.Done, p.Total = s.Done, s.Total
		return err
	})
	return p, err
}

// buildPart writes some facts or, when all are written, adds up some days. It reports
// whether anything was left to do.
func (f *Figures) buildPart(tx *gorm.DB, s *Series) (bool, error) {
	if s.Total == 0 {
		if err := tx.Table("conversions").Where("site_id = ?", s.SiteID).Count(&s.Total).Error; err != nil {
			return false, err
		}
	}
	var next []string
	err := tx.Table("conversions").Where("site_id = ? AND id > ?", s.SiteID, s.Position).Order("id").Limit(batch).Pluck("id", &next).Error
	if err != nil {
		return false, err
	}
	if len(next) == 0 {
		return f.sumDirty(tx, *s)
	}
	from, err := read(tx, s.SiteID, next)
	if err != nil {
		return false, err
	}
	if err := f.keepVisits(tx, *s, next); err != nil {
		return false, err
	}
	if err := derive(tx, *s, from, next, nil); err != nil {
		return false, err
	}
	s.Position, s.Done = next[len(next)-1], s.Done+int64(len(next))
	return true, tx.Select("position", "done", "total").Updates(s).Error
}

// keepVisits copies the facts of conversions from the series that answers, so that the
// new ones know the visits that have been deleted because of their age.
func (f *Figures) keepVisits(tx *gorm.DB, s Series, conversionIDs []string) error {
	old, err := database.First[Series](tx.Where("site_id = ? AND state = ?", s.SiteID, Serving))
	if err != nil || old == nil {
		return err
	}
	var facts []Fact
	if err := tx.Where("series_id = ? AND conversion_id IN ?", old.ID, conversionIDs).Find(&facts).Error; err != nil {
		return err
	}
	for i := range facts {
		facts[i].SeriesID = s.ID
	}
	if len(facts) == 0 {
		return nil
	}
	return tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&facts, batch).Error
}

// serve makes a complete series answer in place of the one before.
func (f *Figures) serve(tx *gorm.DB, s Series) error {
	err := tx.Model(&Series{}).Where("site_id = ? AND state = ?", s.SiteID, Serving).Update("state", Replaced).Error
	if err != nil {
		return err
	}
	now := f.db.Now()
	s.State, s.ServedAt = Serving, &now
	return tx.Select("state", "served_at").Updates(&s).Error
}
