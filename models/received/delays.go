package received

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// How many calls of a site, and events of these, delays are read of.
const (
	delayCalls  = 100
	delayEvents = 200
)

// Delays returns how long after their times the starts and ends of a source's calls came,
// among the last calls of the site. A negative one came before its time.
func (r *Received) Delays(ctx context.Context, siteID, source string) ([]time.Duration, error) {
	delays, err := delaysIn(r.db.Read(ctx), siteID, source)
	return delays, r.db.WrapErr("reading how late events came", err)
}

func delaysIn(db *gorm.DB, siteID, source string) ([]time.Duration, error) {
	last := db.Table("conversions").Select("id, source").Where("site_id = ? AND kind = 'call'", siteID).Order("id DESC").Limit(delayCalls)
	calls := db.Table("(?) AS last", last).Select("id").Where("source = ?", source)
	var events []struct{ At, ReceivedAt time.Time }
	err := db.Table("events").Select("at, received_at").Where("conversion_id IN (?) AND type IN ('started', 'ended')", calls).
		Limit(delayEvents).Find(&events).Error
	delays := make([]time.Duration, len(events))
	for i, e := range events {
		delays[i] = e.ReceivedAt.Sub(e.At)
	}
	return delays, err
}
