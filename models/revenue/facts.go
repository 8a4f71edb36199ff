package revenue

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
	"ringback/reports"
)

// Lead is when the CRM got to have a person.
type Lead struct {
	SiteID     string `gorm:"primaryKey"`
	Generation int64  `gorm:"primaryKey"`
	ExternalID string `gorm:"primaryKey"` // the owner's id of the person
	PersonID   string
	At         time.Time
	Day        string // of At in the time zone of the generation, as "2026-05-04"
}

// TableName returns the name of the table.
func (Lead) TableName() string { return "revenue_leads" }

// Deal is an opportunity as it counts.
type Deal struct {
	SiteID        string `gorm:"primaryKey"`
	Generation    int64  `gorm:"primaryKey"`
	OpportunityID string `gorm:"primaryKey"`
	OpenedAt      time.Time
	OpenedDay     string // as "2026-05-04"
	ClosedAt      *time.Time
	ClosedDay     string // empty while it is open
	Won           bool
	Touched       bool   // it has touchpoints
	Amount        int64  // in minor units of Currency
	Currency      string // empty if not known
}

// TableName returns the name of the table.
func (Deal) TableName() string { return "revenue_deals" }

// days returns the days on which the deal counts.
func (d Deal) days() []string { return []string{d.OpenedDay, d.ClosedDay} }

// writeBatch is how many rows one statement writes.
const writeBatch = 200

// DayOf returns the day of a time as it is stored.
func DayOf(t time.Time, zone *time.Location) string { return reports.DayOf(t, zone).String() }

// StoreLeads stores the leads among some people of a generation, in place of those before,
// and marks the days that change. ExternalIDs names all of these people.
func StoreLeads(tx *gorm.DB, siteID string, generation int64, externalIDs []string, leads []Lead) error {
	var stored []Lead
	err := tx.Where("site_id = ? AND generation = ? AND external_id IN ?", siteID, generation, externalIDs).Find(&stored).Error
	if err != nil {
		return fmt.Errorf("reading leads: %w", err)
	}
	before, days := make(map[string]Lead, len(stored)), map[string]bool{}
	for _, l := range stored {
		before[l.ExternalID] = l
	}
	var written []Lead
	for _, l := range leads {
		l.At = database.Timestamp(l.At)
		old, known := before[l.ExternalID]
		delete(before, l.ExternalID)
		if !known || !old.equal(l) {
			written = append(written, l)
			days[l.Day], days[old.Day] = true, true
		}
	}
	var gone []string
	for externalID, old := range before {
		gone = append(gone, externalID)
		days[old.Day] = true
	}
	if err := writeLeads(tx, siteID, generation, gone, written); err != nil {
		return err
	}
	return MarkDays(tx, siteID, generation, days)
}

func (l Lead) equal(other Lead) bool {
	return l.PersonID == other.PersonID && l.Day == other.Day && l.At.Equal(other.At)
}

func writeLeads(tx *gorm.DB, siteID string, generation int64, gone []string, written []Lead) error {
	if len(gone) > 0 {
		err := tx.Where("site_id = ? AND generation = ? AND external_id IN ?", siteID, generation, gone).Delete(&Lead{}).Error
		if err != nil {
			return fmt.Errorf("removing leads: %w", err)
		}
	}
	if len(written) == 0 {
		return nil
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&written, writeBatch).Error; err != nil {
		return fmt.Errorf("storing leads: %w", err)
	}
	return nil
}

// MarkPeople marks the days on which people count as leads: their touchpoints in one
// generation have changed.
func MarkPeople(tx *gorm.DB, siteID string, generation int64, personIDs []string) error {
	if len(personIDs) == 0 {
		return nil
	}
	var days []string
	err := tx.Model(&Lead{}).Distinct("day").Where("site_id = ? AND generation = ? AND person_id IN ?", siteID, generation, personIDs).
		Order("day").Pluck("day", &days).Error
	if err != nil {
		return fmt.Errorf("reading the days of leads: %w", err)
	}
	return mark(tx, siteID, generation, grainDay, days)
}

// StoreDeal stores an opportunity in place of what was stored of it, and marks the days
// that change. CreditChanged is true if its credit has changed.
func StoreDeal(tx *gorm.DB, d Deal, creditChanged bool) error {
	d.OpenedAt = database.Timestamp(d.OpenedAt)
	before, err := database.First[Deal](tx.Where("site_id = ? AND generation = ? AND opportunity_id = ?", d.SiteID, d.Generation, d.OpportunityID))
	if err != nil {
		return fmt.Errorf("reading a deal: %w", err)
	}
	same := before != nil && before.equal(d)
	if same && !creditChanged {
		return nil
	}
	days := map[string]bool{}
	for _, day := range d.days() {
		days[day] = true
	}
	if before != nil {
		for _, day := range before.days() {
			days[day] = true
		}
	}
	if !same {
		if err := tx.Save(&d).Error; err != nil {
			return fmt.Errorf("storing a deal: %w", err)
		}
		if err := addTouchDays(tx, d, days); err != nil {
			return err
		}
	}
	return MarkDays(tx, d.SiteID, d.Generation, days)
}

func (d Deal) equal(other Deal) bool {
	sameClose := d.ClosedAt == nil && other.ClosedAt == nil || d.ClosedAt != nil && other.ClosedAt != nil && d.ClosedAt.Equal(*other.ClosedAt)
	same := d.OpenedAt.Equal(other.OpenedAt) && sameClose
	d.OpenedAt, d.ClosedAt = other.OpenedAt, other.ClosedAt
	return same && d == other
}

// addTouchDays adds the days of the touchpoints that have credit for a deal.
func addTouchDays(tx *gorm.DB, d Deal, days map[string]bool) error {
	var found []string
	err := tx.Table("journey_credits").Distinct("day").
		Joins("JOIN journey_touchpoints ON journey_touchpoints.site_id = journey_credits.site_id AND journey_touchpoints.generation = journey_credits.generation AND id = touchpoint_id").
		Where("journey_credits.site_id = ? AND journey_credits.generation = ? AND opportunity_id = ?", d.SiteID, d.Generation, d.OpportunityID).
		Pluck("day", &found).Error
	if err != nil {
		return fmt.Errorf("reading the days of touchpoints: %w", err)
	}
	for _, day := range found {
		days[day] = true
	}
	return nil
}

// OfEachGeneration is the condition of the rows of all generations of a site. The indexes of
// most tables have the generation before what a row is about.
const OfEachGeneration = "generation IN (SELECT generation FROM journey_rules WHERE site_id = ?)"

// EraseDeals removes an opportunity from all generations, and marks its days. Its credit
// is removed afterwards.
func EraseDeals(tx *gorm.DB, siteID, opportunityID string) error {
	var stored []Deal
	of := tx.Where("site_id = ? AND opportunity_id = ?", siteID, opportunityID).Where(OfEachGeneration, siteID).Session(&gorm.Session{})
	err := of.Find(&stored).Error
	if err != nil {
		return fmt.Errorf("reading a deal: %w", err)
	}
	for _, d := range stored {
		days := map[string]bool{}
		for _, day := range d.days() {
			days[day] = true
		}
		if err := addTouchDays(tx, d, days); err != nil {
			return err
		}
		if err := MarkDays(tx, siteID, d.Generation, days); err != nil {
			return err
		}
	}
	if err := of.Delete(&Deal{}).Error; err != nil {
		return fmt.Errorf("removing a deal: %w", err)
	}
	return nil
}
