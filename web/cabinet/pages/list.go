package pages

import (
	"net/url"
	"slices"
	"strings"

	"ringback/web/internal/conversionview"
)

// List is what every page with a list has: its filter, and where its next page is.
type List struct {
	Filter  url.Values // the parameters that are set
	Next    string     // the cursor of the next page; empty on the last one
	IsFirst bool
	Problem *Problem
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
	CanResend    bool
}

// chip is a filter that is set, and the address without it.
type chip struct{ Name, Value, Without string }

// chips returns the filters that are set, but for those that the form shows.
func (l List) chips(s Shell, section string, inForm ...string) (all []chip) {
	for _, name := range sortedNames(l.Filter) {
		if slices.Contains(inForm, name) {
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
	if name == "counted_in" {
		return s.Code("counted_in", value)
	}
	return s.keyValue(name, value)
}

// with returns the address of a section with one parameter changed, or left out if the
// value is empty.
func (s Shell) with(section string, filter url.Values, name, value string) string {
	changed := url.Values{}
	for other, values := range filter {
		if other != name && len(values) > 0 {
			changed.Set(other, values[0])
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
		if !slices.Contains(inForm, name) {
			names = append(names, name)
		}
	}
	return names
}

// view is a list with a filter that has a name.
type view struct {
	Name   string
	Filter url.Values
}

// address returns where a view of a section is.
func (v view) address(s Shell, section string) string {
	if len(v.Filter) == 0 {
		return s.Of(section)
	}
	return s.Of(section) + "?" + v.Filter.Encode()
}

// isShown reports whether a view is what the page shows.
func (v view) isShown(filter url.Values) bool { return v.Filter.Encode() == filter.Encode() }

// The views of calls and leads, and of deliveries, that are ready to be used.
var (
	callViews = []view{
		{"all", nil},
		{"missed", url.Values{"counted_in": {"missed"}}},
		{"waiting", url.Values{"state": {"waiting"}}},
		{"without_visit", url.Values{"no_visit": {"nobody_held"}}},
		{"leads", url.Values{"kind": {"lead"}}},
	}
	deliveryViews = []view{
		{"all", nil},
		{"failed", url.Values{"state": {"failed"}, "resent": {"false"}}},
		{"retrying", url.Values{"state": {"retrying"}}},
		{"delivered", url.Values{"state": {"delivered"}}},
	}
)

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
	return s.trafficSource(c.Traffic)
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
