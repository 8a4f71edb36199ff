package journeys

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"ringback/models/revenue"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

// credits returns the rows of the touchpoints that have credit by a model.
func (p plan) credits(o opportunityRow, j touchpoints.Journey, result credit.Result) []Credit {
	amounts := result.Money(o.Amount)
	var rows []Credit
	for i, share := range result.Shares {
		if share.Credit == 0 && amounts[i] == 0 {
			continue
		}
		step := j.Steps[i]
		rows = append(rows, Credit{
			SiteID: p.SiteID, Generation: p.Number, OpportunityID: o.ID, Model: result.Model,
			TouchpointID: touchpointID(p.SiteID, step.Touchpoint), PersonID: step.Touchpoint.Person, Position: step.Positions.String(),
			Share: share.Credit, Amount: amounts[i], Currency: o.Currency,
		})
	}
	return rows
}

// storeCredits stores the credit of an opportunity in place of that before, marks the days
// of the touchpoints whose credit has changed, and reports whether any has.
func (p plan) storeCredits(tx *gorm.DB, o opportunityRow, credits []Credit) (changed bool, err error) {
	var stored []Credit
	err = tx.Where("site_id = ? AND generation = ? AND opportunity_id = ?", p.SiteID, p.Number, o.ID).Find(&stored).Error
	if err != nil {
		return false, fmt.Errorf("reading credit: %w", err)
	}
	d, err := differenceOf(stored, credits)
	if err != nil {
		return false, err
	}
	if err := d.write(tx); err != nil {
		return false, err
	}
	var touchpoints []string
	for _, c := range slices.Concat(d.gone, d.changed, d.added) {
		touchpoints = append(touchpoints, c.TouchpointID)
	}
	if len(touchpoints) == 0 {
		return false, nil
	}
	var days []string
	err = tx.Model(&Touchpoint{}).Distinct("day").Where("site_id = ? AND generation = ? AND id IN ?", p.SiteID, p.Number, touchpoints).
		Pluck("day", &days).Error
	if err != nil {
		return true, fmt.Errorf("reading the days of touchpoints: %w", err)
	}
	set := map[string]bool{}
	for _, day := range days {
		set[day] = true
	}
	return true, revenue.MarkDays(tx, p.SiteID, p.Number, set)
}
