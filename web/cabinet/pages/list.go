package pages

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"ringback/web/internal/conversionview"
	"ringback/web/internal/wire"
)

// List is what every page with a list has: its filter, and where its next page is.
type List struct {
	Filter  url.Values // the parameters that are set
	Next    string     // the cursor of the next page; empty on the last one
	IsFirst bool
	Problem *Problem
	Today   string      // in the time zone of the site
	Month   string      // the day 29 days before it
	Saved   []SavedView // those of the user
	MaySave bool        // a user is signed in, and not a token
	API     string      // the address of the list in the API

	Columns    []string // those that are shown, as codes
	AllColumns []string // those that can be chosen
}

// SavedView is a filter that a user keeps.
type SavedView struct {
	ID, List, Name, Query string
	Unreadable            string // what the list cannot read of the filter; empty if it can be read
}

// views returns the ready views of a list and those that the user keeps for it.
func (l List) views(s Shell, section, group string, ready []view) (all []view) {
	for _, v := range ready {
		v.Label = s.Code(group, v.Name)
		all = append(all, v)
	}
	for _, kept := range l.Saved {
		if filter, err := url.ParseQuery(kept.Query); err == nil && kept.List == section && kept.Unreadable == "" {
			all = append(all, view{Name: kept.ID, Filter: filter, Label: kept.Name})
		}
	}
	return all
}

// unreadable returns the views of a list that it cannot read any more.
func (l List) unreadable(section string) []SavedView {
	return slices.DeleteFunc(slices.Clone(l.Saved), func(kept SavedView) bool { return kept.List != section || kept.Unreadable == "" })
}

// shown returns the view that the page shows, nil if it has a filter of its own.
func (l List) shown(all []view) *view {
	for i := range all {
		if all[i].isShown(l.Filter) {
			return &all[i]
		}
	}
	return nil
}

// toSave returns the filter without whom somebody searches for, as the API keeps it.
func (l List) toSave() string {
	kept := maps.Clone(l.Filter)
	kept.Del("search")
	kept.Del("person")
	return kept.Encode()
}

// apiAddress returns the address of the list in the API, with the filter.
func (l List) apiAddress() string {
	query := l.API
	if strings.Contains(query, "?") {
		return query + "&limit=200"
	}
	return query + "?limit=200"
}

// Calls is the content of the list of calls and leads.
type Calls struct {
	List
	Items        []conversionview.ConversionView
	Integrations []Site // to choose from; id and name
}

// Deliveries is the content of the list of deliveries.
type Deliveries struct {
	List
	Items        []conversionview.DeliveryView
	Integrations []Site
}

// Attempts is the content of the list of the attempts of a delivery, the last one first.
type Attempts struct {
	List
	Delivery conversionview.DeliveryView
	Items    []conversionview.AttemptView
}

// attemptsOf returns the page of the attempts of a delivery, as a section of the site.
func attemptsOf(d conversionview.DeliveryView) string { return "deliveries/" + d.ID + "/attempts" }

// chip is a filter that is set, and the address without it.
type chip struct{ Name, Value, Without string }

// chips returns the filters that are set, but for those that the form shows.
func (l List) chips(s Shell, section string, inForm ...string) (all []chip) {
	for _, name := range sortedNames(l.Filter) {
		if slices.Contains(inForm, name) || name == wire.ColumnsParameter {
			continue
		}
		all = append(all, chip{s.Code("filter", name), s.filterValue(name, l.Filter.Get(name)), s.with(section, l.Filter, name, "")})
	}
	return all
}

func sortedNames(v url.Values) (names []string) {
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s Shell) filterValue(name, value string) string {
	switch name {
	case "counted_in":
		return s.Code("counted_in", value)
	case "only":
		return s.Code("call_view", value)
	}
	return s.keyValue(name, value)
}

// with returns the address of a section with one parameter changed, or left out if the
// value is empty.
func (s Shell) with(section string, filter url.Values, name, value string) string {
	changed := url.Values{}
	for other, values := range filter {
		if other != name && len(values) > 0 {
			changed[other] = values
		}
	}
	if value != "" {
		changed.Set(name, value)
	}
	if len(changed) == 0 {
		return s.Of(section)
	}
	return s.Of(section) + "?" + changed.Encode()
}

