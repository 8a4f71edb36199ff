package revenue

import (
	"maps"
	"slices"
	"strings"
	"time"

	"ringback/reports"
	"ringback/touchpoints/credit"
)

// Dimension is what is divided by. Those of touchpoints have the values above them, too: a
// medium is that of a source, which is that of a subchannel.
type Dimension string

// The dimensions.
const (
	Whole      Dimension = "whole"
	Channel    Dimension = "channel"
	Subchannel Dimension = "subchannel"
	Source     Dimension = "source"
	Medium     Dimension = "medium"
	Campaign   Dimension = "campaign"
	Outcome    Dimension = "outcome" // of calls, by what became of them
)

// Columns are the names of the values of a touchpoint that dimensions consist of, in the
// order of a key. They are those of the lists behind the figures, too.
var Columns = []string{"channel", "subchannel", "source", "medium", "campaign"}

// keys are the columns of the key of each dimension.
var keys = map[Dimension][]string{
	Whole: nil, Channel: Columns[:1], Subchannel: Columns[:2], Source: Columns[:3], Medium: Columns[:4], Campaign: Columns,
	Outcome: {"outcome"},
}

// Columns returns the names of the values of the dimension's key.
func (d Dimension) Columns() []string { return keys[d] }

// Dimensions returns all dimensions.
func Dimensions() []Dimension { return slices.Sorted(maps.Keys(keys)) }

// kind are figures that are divided by the same columns.
type kind struct {
	name    string
	facts   []fact
	columns []string
}

// kinds returns what is added up by the dimension. Figures of touchpoints are divided by the
// columns of another dimension, too, if it is finer.
func (d Dimension) kinds(finer Dimension) []kind {
	columns := d.Columns()
	if len(finer.Columns()) > len(columns) {
		columns = finer.Columns()
	}
	touched, untouched := kind{"touched", touchedFacts, columns}, kind{"untouched", untouchedFacts, nil}
	switch d {
	case Whole:
		return []kind{touched, untouched}
	case Outcome:
		return []kind{{"calls", callFacts, d.Columns()}}
	default:
		return []kind{touched}
	}
}

// keyOf returns the key of the dimension that a whole key belongs to.
func (d Dimension) keyOf(whole string) string {
	if d == Whole {
		return ""
	}
	values := strings.SplitN(whole, separator, len(d.Columns())+1)
	if len(values) <= len(d.Columns()) {
		return whole
	}
	return strings.Join(values[:len(d.Columns())], separator)
}

// separator divides the values of a key.
const separator = reports.Separator

func path(columns []string) string { return strings.Join(columns, " || '"+separator+"' || ") }

// models are the columns of values by model.
var models = []string{credit.FirstTouch, credit.LeadCreation, credit.UShaped, credit.WShaped, credit.FullPath, credit.CustomName}

// valueColumns are the columns of all values: units is what no model divides.
var valueColumns = append([]string{"units"}, models...)

// fact is what one figure counts: the rows of some tables, each on one local day.
type fact struct {
	figure   reports.CreditID
	from     string            // the tables; o is the one that limits to a site and a generation
	join     string            // the touchpoints, if only their columns are needed
	day, at  string            // the columns of the local day and of the instant, which is empty if only the day is known
	where    string            // a further condition, empty if there is none
	since    string            // a day of the rows that is never before that on which they count, empty if there is none
	currency string            // SQL, empty if the figure is no money
	values   map[string]string // SQL by the column that it is added up in
}

const (
	touchpointTable = "journey_touchpoints t"
	callTable       = "journey_calls o"
	byDeal          = "revenue_deals o JOIN journey_credits c ON c.site_id = o.site_id AND c.generation = o.generation AND c.opportunity_id = o.opportunity_id"
	ofTouchpoint    = " JOIN journey_touchpoints t ON t.site_id = c.site_id AND t.generation = c.generation AND t.id = c.touchpoint_id"
	byTouchpoint    = "journey_touchpoints o JOIN journey_credits c ON c.site_id = o.site_id AND c.generation = o.generation AND c.touchpoint_id = o.id " +
		"JOIN revenue_deals d ON d.site_id = c.site_id AND d.generation = c.generation AND d.opportunity_id = c.opportunity_id"
)

// touchedFacts are the figures that are divided by the values of touchpoints.
var touchedFacts = []fact{
	{figure: reports.Touchpoints, from: "journey_touchpoints o", day: "o.day", at: "o.at", values: map[string]string{"units": "1"}},
	{
		figure: reports.Leads, from: "revenue_leads o JOIN journey_touchpoints t ON t.site_id = o.site_id AND t.generation = o.generation AND t.person_id = o.person_id",
		day: "o.day", at: "o.at", where: "t.first_touch + t.lead_creation + t.u_shaped > 0",
		values: map[string]string{credit.FirstTouch: "t.first_touch", credit.LeadCreation: "t.lead_creation", credit.UShaped: "t.u_shaped"},
	},
	{figure: reports.Opportunities, from: byDeal, join: ofTouchpoint, day: "o.opened_day", at: "o.opened_at", values: byModel("c.share")},
	{figure: reports.Pipeline, from: byDeal, join: ofTouchpoint, day: "o.opened_day", at: "o.opened_at", currency: "o.currency", values: byModel("c.amount")},
	{figure: reports.Deals, from: byDeal, join: ofTouchpoint, day: "o.closed_day", at: "o.closed_at", where: "o.won", values: byModel("c.share")},
	{figure: reports.Revenue, from: byDeal, join: ofTouchpoint, day: "o.closed_day", at: "o.closed_at", where: "o.won", currency: "o.currency", values: byModel("c.amount")},
	{figure: reports.Realized, from: byTouchpoint, day: "o.day", at: "o.at", where: "d.won", since: "d.closed_day", currency: "d.currency", values: byModel("c.amount")},
}

