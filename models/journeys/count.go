package journeys

import (
	"maps"
	"slices"

	"gorm.io/gorm"

	"ringback/models/journeys/graph"
	"ringback/models/revenue"
)

// count stores what the reports count of a group beside its touchpoints, and marks the
// days on which something has changed.
func (p plan) count(tx *gorm.DB, g *graph.Group, done replaced) error {
	if err := revenue.MarkDays(tx, p.SiteID, p.Number, done.days); err != nil {
		return err
	}
	if err := revenue.MarkPeople(tx, p.SiteID, p.Number, slices.Sorted(maps.Keys(done.people))); err != nil {
		return err
	}
	return revenue.StoreLeads(tx, p.SiteID, p.Number, g.Refs(graph.KindPerson), p.leads(g))
}

// leads returns the people of a group whom the CRM got to have at a known time. A lead
// that has become a contact is one of them together with the contact.
func (p plan) leads(g *graph.Group) []revenue.Lead {
	var leads []revenue.Lead
	for _, person := range g.People() {
		if !person.AddedAt.IsZero() {
			leads = append(leads, revenue.Lead{
				SiteID: p.SiteID, Generation: p.Number, ExternalID: person.ExternalID, PersonID: person.ID, At: person.AddedAt, Day: revenue.DayOf(person.AddedAt, p.zone),
			})
		}
	}
	return leads
}

// deal returns an opportunity as it counts in reports.
func (p plan) deal(o opportunityRow, touched bool) revenue.Deal {
	d := revenue.Deal{
		SiteID: p.SiteID, Generation: p.Number, OpportunityID: o.ID, OpenedAt: o.OpenedAt, OpenedDay: revenue.DayOf(o.OpenedAt, p.zone),
		ClosedAt: o.ClosedAt, Won: o.Won, Touched: touched, Amount: o.Amount, Currency: o.Currency,
	}
	if o.ClosedAt != nil {
		d.ClosedDay = revenue.DayOf(*o.ClosedAt, p.zone)
	}
	return d
}
