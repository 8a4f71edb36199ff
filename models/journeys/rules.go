package journeys

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/touchpoints/attribution"
	"ringback/touchpoints/credit"
)

// GenerationState is what a generation of figures is used for.
type GenerationState string

// The states.
const (
	Building GenerationState = "building" // it is being computed, and not shown
	Ready    GenerationState = "serving"  // it is what is shown
	Retired  GenerationState = "retired"  // another one is shown; its rows are being removed
)

// Generation is the figures of a site by one set of rules.
type Generation struct {
	SiteID    string            `gorm:"primaryKey"`
	Number    int64             `gorm:"primaryKey;column:generation"`
	State     GenerationState   // one generation of a site is Ready, and at most one is Building
	Rules     attribution.Rules `gorm:"serializer:json"`
	TimeZone  string            // by which the days of touchpoints are decided
	Stage     string            // what is being computed: a MarkKind, empty if nothing is
	After     string            // the last id that was computed in this stage
	Done      int64             // how much of Total is computed
	Total     int64
	ChangedBy string // the token or session that changed the rules, empty if none did
	CreatedAt time.Time
	ReadyAt   *time.Time // when it began to be shown
}

// TableName returns the name of the table.
func (Generation) TableName() string { return "journey_rules" }

// generationsOf returns the generations of a site, the one that is serving first.
func generationsOf(db *gorm.DB, siteID string) ([]Generation, error) {
	var all []Generation
	err := db.Where("site_id = ?", siteID).Order("CASE WHEN state = 'serving' THEN 0 ELSE 1 END, generation").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("reading the site's rules: %w", err)
	}
	return all, nil
}

// Serving returns the number of the generation of a site's figures that is shown, zero if
// nothing is computed yet: no row has that number.
func (j *Journeys) Serving(ctx context.Context, siteID string) (int64, error) {
	serving, err := database.First[Generation](j.db.Read(ctx).Where("site_id = ? AND state = ?", siteID, Ready))
	if err != nil || serving == nil {
		return 0, j.db.WrapErr("reading which figures are shown", err)
	}
	return serving.Number, nil
}

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
	if err := checkSite(j.db.Read(ctx), accountID, siteID); err != nil {
		return Rates{}, j.db.WrapErr("reading rates", err)
	}
	rates, err := database.First[Rates](j.db.Read(ctx).Where("site_id = ?", siteID))
	if err != nil || rates == nil {
		return Rates{SiteID: siteID}, j.db.WrapErr("reading rates", err)
	}
	return *rates, nil
}

// PutRates stores the currency rates of a site in place of those before.
func (j *Journeys) PutRates(ctx context.Context, accountID string, rates Rates) error {
	return j.db.Tx(ctx, "storing rates", func(tx *gorm.DB) error {
		if err := checkSite(tx, accountID, rates.SiteID); err != nil {
			return err
		}
		rates.UpdatedAt = j.db.Now()
		return tx.Save(&rates).Error
	})
}