// untouchedFacts are the figures with or without touchpoints.
var untouchedFacts = []fact{
	{figure: reports.AllLeads, from: "revenue_leads o", day: "o.day", at: "o.at", values: map[string]string{"units": "1"}},
	{figure: reports.AllOpportunities, from: "revenue_deals o", day: "o.opened_day", at: "o.opened_at", values: map[string]string{"units": "1"}},
	{figure: reports.AllDeals, from: "revenue_deals o", day: "o.closed_day", at: "o.closed_at", where: "o.won", values: map[string]string{"units": "1"}},
	{figure: reports.AttributedDeals, from: "revenue_deals o", day: "o.closed_day", at: "o.closed_at", where: "o.won AND o.touched", values: map[string]string{"units": "1"}},
	{figure: reports.AllRevenue, from: "revenue_deals o", day: "o.closed_day", at: "o.closed_at", where: "o.won", currency: "o.currency", values: map[string]string{"units": "o.amount"}},
	{figure: reports.AttributedRevenue, from: "revenue_deals o", day: "o.closed_day", at: "o.closed_at", where: "o.won AND o.touched", currency: "o.currency", values: map[string]string{"units": "o.amount"}},
}

// callFacts are the figures that are divided by what became of calls.
var callFacts = []fact{{figure: reports.Calls, from: callTable, day: "o.day", values: map[string]string{"units": "1"}}}

func byModel(value string) map[string]string {
	all := map[string]string{}
	for _, model := range models {
		all[model] = "CASE WHEN c.model = '" + model + "' THEN " + value + " ELSE 0 END"
	}
	return all
}

// table returns the alias of the table among those of a fact that has the columns of the
// key, empty if none has.
func (f fact) table() string {
	switch {
	case strings.Contains(f.from+f.join, touchpointTable):
		return "t."
	case strings.Contains(f.from, "journey_touchpoints o"), f.from == callTable:
		return "o."
	default:
		return ""
	}
}

// passes divides facts into those that one pass over the same rows counts.
func passes(of []fact) (all [][]fact) {
	for _, f := range of {
		if last := len(all) - 1; last >= 0 && all[last][0].sameRows(f) {
			all[last] = append(all[last], f)
		} else {
			all = append(all, []fact{f})
		}
	}
	return all
}

func (f fact) sameRows(other fact) bool {
	return f.from == other.from && f.day == other.day && f.where == other.where
}

// facts returns a query of figures on some days, by figure, day, currency and the columns of
// a key, and its values. A time ends the last day, unless it is zero. Of figures without an
// instant the last day counts as a whole.
func (g generation) facts(of []fact, by []string, days []reports.Day, until time.Time) (string, []any) {
	var parts []string
	var values []any
	for _, pass := range passes(of) {
		condition, more := g.condition(pass[0], by, days, until)
		parts, values = append(parts, onePass(pass, by, condition)), append(values, more...)
	}
	return strings.Join(parts, " UNION ALL "), values
}

// condition returns the condition of the rows of a figure on some days, and its values, with
// those of what joins the columns of a key.
//
// Of whole days, which are recent ones, realized revenue is read from the few opportunities
// that were closed since: no touchpoint has credit that is after the close. Since the last day
// of a comparison more have been closed than there are touchpoints on it.
func (g generation) condition(f fact, by []string, days []reports.Day, until time.Time) (condition string, values []any) {
	text, more := g.during(f, days, until)
	condition, values = "o.site_id = ? AND o.generation = ? AND "+text, append([]any{g.SiteID, g.Generation}, more...)
	if f.where != "" {
		condition += " AND " + f.where
	}
	if f.since != "" && until.IsZero() {
		condition += " AND " + f.since + " >= ?"
		values = append(values, slices.Min(days).String())
	}
	if f.join != "" && len(by) > 0 {
		values = append(values, g.SiteID, g.Generation)
	}
	return condition, values
}

// during returns the condition that the rows of a figure are on some days, the last of which a
// time may end, and its values. The touchpoints of a part of one day are those of a span of
// time, for which they have an index. The day is named too: SQLite takes a span of time for a
// large part of the table, and would begin with all opportunities that were won.
func (g generation) during(f fact, days []reports.Day, until time.Time) (string, []any) {
	last := slices.Max(days)
	switch {
	case until.IsZero() || f.at == "":
		return f.day + " IN ?", []any{texts(days)}
	case len(days) == 1 && f.table() == "o.":
		return f.day + " = ? AND " + f.at + " >= ? AND " + f.at + " < ?", []any{last.String(), last.Start(g.zone()), until}
	default:
		return f.day + " IN ? AND (" + f.day + " < ? OR " + f.at + " < ?)", []any{texts(days), last.String(), until}
	}
}

// texts returns days as they are stored.
func texts(days []reports.Day) []string {
	texts := make([]string, len(days))
	for i, day := range days {
		texts[i] = day.String()
	}
	return texts
}
