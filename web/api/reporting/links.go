package reporting

import (
	"net/url"
	"strings"

	"ringback/reports"
	"ringback/web/internal/openapi"
)

// links makes the addresses of the lists behind the figures of a row. A report of a year has
// thousands, so what those of a row have alike is written once.
type links struct {
	site   string // what the addresses begin with
	filter string // the parameters that they end with
}

// links returns the links of a row. Filter is what the row is about, by the names of the
// parameters of lists.
func (a asked) links(filter map[string]string, days reports.Period) links {
	q := url.Values{"day_from": {days.From.String()}, "day_to": {days.To.String()}}
	for name, value := range filter {
		if value == "" {
			value = reports.NotSet
		}
		q.Set(name, value)
	}
	return links{site: a.root(), filter: q.Encode()}
}

// parameter is one of those of a list.
type parameter struct{ name, value string }

// to returns the address of a list with further parameters.
func (l links) to(list string, parameters ...parameter) string {
	parts := make([]string, 0, 4+4*len(parameters))
	parts = append(parts, l.site, list, "?")
	for _, p := range parameters {
		parts = append(parts, p.name, "=", url.QueryEscape(p.value), "&")
	}
	return strings.Join(append(parts, l.filter), "")
}

// conversions returns the address of the conversions behind a figure.
func (l links) conversions(figure string) string {
	return l.to("conversions", parameter{"counted_in", figure})
}

// behind returns the beginning of the address of that which a figure of touchpoints, leads,
// opportunities or revenue counts. The filter of a row follows it.
func (a asked) behind(f reports.CreditFigure, model string) string {
	l, list := links{site: a.root()}, "opportunities"
	switch f.ID {
	case reports.Touchpoints:
		return l.to("touchpoints", parameter{"all", "true"})
	case reports.Leads, reports.AllLeads:
		list = "people"
	}
	counted := parameter{"counted_in", string(f.ID)}
	if model == "" {
		return l.to(list, counted)
	}
	return l.to(list, counted, parameter{"model", model})
}

// address returns the address of something of the site with days of the name from and to.
func (a asked) address(name string, days reports.Period) string {
	return a.root() + name + "?" + url.Values{"from": {days.From.String()}, "to": {days.To.String()}}.Encode()
}

// root returns what the addresses of a site's lists and reports begin with.
func (a asked) root() string { return openapi.Root + "/sites/" + a.site + "/" }
