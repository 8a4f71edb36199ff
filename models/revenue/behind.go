package revenue

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/reports"
)

// Behind selects the people or opportunities that a figure counts.
type Behind struct {
	Figure reports.CreditID
	Model  string            // those that it counts by this model, empty means any
	Days   *reports.Period   // local days of the figure's date, nil means all
	Values map[string]string // of touchpoints, by Columns; an empty value selects what is not known
}

// The figures that people and opportunities are listed by.
var (
	PeopleFigures = []reports.CreditID{reports.Leads, reports.AllLeads}
	DealFigures   = []reports.CreditID{
		reports.Opportunities, reports.Pipeline, reports.Deals, reports.Revenue, reports.Realized,
		reports.AllOpportunities, reports.AllDeals, reports.AttributedDeals, reports.AllRevenue, reports.AttributedRevenue,
	}
)

// Narrow adds the selection to a query of people or opportunities of a site. Of are the
// figures that they are counted in.
func (b Behind) Narrow(db, rows *gorm.DB, siteID string, of []reports.CreditID) (*gorm.DB, error) {
	if !slices.Contains(of, b.Figure) {
		return nil, fault.InvalidFields(fault.Field{Path: "counted_in", Expected: fault.OneOf(of)})
	}
	if b.Model != "" && !slices.Contains(models, b.Model) {
		return nil, fault.InvalidFields(fault.Field{Path: "model", Expected: fault.OneOf(models)})
	}
	g, err := database.First[generation](db.Table("journey_rules").Where("site_id = ? AND state = 'serving'", siteID))
	if err != nil {
		return nil, err
	}
	if g == nil { // nothing is computed yet
		g = &generation{SiteID: siteID}
	}
	all := slices.Concat(touchedFacts, untouchedFacts)
	f := all[slices.IndexFunc(all, func(f fact) bool { return f.figure == b.Figure })]
	condition, values := b.condition(f)
	values = append([]any{g.SiteID, g.Generation}, values...)
	return rows.Where("id IN (SELECT "+f.counted()+" FROM "+f.from+f.join+" WHERE o.site_id = ? AND o.generation = ?"+condition+")", values...), nil
}

// counted returns the column of what a figure counts.
func (f fact) counted() string {
	switch {
	case strings.HasPrefix(f.from, "revenue_leads"):
		return "o.person_id"
	case f.from == byTouchpoint:
		return "c.opportunity_id"
	default:
		return "o.opportunity_id"
	}
}

// condition returns the further conditions of the rows of a figure, and their values.
func (b Behind) condition(f fact) (string, []any) {
	var condition strings.Builder
	var values []any
	add := func(text string, more ...any) {
		condition.WriteString(" AND " + text)
		values = append(values, more...)
	}
	if f.where != "" {
		add(f.where)
	}
	if b.Days != nil {
		add(f.day+" BETWEEN ? AND ?", b.Days.From.String(), b.Days.To.String())
	}
	table := f.table()
	if table == "" {
		return condition.String(), values
	}
	for _, column := range Columns {
		if value, is := b.Values[column]; is {
			add(table+column+" = ?", reports.Key(value))
		}
	}
	switch value, divided := f.values[b.Model]; {
	case b.Model == "":
	case strings.Contains(f.from, "journey_credits"):
		add("c.model = ? AND c.share > 0", b.Model)
	case divided:
		add(value + " > 0")
	default:
		add("1 = 0") // no lead counts by the model
	}
	return condition.String(), values
}
