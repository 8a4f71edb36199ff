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

// candidate is a source that may be silent for longer than usual.
type candidate struct {
	SiteID   string
	Source   string
	TimeZone string
}

// SilentSources returns how many sources that are switched on are silent for longer than
// usual, by the name of the source.
func (r *Received) SilentSources(ctx context.Context, now time.Time) (map[string]int, error) {
	silent := map[string]int{}
	err := r.db.ReadTx(ctx, "counting silent sources", func(tx *gorm.DB) error {
		var candidates []candidate
		err := tx.Table("source_activity AS a").Select("a.site_id, a.source, sites.time_zone").
			Joins("JOIN site_sources AS s ON s.site_id = a.site_id AND s.source = a.source").
			Joins("JOIN sites ON sites.id = a.site_id").
			Where("s.enabled = ? AND a.last_message_at < ?", true, now.Add(-shortestSilence)).Find(&candidates).Error
		if err != nil {
			return err
		}
		for _, c := range candidates {
			var hours []time.Time
			err = tx.Model(&activeHour{}).Where("site_id = ? AND source = ?", c.SiteID, c.Source).Order("hour").Pluck("hour", &hours).Error
			if err != nil {
				return err
			}
			if sourcestatus.SilenceOf(hours, reports.Zone(c.TimeZone), now).Code == sourcestatus.Longer {
				silent[c.Source]++
			}
		}
		return nil
	})
	return silent, err
}
