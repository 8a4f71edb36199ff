package received

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/internal/sourcestatus"
)

// How often the clock of a source is measured while it sends messages, and of how many
// sources at a time, so that measuring takes no longer than a moment.
const (
	measureEvery  = 10 * time.Minute
	measureAtOnce = 50
)

// WrongClock is a source whose clock is wrong.
type WrongClock struct {
	AccountID string
	SiteID    string
	Site      string // its name
	Source    string
	Code      sourcestatus.ClockCode `gorm:"column:clock_code"` // fast or slow
	Seconds   int                    `gorm:"column:clock_seconds"`
	Measured  time.Time              `gorm:"column:clock_measured_at"`
}

// watched returns a query for the activity of sources that are switched on. Sites that are
// deleted have none.
func watched(db *gorm.DB) *gorm.DB {
	return db.Table("source_activity AS a").
		Joins("JOIN site_sources AS s ON s.site_id = a.site_id AND s.source = a.source AND s.enabled").
		Joins("JOIN sites ON sites.id = a.site_id AND sites.deleted_at IS NULL")
}

// WrongClocksIn returns the sources that are switched on and whose clock is wrong, in a
// transaction. It first measures those that have sent messages since they were measured.
func (r *Received) WrongClocksIn(tx *gorm.DB, now time.Time) ([]WrongClock, error) {
	if err := measureClocks(tx, now); err != nil {
		return nil, err
	}
	var wrong []WrongClock
	err := watched(tx).Select("sites.account_id, a.site_id, sites.name AS site, a.source, a.clock_code, a.clock_seconds, a.clock_measured_at").
		Where("a.clock_code IN ?", []sourcestatus.ClockCode{sourcestatus.ClockFast, sourcestatus.ClockSlow}).Order("a.site_id, a.source").Find(&wrong).Error
	return wrong, err
}

func measureClocks(tx *gorm.DB, now time.Time) error {
	var due []activity
	err := watched(tx).Select("a.site_id, a.source").
		Where("a.clock_measured_at IS NULL OR (a.clock_measured_at <= a.last_message_at AND a.clock_measured_at <= ?)", now.Add(-measureEvery)).
		Order("a.clock_measured_at NULLS FIRST, a.site_id, a.source").Limit(measureAtOnce).Find(&due).Error
	if err != nil {
		return err
	}
	for _, x := range due {
		delays, err := delaysIn(tx, x.SiteID, x.Source)
		if err != nil {
			return err
		}
		clock := sourcestatus.ClockOf(delays)
		err = tx.Model(&activity{}).Where("site_id = ? AND source = ?", x.SiteID, x.Source).
			UpdateColumns(map[string]any{"clock_code": clock.Code, "clock_seconds": clock.Seconds, "clock_measured_at": now}).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// ClockOffsets returns by how many seconds the clock of a source is fast, by the name of
// the source: that of the site on which it is furthest off. It is negative for a slow one,
// and zero for a right one. Sources that are switched off or not known yet have none.
func (r *Received) ClockOffsets(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		Source     string
		Fast, Slow int
	}
	err := watched(r.db.Read(ctx)).Where("a.clock_code <> '' AND a.clock_code <> ?", sourcestatus.ClockUnknown).Group("a.source").
		Select("a.source, MAX(CASE WHEN a.clock_code = ? THEN a.clock_seconds ELSE 0 END) AS fast, MAX(CASE WHEN a.clock_code = ? THEN a.clock_seconds ELSE 0 END) AS slow",
			sourcestatus.ClockFast, sourcestatus.ClockSlow).Find(&rows).Error
	offsets := map[string]int{}
	for _, row := range rows {
		offsets[row.Source] = row.Fast
		if row.Slow > row.Fast {
			offsets[row.Source] = -row.Slow
		}
	}
	return offsets, r.db.WrapErr("reading how far clocks of sources are off", err)
}
