package judged

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/models/database"
)

// KeptFor is how long facts are kept.
const KeptFor = 100 * 24 * time.Hour

// pruneBatch is how many rows one statement of Prune erases.
const pruneBatch = 1000

// Facts are what decisions on a call or lead went by at one moment.
type Facts struct {
	ConversionID string `gorm:"primaryKey"`
	Seq          int64  `gorm:"primaryKey"` // the last event that was judged
	Final        bool   `gorm:"primaryKey"` // everything that was open was decided by them
	SiteID       string
	Facts        conversion.Facts `gorm:"serializer:json"` // of its visits, those that attribution could pick
	Event        delivery.Payload `gorm:"serializer:json"` // without what differs between deliveries
	CreatedAt    time.Time
}

// TableName returns the name of the table.
func (Facts) TableName() string { return "judged_facts" }

// Judged are the facts of all sites. They are safe for concurrent use, and their errors
// are those of the store that they are part of.
type Judged struct{ db *database.DB }

// New returns the facts of a database.
func New(db *database.DB) *Judged { return &Judged{db: db} }

// Keeping returns the change that stores facts. It belongs into the transaction that stores
// the decisions. Facts that are stored already stay as they are.
func Keeping(f Facts) database.Change {
	return database.InsertAllOr([]Facts{f}, clause.OnConflict{DoNothing: true})
}

// Forget erases the facts of a site's calls and leads whose sessions a query returns.
func Forget(tx *gorm.DB, siteID string, sessions *gorm.DB) error {
	of := tx.Table("conversions").Select("id").Where("site_id = ? AND session_id <> '' AND session_id IN (?)", siteID, sessions)
	if err := tx.Where("conversion_id IN (?)", of).Delete(&Facts{}).Error; err != nil {
		return fmt.Errorf("erasing what was judged: %w", err)
	}
	return nil
}

// PruneJudged erases the facts that are older than KeptFor.
func (j *Judged) PruneJudged(ctx context.Context) error {
	before := j.db.Now().Add(-KeptFor)
	for {
		old := j.db.Write(ctx).Model(&Facts{}).Select("conversion_id").Where("created_at < ?", before).Order("created_at").Limit(pruneBatch)
		done := j.db.Write(ctx).Where("created_at < ? AND conversion_id IN (?)", before, old).Delete(&Facts{})
		if done.Error != nil || done.RowsAffected == 0 {
			return j.db.WrapErr("erasing what was judged long ago", done.Error)
		}
	}
}
