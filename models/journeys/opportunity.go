package journeys

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/journeys/graph"
	"ringback/models/revenue"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

// opportunityRow is what is needed of an opportunity.
type opportunityRow struct {
	ID         string
	SiteID     string
	ExternalID string
	Account    string
	OpenedAt   time.Time
	ClosedAt   *time.Time
	Won        bool
	Amount     int64
	Currency   string
	People     []touchpoints.Role       `gorm:"serializer:json"`
	Stages     []touchpoints.StageEntry `gorm:"serializer:json"`
}

// TableName returns the name of the table.
func (opportunityRow) TableName() string { return "opportunities" }

// opportunity returns the row for package touchpoints.
func (o opportunityRow) opportunity() touchpoints.Opportunity {
	deal := touchpoints.Opportunity{
		ID: o.ID, AccountID: o.Account, CreatedAt: o.OpenedAt, Won: o.Won, Currency: o.Currency, Roles: o.People, Stages: o.Stages,
	}
	if o.ClosedAt != nil {
		deal.ClosedAt = *o.ClosedAt
	}
	return deal
}

// Step is a touchpoint in the journey of an opportunity.
type Step struct {
	TouchpointID string                `json:"touchpoint_id"`
	Positions    touchpoints.Positions `json:"positions"`
	Stages       []string              `json:"stages,omitempty"`
}

// Journey is the journey of an opportunity, and how each model divides its credit.
type Journey struct {
	People  []string                `json:"people"` // the ids of those of its people whom the CRM has
	Steps   []Step                  `json:"steps"`
	Empty   touchpoints.EmptyReason `json:"empty,omitempty"`
	Missing []touchpoints.Position  `json:"missing,omitempty"`
	Open    bool                    `json:"open,omitempty"`
	Results []credit.Result         `json:"results"`
}

// journeyRow is the stored journey of an opportunity.
type journeyRow struct {
	SiteID        string  `gorm:"primaryKey"`
	Generation    int64   `gorm:"primaryKey"`
	OpportunityID string  `gorm:"primaryKey"`
	Journey       Journey `gorm:"serializer:json"`
	UpdatedAt     time.Time
}

// TableName returns the name of the table.
func (journeyRow) TableName() string { return "journey_opportunities" }

// personRow is what is needed of a person of the CRM.
type personRow struct {
	ID         string
	SiteID     string
	ExternalID string
	Account    string
}

// TableName returns the name of the table.
func (personRow) TableName() string { return "crm_people" }

// memberRow is that a person, by the owner's id, belongs to an opportunity.
type memberRow struct {
	SiteID        string `gorm:"primaryKey"`
	Person        string `gorm:"primaryKey"`
	OpportunityID string `gorm:"primaryKey"`
}

// TableName returns the name of the table.
func (memberRow) TableName() string { return "journey_members" }

// addOpportunitiesOf adds the opportunities of people, by their ids.
func addOpportunitiesOf(tx *gorm.DB, all map[string]bool, siteID string, personIDs []string) error {
	if len(personIDs) == 0 {
		return nil
	}
	var people []personRow
	if err := tx.Where("id IN ? AND site_id = ?", personIDs, siteID).Find(&people).Error; err != nil {
		return fmt.Errorf("reading people: %w", err)
	}
	var externalIDs, accounts []string
	for _, p := range people {
		externalIDs = append(externalIDs, p.ExternalID)
		if p.Account != "" {
			accounts = append(accounts, p.Account)
		}
	}
	return addOpportunities(tx, all, siteID, externalIDs, accounts)
}

// addOpportunities adds the opportunities of people and accounts, by the owner's ids.
func addOpportunities(tx *gorm.DB, all map[string]bool, siteID string, people, accounts []string) error {
	var byPerson, byAccount []string
	err := tx.Model(&memberRow{}).Where("site_id = ? AND person IN ?", siteID, people).Pluck("opportunity_id", &byPerson).Error
	if err == nil && len(accounts) > 0 {
		err = tx.Model(&opportunityRow{}).Where("site_id = ? AND account <> '' AND account IN ?", siteID, accounts).Pluck("id", &byAccount).Error
	}
	if err != nil {
		return fmt.Errorf("finding opportunities: %w", err)
	}
	for _, id := range append(byPerson, byAccount...) {
		all[id] = true
	}
	return nil
}

// computeOpportunity computes the credit of an opportunity by each plan. Of one that does
// not exist any more nothing stays.
func computeOpportunity(tx *gorm.DB, plans []plan, siteID, id string) error {
	deal, err := database.First[opportunityRow](tx.Where("id = ? AND site_id = ?", id, siteID))
	if err != nil {
		return fmt.Errorf("reading an opportunity: %w", err)
	}
	if deal == nil {
		return eraseOpportunity(tx, siteID, id)
	}
	for i, p := range plans {
		people, members, err := p.peopleOf(tx, *deal)
		if err != nil {
			return err
		}
		if i == 0 {
			if err := storeMembers(tx, siteID, id, members); err != nil {
				return err
			}
		}
		if err := p.storeJourney(tx, *deal, people); err != nil {
			return err
		}
	}
	return nil
}

