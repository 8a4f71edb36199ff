package pages

import (
	"net/url"
	"slices"
	"strings"

	"ringback/web/internal/conversionview"
	"ringback/web/internal/wire"
)

// Visits is the content of the list of visits.
type Visits struct {
	List
	Items []VisitItem
}

// VisitItem is a visit, with what it led to.
type VisitItem struct {
	conversionview.SessionView
	Numbers     int
	Conversions []VisitConversions
}

// VisitConversions are the calls or the leads of a visit.
type VisitConversions struct {
	Kind     string
	Count    int
	NewestID string `json:"newest_id"`
}

// Visit is the content of the page of a visit.
type Visit struct {
	VisitItem
	Views                  []PageView
	Results                []conversionview.ConversionView
	MoreViews, MoreResults string // the cursor of those that the page does not show; empty if it shows all
}

// visitFields are the parameters that the form of the filter shows.
var visitFields = []string{"day_from", "day_to", "channel", "source", "medium", "campaign"}

// place returns the city, the region and the country of a visit, as far as they are known.
func place(t *wire.TrafficBody) string {
	if t == nil {
		return ""
	}
	parts := []string{}
	for _, part := range []string{t.City, t.Region, t.Country} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// hasPlaces reports whether the place of one of the visits is known.
func (d Visits) hasPlaces() bool {
	return slices.ContainsFunc(d.Items, func(v VisitItem) bool { return place(v.Traffic) != "" })
}

// shortAddress returns the host and the path of the address of a page.
func shortAddress(address string) string {
	address, _, _ = strings.Cut(address, "?")
	if _, rest, found := strings.Cut(address, "://"); found {
		return rest
	}
	return address
}

// countOf returns how many calls or leads there are, in words.
func (s Shell) countOf(v VisitConversions) string {
	if v.Kind == "call" {
		return s.Plural("count_call", v.Count)
	}
	return s.Plural("count_lead", v.Count)
}

// numberShown returns whether a visit was shown a number of a pool, and how many.
func (s Shell) numberShown(numbers int) string {
	if numbers > 1 {
		return s.Number(int64(numbers))
	}
	return s.YesNo(new(numbers == 1))
}

// visitAddress returns the address of the page of a visit.
func (s Shell) visitAddress(id string) string { return s.Of("visits") + "/" + id }

// address returns where the calls or the leads of a visit are: the page of the only one, or
// the list of them.
func (v VisitConversions) address(s Shell, visit string) string {
	if v.Count == 1 {
		return "/conversions/" + v.NewestID
	}
	return s.resultsAddress(visit) + "&kind=" + v.Kind
}

// resultsAddress returns the address of the list of the calls and leads of a visit.
func (s Shell) resultsAddress(visit string) string {
	return s.Of("calls") + question(url.Values{"session_id": {visit}})
}

// visitTraffic returns the traffic of a visit, empty if none is known.
func visitTraffic(v conversionview.SessionView) wire.TrafficBody {
	if v.Traffic == nil {
		return wire.TrafficBody{}
	}
	return *v.Traffic
}
