package activities

import (
	"strings"
	"time"

	"ringback/crm"
	crmrows "ringback/models/crm"
	"ringback/models/journeys"
	"ringback/models/websites"
	"ringback/phone"
)

// storable returns a text of a CRM without what cannot be stored.
func storable(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
}

// storedPerson returns a person as it is stored. A number that is none in the site's
// country is left out.
func storedPerson(site websites.Site, p crm.Person) crmrows.Person {
	number, err := phone.Normalize(p.Phone, site.Region)
	if err != nil {
		number = phone.Number{}
	}
	return crmrows.Person{
		SiteID: site.ID, ExternalID: p.ID, Account: p.Account, Email: storable(p.Email), Phone: number.E164, SameAs: p.SameAs, AddedAt: known(p.AddedAt),
	}
}

func storedOpportunity(site websites.Site, o crm.Opportunity) crmrows.Opportunity {
	for i := range o.Stages {
		o.Stages[i].Stage = storable(o.Stages[i].Stage)
	}
	return crmrows.Opportunity{
		SiteID: site.ID, ExternalID: o.ID, Account: o.Account, OpenedAt: o.OpenedAt, ClosedAt: known(o.ClosedAt), Won: o.Won,
		Amount: o.Amount, Currency: o.Currency, People: o.People, Stages: o.Stages,
	}
}

func storedTask(t crm.Task) journeys.Task {
	return journeys.Task{
		ExternalID: t.ID, ConversionID: storable(t.ConversionID), Person: t.Person, Type: storable(t.Type), BizibleID: storable(t.BizibleID),
		At: known(t.At), DateOnly: t.DateOnly, Deleted: t.Deleted, ModifiedAt: known(t.ChangedAt),
	}
}

// known returns a time, nil if it is zero.
func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
