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

// pruneJob names what one process does at a time: erasing old facts.
const pruneJob = "judged"

// PruneJudged erases the facts that are older than KeptFor, in pieces. It ends early if another
// process is erasing them.
func (j *Judged) PruneJudged(ctx context.Context) error {
	before, erased := j.db.Now().Add(-KeptFor), int64(1)
	for erased > 0 {
		mine, err := j.db.PieceTx(ctx, "erasing what was judged long ago", pruneJob, func(tx *gorm.DB) error {
			old := tx.Model(&Facts{}).Select("conversion_id").Where("created_at < ?", before).Order("created_at").Limit(pruneBatch)
			done := tx.Where("created_at < ? AND conversion_id IN (?)", before, old).Delete(&Facts{})
			erased = done.RowsAffected
			return done.Error
		})
		if err != nil || !mine {
			return err
		}
	}
	return nil
}
