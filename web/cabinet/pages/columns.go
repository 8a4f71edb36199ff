package pages

import (
	"net/url"
	"slices"

	"ringback/web/internal/conversionview"
	"ringback/web/internal/wire"
)

// The columns that can be chosen beside the first one, which leads to the conversion, in
// their order, and those that are usual.
var (
	callColumns     = []string{"kind", "who", "what", "marks", "cameFrom", "channel", "campaign", "term", "landing_page", "called", "email", "form", "external_id", "state"}
	usualCalls      = []string{"kind", "who", "what", "marks", "cameFrom", "state"}
	deliveryColumns = []string{"integration", "state", "result", "attempts", "finished", "id"}
	usualDeliveries = []string{"integration", "state", "result", "attempts"}
)

// ChooseCalls takes the columns of the list of calls that an address names.
func (l *List) ChooseCalls(given []string) { l.choose(given, callColumns, usualCalls) }

// ChooseDeliveries takes the columns of the list of deliveries that an address names.
func (l *List) ChooseDeliveries(given []string) { l.choose(given, deliveryColumns, usualDeliveries) }

// choose leaves out what is no column. The usual columns are no part of the filter.
func (l *List) choose(given, all, usual []string) {
	l.AllColumns, l.Columns = all, usual
	chosen := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !slices.Contains(given, name) })
	if len(chosen) == 0 || slices.Equal(chosen, usual) {
		return
	}
	l.Columns = chosen
	if l.Filter == nil {
		l.Filter = url.Values{}
	}
	l.Filter[wire.ColumnsParameter] = chosen
}

// isFiltered reports whether the list leaves rows out.
func (l List) isFiltered() bool {
	return len(l.Filter) > 1 || len(l.Filter) == 1 && !l.Filter.Has(wire.ColumnsParameter)
}

// unfiltered returns the address of the whole list with the same columns.
func (l List) unfiltered(s Shell, section string) string {
	return s.Of(section) + question(url.Values{wire.ColumnsParameter: l.Filter[wire.ColumnsParameter]})
}

// columnTitle returns the heading of a column.
func (s Shell) columnTitle(name string) string {
	switch name {
	case "who":
		return s.T("who")
	case "what":
		return s.T("what")
	case "marks":
		return s.T("marks")
	case "result":
		return s.T("result")
	case "attempts":
		return s.T("attempts")
	case "cameFrom":
		return s.T("source")
	case "kind":
		return s.T("kind_label")
	case "state":
		return s.T("state_label")
	case "integration":
		return s.T("integration")
	}
	return s.Code("column", name)
}

// callText returns the text of a column that has no look of its own.
func (s Shell) callText(c conversionview.ConversionView, name string) string {
	switch name {
	case "called":
		return c.TrackingNumber
	case "email":
		return c.Email
	case "form":
		return c.Form
	case "external_id":
		return c.ExternalID
	}
	if c.Traffic == nil {
		return ""
	}
	return map[string]string{
		"channel": s.codeIfSet("channel", c.Traffic.Channel), "campaign": c.Traffic.Campaign, "term": c.Traffic.Term, "landing_page": c.Traffic.LandingPage,
	}[name]
}
