package journeys

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
	"ringback/models/outbox"
)

// KindRecompute is the kind of a signal for the workflow that computes the figures of a
// site anew.
const KindRecompute conversion.Kind = "recompute"

func enqueue(tx *gorm.DB, siteID string) error {
	if err := outbox.EnqueueDue(tx, outbox.Signal{SiteID: siteID, Kind: KindRecompute}); err != nil { // the workflow's id follows from the site's
		return fmt.Errorf("asking for new figures: %w", err)
	}
	return nil
}

// overdueAfter is how long figures may stand still until their workflow is started again.
const overdueAfter = 15 * time.Minute

// RequeueRecomputing asks again for up to limit sites whose figures have stood still for
// long although they are not complete, and returns these sites.
func (j *Journeys) RequeueRecomputing(ctx context.Context, now time.Time, limit int) (sites []string, err error) {
	err = j.db.Tx(ctx, "requeueing new figures", func(tx *gorm.DB) error {
		sites = nil
		var still []Generation
		err := database.LockedSkip(tx).Where("state <> ? AND COALESCE(updated_at, created_at) <= ?", Ready, now.Add(-overdueAfter)).
			Order("created_at").Limit(limit).Find(&still).Error
		if err != nil {
			return err
		}
		asked := map[string]bool{}
		for _, g := range still {
			if err := tx.Model(&g).UpdateColumn("updated_at", now).Error; err != nil {
				return fmt.Errorf("moving new figures: %w", err)
			}
			if asked[g.SiteID] {
				continue
			}
			asked[g.SiteID] = true
			sites = append(sites, g.SiteID)
			if err := enqueue(tx, g.SiteID); err != nil {
				return err
			}
		}
		return nil
	})
	return sites, err
}
