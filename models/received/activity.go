package received

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/sourcestatus"
	"ringback/models/database"
)

// noteEvery is how often a process stores that a source sends messages.
const noteEvery = time.Minute

// activity is a row of source_activity.
type activity struct {
	SiteID        string
	Source        string
	LastMessageAt time.Time
}

// TableName returns the name of the table.
func (activity) TableName() string { return "source_activity" }

// activeHour is an hour in which a source sent messages.
type activeHour struct {
	SiteID string
	Source string
	Hour   time.Time
}

// TableName returns the name of the table.
func (activeHour) TableName() string { return "source_hours" }

// noted holds when this process last stored that a source sends messages.
type noted struct {
	mu sync.Mutex
	at map[activity]time.Time // by site and source, without a time
}

// isDue reports whether the arrival is to be stored, and counts as stored from then on.
func (n *noted) isDue(siteID, source string, at time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := activity{SiteID: siteID, Source: source}
	if last, known := n.at[key]; known && at.Sub(last).Abs() < noteEvery {
		return false
	}
	if n.at == nil {
		n.at = map[activity]time.Time{}
	}
	n.at[key] = at
	return true
}

// NoteMessage stores that a message of a source came. It writes at most once a minute
// for each source and process, so the last message may have come up to a minute after
// the time that is stored.
func (r *Received) NoteMessage(ctx context.Context, siteID, source string, at time.Time) error {
	if !r.noted.isDue(siteID, source, at) {
		return nil
	}
	at = database.Timestamp(at)
	return r.db.Tx(ctx, "storing when a message came", func(tx *gorm.DB) error {
		err := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "site_id"}, {Name: "source"}},
			DoUpdates: clause.AssignmentColumns([]string{"last_message_at"}),
			Where:     clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "source_activity.last_message_at < excluded.last_message_at"}}},
		}).Create(&activity{SiteID: siteID, Source: source, LastMessageAt: at}).Error
		if err != nil {
			return err
		}
		isNew, err := database.InsertOnce(tx, &activeHour{SiteID: siteID, Source: source, Hour: at.Truncate(time.Hour)})
		if err != nil || !isNew {
			return err
		}
		return tx.Where("site_id = ? AND source = ? AND hour < ?", siteID, source, at.Add(-sourcestatus.History)).Delete(&activeHour{}).Error
	})
}

// Activity returns when the last message of a source came, nil if none has, and the
// hours of the last weeks in which any came, the earliest first.
func (r *Received) Activity(ctx context.Context, siteID, source string) (last *time.Time, hours []time.Time, err error) {
	err = r.db.ReadTx(ctx, "reading when messages came", func(tx *gorm.DB) error {
		of := tx.Where("site_id = ? AND source = ?", siteID, source)
		row, err := database.First[activity](of.Session(&gorm.Session{}))
		if err != nil || row == nil {
			return err
		}
		last = &row.LastMessageAt
		return of.Session(&gorm.Session{}).Model(&activeHour{}).Order("hour").Pluck("hour", &hours).Error
	})
	return last, hours, err
}

// ForgetActivity erases when the messages of a source came.
func ForgetActivity(tx *gorm.DB, siteID, source string) error {
	for _, table := range []any{&activity{}, &activeHour{}} {
		if err := tx.Where("site_id = ? AND source = ?", siteID, source).Delete(table).Error; err != nil {
			return fmt.Errorf("erasing when messages came: %w", err)
		}
	}
	return nil
}
