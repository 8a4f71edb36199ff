package judged

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
	"ringback/models/ownership"
)

// Conversion is a call or lead that is decided, with what was known of it.
type Conversion struct {
	ID    string
	Kind  conversion.Kind
	At    time.Time
	Facts []Facts `gorm:"-"` // in the order in which decisions were made; empty if none are stored
}

// Decided selects the decided calls and leads of an account's site.
type Decided struct {
	AccountID, SiteID string
	From, To          time.Time // of the start or arrival; To is exclusive
}

// Place is a place in the list of decided calls and leads, which is newest first. The zero
// place is its beginning.
type Place struct {
	At time.Time
	ID string
}

// newestFirst is the order of the list.
var newestFirst = database.Chronology{Column: "at"}

// CountDecided returns how many calls and leads there are.
func (j *Judged) CountDecided(ctx context.Context, d Decided) (int, error) {
	var n int64
	db := j.db.Read(ctx)
	err := ownership.CheckSite(db, d.AccountID, d.SiteID)
	if err == nil {
		err = d.query(db).Count(&n).Error
	}
	return int(n), j.db.WrapErr("counting decided calls and leads", err)
}

// DecidedAfter returns up to limit calls and leads after a place.
func (j *Judged) DecidedAfter(ctx context.Context, d Decided, after Place, limit int) ([]Conversion, error) {
	var page []Conversion
	err := j.db.ReadTx(ctx, "reading decided calls and leads", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, d.AccountID, d.SiteID); err != nil {
			return err
		}
		query := d.query(tx)
		if !after.At.IsZero() {
			query = newestFirst.After(query, after.At, after.ID)
		}
		if err := newestFirst.Sort(query.Select("id", "kind", "at")).Limit(limit).Find(&page).Error; err != nil {
			return err
		}
		return addFacts(tx, page)
	})
	return page, err
}

func (d Decided) query(db *gorm.DB) *gorm.DB {
	return db.Table("conversions").Where("site_id = ? AND at >= ? AND at < ? AND decided_at IS NOT NULL", d.SiteID, d.From, d.To)
}

// addFacts adds what is stored of a page.
func addFacts(tx *gorm.DB, page []Conversion) error {
	places := make(map[string]int, len(page))
	ids := make([]string, len(page))
	for i, c := range page {
		places[c.ID], ids[i] = i, c.ID
	}
	for some := range slices.Chunk(ids, database.InsertBatch) {
		var facts []Facts
		if err := tx.Where("conversion_id IN ?", some).Order("conversion_id, seq, final").Find(&facts).Error; err != nil {
			return err
		}
		for _, f := range facts {
			of := &page[places[f.ConversionID]]
			of.Facts = append(of.Facts, f)
		}
	}
	return nil
}
