package journeys

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/touchpoints/credit"
)

// Rates are the site's currency rates.
type Rates struct {
	SiteID    string        `gorm:"primaryKey"`
	Corporate string        // the currency of sums
	Rates     []credit.Rate `gorm:"serializer:json"`
	UpdatedAt time.Time
}

// TableName returns the name of the table.
func (Rates) TableName() string { return "journey_rates" }

// Rates returns the currency rates of a site. Without any, Corporate is empty.
func (j *Journeys) Rates(ctx context.Context, accountID, siteID string) (Rates, error) {
	if err := ownership.CheckSite(j.db.Read(ctx), accountID, siteID); err != nil {
		return Rates{}, j.db.WrapErr("reading rates", err)
	}
	rates, err := database.First[Rates](j.db.Read(ctx).Where("site_id = ?", siteID))
	if err != nil || rates == nil {
		return Rates{SiteID: siteID}, j.db.WrapErr("reading rates", err)
	}
	return *rates, nil
}

// PutRates stores the currency rates of a site in place of those before. A change is in
// the audit trail.
func (j *Journeys) PutRates(ctx context.Context, actor audit.Actor, rates Rates) error {
	return j.db.Tx(ctx, "storing rates", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(database.Locked(tx), actor.AccountID, rates.SiteID); err != nil {
			return err
		}
		before, err := database.First[Rates](tx.Where("site_id = ?", rates.SiteID))
		if err != nil {
			return err
		}
		if before == nil {
			before = &Rates{}
		}
		changes := audit.DiffFields(audit.EncodeFields(before.fields()), audit.EncodeFields(rates.fields()))
		rates.UpdatedAt = j.db.Now()
		if err := tx.Save(&rates).Error; err != nil || len(changes) == 0 {
			return err
		}
		return audit.Record(tx, actor, "updated", audit.Target{AccountID: actor.AccountID, SiteID: rates.SiteID, Entity: "currency_rates", ID: rates.SiteID}, changes)
	})
}

func (r Rates) fields() map[string]any {
	return map[string]any{"corporate_currency": r.Corporate, "rates": r.Rates}
}
