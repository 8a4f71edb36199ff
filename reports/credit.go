package reports

import "ringback/touchpoints/credit"

// CreditID is a figure of touchpoints, leads, opportunities and revenue.
type CreditID string

// The figures. Those of All and Attributed are not divided by the values of touchpoints.
const (
	Touchpoints       CreditID = "touchpoints"
	Leads             CreditID = "leads"
	Opportunities     CreditID = "opportunities"
	Pipeline          CreditID = "pipeline"
	Deals             CreditID = "deals"
	Revenue           CreditID = "revenue"
	Realized          CreditID = "realized_revenue"
	AllLeads          CreditID = "all_leads"
	AllOpportunities  CreditID = "all_opportunities"
	AllDeals          CreditID = "all_deals"
	AttributedDeals   CreditID = "attributed_deals"
	AllRevenue        CreditID = "all_revenue"
	AttributedRevenue CreditID = "attributed_revenue"
	Coverage          CreditID = "coverage"
)

// Calls are calls and Tasks, by what became of them. They are no figure of the report on
// channels and revenue.
const Calls CreditID = "calls"

// The dates of these figures.
const (
	ByTouchpoint Date = "touchpoint" // when the visit began, or the call if there is none
	ByAdded      Date = "added"      // when the CRM got to have the person
	ByOpened     Date = "opened"     // when the opportunity was created
	ByClosed     Date = "closed"     // when the opportunity was won
)

// CreditFigure is a figure of touchpoints, leads, opportunities and revenue.
type CreditFigure struct {
	ID    CreditID
	Date  Date
	Money bool
	// Models are the attribution models by each of which the figure is divided, empty if it
	// is not. Counts are then in parts of a lead or an opportunity.
	Models []string
	// Total is true if the figure is not divided by the values of touchpoints.
	Total bool
}

var (
	modelsOfPeople = []string{credit.FirstTouch, credit.LeadCreation, credit.UShaped}
	modelsOfDeals  = append(credit.ModelNames(), credit.CustomName)
)

// CreditFigures are the figures in the order in which they are shown.
var CreditFigures = []CreditFigure{
	{ID: Touchpoints, Date: ByTouchpoint},
	{ID: Leads, Date: ByAdded, Models: modelsOfPeople},
	{ID: Opportunities, Date: ByOpened, Models: modelsOfDeals},
	{ID: Pipeline, Date: ByOpened, Models: modelsOfDeals, Money: true},
	{ID: Deals, Date: ByClosed, Models: modelsOfDeals},
	{ID: Revenue, Date: ByClosed, Models: modelsOfDeals, Money: true},
	{ID: Realized, Date: ByTouchpoint, Models: modelsOfDeals, Money: true},
	{ID: AllLeads, Date: ByAdded, Total: true},
	{ID: AllOpportunities, Date: ByOpened, Total: true},
	{ID: AllDeals, Date: ByClosed, Total: true},
	{ID: AttributedDeals, Date: ByClosed, Total: true},
	{ID: AllRevenue, Date: ByClosed, Total: true, Money: true},
	{ID: AttributedRevenue, Date: ByClosed, Total: true, Money: true},
	{ID: Coverage, Date: ByClosed, Total: true},
}

// Name returns the name of the figure by a model, as it is among the figures of a row.
func (f CreditFigure) Name(model string) string {
	if model == "" {
		return string(f.ID)
	}
	return string(f.ID) + "_" + model
}

// Names returns the figure's models, or one empty name if it has none.
func (f CreditFigure) Names() []string {
	if len(f.Models) == 0 {
		return []string{""}
	}
	return f.Models
}

// ParseCreditName returns the figure and the model of a name among the figures of a row,
// and reports whether there is one that rows can be ordered by.
func ParseCreditName(name string) (f CreditFigure, model string, known bool) {
	for _, f := range CreditFigures {
		for _, model := range f.Names() {
			if !f.Total && f.Name(model) == name {
				return f, model, true
			}
		}
	}
	return CreditFigure{}, "", false
}

// CreditNames returns the names that ParseCreditName takes.
func CreditNames() (names []string) {
	for _, f := range CreditFigures {
		for _, model := range f.Names() {
			if !f.Total {
				names = append(names, f.Name(model))
			}
		}
	}
	return names
}