func eraseOpportunity(tx *gorm.DB, siteID, id string) error {
	if err := revenue.EraseDeals(tx, siteID, id); err != nil {
		return err
	}
	of := tx.Where("site_id = ? AND opportunity_id = ?", siteID, id).Where(revenue.OfEachGeneration, siteID).Session(&gorm.Session{})
	if err := errors.Join(of.Delete(&Credit{}).Error, of.Delete(&journeyRow{}).Error, storeMembers(tx, siteID, id, nil)); err != nil {
		return fmt.Errorf("removing the figures of an opportunity: %w", err)
	}
	return nil
}

func storeMembers(tx *gorm.DB, siteID, id string, members []string) error {
	var rows []memberRow
	for _, person := range members {
		rows = append(rows, memberRow{SiteID: siteID, Person: person, OpportunityID: id})
	}
	err := tx.Where("site_id = ? AND opportunity_id = ?", siteID, id).Delete(&memberRow{}).Error
	if err == nil && len(rows) > 0 {
		err = tx.CreateInBatches(&rows, writeBatch).Error
	}
	if err != nil {
		return fmt.Errorf("storing the people of an opportunity: %w", err)
	}
	return nil
}

// peopleOf returns the people of an opportunity with their touchpoints, and the owner's
// ids by which they were found: they need not be known. A lead that has become a contact
// is the contact.
func (p plan) peopleOf(tx *gorm.DB, o opportunityRow) (participants []touchpoints.Participant, externalIDs []string, err error) {
	mapping := p.Rules.Mapping
	if o.Account == "" && (mapping == "" || mapping == touchpoints.ByAccount) {
		mapping = touchpoints.ByRoles
	}
	var atAccount []personRow
	if o.Account != "" {
		if err := tx.Where("site_id = ? AND account = ? AND account <> ''", o.SiteID, o.Account).Find(&atAccount).Error; err != nil {
			return nil, nil, fmt.Errorf("reading the people of an account: %w", err)
		}
	}
	var members []touchpoints.Member
	for _, person := range atAccount {
		members = append(members, touchpoints.Member{Person: person.ExternalID, AccountID: person.Account})
	}
	externalIDs = mapping.People(o.opportunity(), members)
	people, err := graph.PeopleNamed(tx, o.SiteID, externalIDs)
	if err != nil {
		return nil, nil, err
	}
	for _, person := range people { // by the owner's ids: ours depend on who was reported first
		touches, err := p.touchesOf(tx, person.ID)
		if err != nil {
			return nil, nil, err
		}
		participants = append(participants, touchpoints.Participant{
			Person: touchpoints.Person{ID: person.ID, CreatedAt: person.AddedAt}, Touches: touches, Order: person.ExternalID,
		})
	}
	return participants, externalIDs, nil
}

// touchesOf returns the touchpoints of a person that reports show.
func (p plan) touchesOf(tx *gorm.DB, personID string) ([]touchpoints.Touchpoint, error) {
	var rows []Touchpoint
	err := tx.Select("detail").Where("site_id = ? AND generation = ? AND person_id = ? AND NOT suppressed", p.SiteID, p.Number, personID).
		Order("at, id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading a person's touchpoints: %w", err)
	}
	touches := make([]touchpoints.Touchpoint, len(rows))
	for i, row := range rows {
		touches[i] = row.Detail
	}
	return touches, nil
}

// storeJourney stores the journey of an opportunity, and its credit by each model.
func (p plan) storeJourney(tx *gorm.DB, o opportunityRow, people []touchpoints.Participant) error {
	j := o.opportunity().JourneyOf(people, p.Rules.Boomerang...)
	journey := Journey{People: []string{}, Steps: []Step{}, Empty: j.Empty, Missing: j.Missing, Open: j.Open}
	for _, person := range people {
		journey.People = append(journey.People, person.Person.ID)
	}
	for _, step := range j.Steps {
		journey.Steps = append(journey.Steps, Step{touchpointID(p.SiteID, step.Touchpoint), step.Positions, step.Stages})
	}
	var credits []Credit
	for _, model := range p.Rules.Models() {
		result := model.Divide(j)
		credits = append(credits, p.credits(o, j, result)...)
		for i := range result.Shares {
			result.Shares[i].TouchpointID = journey.Steps[i].TouchpointID
		}
		journey.Results = append(journey.Results, result)
	}
	changed, err := p.storeCredits(tx, o, credits)
	if err != nil {
		return err
	}
	if err := revenue.StoreDeal(tx, p.deal(o, len(j.Steps) > 0), changed); err != nil {
		return err
	}
	row := journeyRow{SiteID: p.SiteID, Generation: p.Number, OpportunityID: o.ID, Journey: journey}
	before, err := database.First[journeyRow](tx.Where("site_id = ? AND generation = ? AND opportunity_id = ?", p.SiteID, p.Number, o.ID))
	if err != nil {
		return fmt.Errorf("reading a journey: %w", err)
	}
	if before != nil && sameJourney(before.Journey, journey) {
		return nil
	}
	if err := tx.Save(&row).Error; err != nil {
		return fmt.Errorf("storing a journey: %w", err)
	}
	return nil
}

func sameJourney(a, b Journey) bool {
	first, _ := json.Marshal(a) // texts and numbers always marshal
	second, _ := json.Marshal(b)
	return string(first) == string(second)
}
