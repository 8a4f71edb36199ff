package received

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/internal/sourcestatus"
	"ringback/reports"
)

// shortestSilence is a pause that is never longer than usual.
const shortestSilence = 2 * time.Hour

// Silent is a source that is silent for longer than usual.
type Silent struct {
	AccountID     string
	SiteID        string
	Site          string // its name
	Source        string
	TimeZone      string
	LastMessageAt time.Time
}

// SilentSources returns how many sources that are switched on are silent for longer than
// usual, by the name of the source.
func (r *Received) SilentSources(ctx context.Context, now time.Time) (map[string]int, error) {
	count := map[string]int{}
	err := r.db.ReadTx(ctx, "counting silent sources", func(tx *gorm.DB) error {
		silent, err := r.SilentIn(tx, now)
		for _, s := range silent {
			count[s.Source]++
		}
		return err
	})
	return count, err
}

// SilentIn returns the sources that are switched on and silent for longer than usual, in a
// transaction. Sites that are deleted have none.
func (r *Received) SilentIn(tx *gorm.DB, now time.Time) ([]Silent, error) {
	var candidates []Silent
	err := watched(tx).Select("sites.account_id, a.site_id, sites.name AS site, a.source, sites.time_zone, a.last_message_at").
		Where("a.last_message_at < ?", now.Add(-shortestSilence)).Order("a.site_id, a.source").Find(&candidates).Error
	if err != nil {
		return nil, err
	}
	var silent []Silent
	for _, c := range candidates {
		var hours []time.Time
		err = tx.Model(&activeHour{}).Where("site_id = ? AND source = ?", c.SiteID, c.Source).Order("hour").Pluck("hour", &hours).Error
		if err != nil {
			return nil, err
		}
		if sourcestatus.SilenceOf(hours, reports.Zone(c.TimeZone), now).Code == sourcestatus.Longer {
			silent = append(silent, c)
		}
	}
	return silent, nil
}