// hidden returns the filters that the form does not show, which it must keep.
func (l List) hidden(inForm ...string) (names []string) {
	for _, name := range sortedNames(l.Filter) {
		if !slices.Contains(inForm, name) && name != wire.ColumnsParameter {
			names = append(names, name)
		}
	}
	return names
}

// view is a list with a filter that has a name.
type view struct {
	Name   string
	Filter url.Values
	Label  string
}

// isSaved reports whether a user keeps the view.
func (v view) isSaved() bool { return strings.HasPrefix(v.Name, "vew_") }

// address returns where a view of a section is.
func (v view) address(s Shell, section string) string {
	if len(v.Filter) == 0 {
		return s.Of(section)
	}
	return s.Of(section) + "?" + v.Filter.Encode()
}

// isShown reports whether a view is what the page shows.
func (v view) isShown(filter url.Values) bool { return v.Filter.Encode() == filter.Encode() }

// callViews returns the views of calls and leads that are ready to be used.
func (d Calls) callViews() []view {
	return []view{
		{Name: "all"},
		{Name: "missed_today", Filter: url.Values{"counted_in": {"missed"}, "day_from": {d.Today}, "day_to": {d.Today}}},
		{Name: "failed", Filter: url.Values{"counted_in": {"failed"}}},
		{Name: "sent_nowhere", Filter: url.Values{"only": {"sent_nowhere"}, "day_from": {d.Month}, "day_to": {d.Today}}},
		{Name: "without_visit", Filter: url.Values{"only": {"without_visit"}}},
		{Name: "late_tags", Filter: url.Values{"only": {"late_tags"}}},
		{Name: "waiting", Filter: url.Values{"state": {"waiting"}}},
		{Name: "leads", Filter: url.Values{"kind": {"lead"}}},
	}
}

// deliveryViews are those of deliveries.
var deliveryViews = []view{
	{Name: "all"},
	{Name: "failed", Filter: url.Values{"state": {"failed"}, "resent": {"false"}}},
	{Name: "retrying", Filter: url.Values{"state": {"retrying"}}},
	{Name: "delivered", Filter: url.Values{"state": {"delivered"}}},
}

// The parameters that the forms of the filters show.
var (
	callFields     = []string{"search", "kind", "state", "tag", "channel", "integration_id", "day_from", "day_to"}
	deliveryFields = []string{"state", "integration_id", "resent"}
	channelCodes   = []string{"paid_search", "paid_social", "display", "organic_search", "organic_social", "email", "referral", "affiliate", "sms", "direct", "other"}
)

// who returns a caller or the sender of a form.
func (s Shell) who(c conversionview.ConversionView) string {
	switch {
	case c.Anonymous:
		return s.T("withheld")
	case c.Name != "" && c.Phone != "":
		return c.Name + ", " + c.Phone
	case c.Phone != "":
		return c.Phone
	case c.Email != "":
		return c.Email
	default:
		return s.Or(c.Name, "not_known")
	}
}

// what returns what happened: the outcome of a call with its length, or the form of a lead.
func (s Shell) what(c conversionview.ConversionView) string {
	if c.Kind != "call" {
		return s.Or(c.Form, "form_sent")
	}
	parts := []string{}
	if c.Outcome != "" {
		parts = append(parts, s.Code("outcome", c.Outcome))
	} else if c.EndedAt == nil {
		parts = append(parts, s.T("in_progress"))
	}
	if c.TalkSeconds != nil && *c.TalkSeconds > 0 {
		parts = append(parts, s.Seconds(*c.TalkSeconds))
	}
	return strings.Join(parts, ", ")
}

// cameFrom returns source, medium and campaign, or the channel, as far as they are known.
func (s Shell) cameFrom(c conversionview.ConversionView) string {
	if c.Traffic == nil {
		return "–"
	}
	if c.Traffic.Source == "" && c.Traffic.Channel != "" {
		return s.Code("channel", c.Traffic.Channel)
	}
	return s.trafficSource(c.Traffic.Source, c.Traffic.Medium, c.Traffic.Campaign)
}

// nameOf returns the name of an integration.
func nameOf(all []Site, id string) string {
	for _, i := range all {
		if i.ID == id {
			return i.Name
		}
	}
	return id
}

// question returns a filter as the query of an address, empty if nothing is filtered.
func question(filter url.Values) string {
	query := filter.Encode()
	if query == "" {
		return ""
	}
	return "?" + query
}
