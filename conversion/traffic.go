package conversion

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// ClickIDField is the one field that holds names instead of a text: those of the
// click ids that came with the visit.
const ClickIDField = "click_id"

// TrafficField is one field that traffic conditions know (requirement R7).
type TrafficField struct {
	Name    string
	Meaning string
	ref     func(*Traffic) *string // nil: the names of the click ids
}

// TrafficFields are the fields of traffic conditions, in the order in which
// owners meet them.
var TrafficFields = []TrafficField{
	{"source", "where the visit came from: google, newsletter", func(t *Traffic) *string { return &t.Source }},
	{"medium", "the kind of traffic: cpc, organic, email", func(t *Traffic) *string { return &t.Medium }},
	{"campaign", "the campaign's name", func(t *Traffic) *string { return &t.Campaign }},
	{"content", "which ad or link of the campaign", func(t *Traffic) *string { return &t.Content }},
	{"term", "the keyword", func(t *Traffic) *string { return &t.Term }},
	{"referrer", "the address of the page that led here", func(t *Traffic) *string { return &t.Referrer }},
	{"landing_page", "the address of the visit's first page", func(t *Traffic) *string { return &t.LandingPage }},
	{"page_url", "the address of the page of the conversion", func(t *Traffic) *string { return &t.PageURL }},
	{"city", "the visitor's city", func(t *Traffic) *string { return &t.City }},
	{"region", "the visitor's region", func(t *Traffic) *string { return &t.Region }},
	{"country", "the visitor's country", func(t *Traffic) *string { return &t.Country }},
	{"device", "the kind of device: desktop, mobile, tablet", func(t *Traffic) *string { return &t.Device }},
	{"channel", "the kind of advertising or link: paid_search, email, direct", func(t *Traffic) *string { return &t.Channel }},
	{ClickIDField, "the names of the click ids that came with the visit: gclid, yclid", nil},
}

// trafficField finds a field by name.
func trafficField(name string) (TrafficField, bool) {
	i := slices.IndexFunc(TrafficFields, func(f TrafficField) bool { return f.Name == name })
	if i < 0 {
		return TrafficField{}, false
	}
	return TrafficFields[i], true
}

// values returns what normalised traffic holds in the field: one text, or the
// sorted names of the click ids. An empty field holds one empty text.
func (f TrafficField) values(t Traffic) []string {
	if f.ref != nil {
		return []string{*f.ref(&t)}
	}
	if len(t.ClickIDs) == 0 {
		return []string{""}
	}
	return slices.Sorted(maps.Keys(t.ClickIDs))
}

// Normalized returns the traffic with the texts trimmed and those that stand for
// nothing empty; click ids without a value are left out.
func (t Traffic) Normalized() Traffic {
	for _, f := range TrafficFields {
		if f.ref != nil {
			text := f.ref(&t)
			*text = knownText(*text)
		}
	}
	ids := make(map[string]string, len(t.ClickIDs))
	for name, id := range t.ClickIDs {
		if id = knownText(id); id != "" {
			ids[name] = id
		}
	}
	t.ClickIDs = nil
	if len(ids) > 0 {
		t.ClickIDs = ids
	}
	return t
}

// filledFrom returns the traffic with what it lacks taken from another report,
// click ids by their names. Both are normalised.
func (t Traffic) filledFrom(other Traffic) Traffic {
	for _, f := range TrafficFields {
		if f.ref != nil {
			known := f.ref(&t)
			*known = cmp.Or(*known, *f.ref(&other))
		}
	}
	if len(other.ClickIDs) > 0 {
		ids := maps.Clone(other.ClickIDs)
		maps.Copy(ids, t.ClickIDs)
		t.ClickIDs = ids
	}
	return t
}

// says tells traffic that was reported, be it direct, from an empty object. A
// channel alone is no report: it sums up what the other fields say.
func (t *Traffic) says() bool {
	if t == nil {
		return false
	}
	reported := *t
	reported.Channel = ""
	return len(t.ClickIDs) > 0 || slices.ContainsFunc(TrafficFields, func(f TrafficField) bool {
		return f.ref != nil && *f.ref(&reported) != ""
	})
}

// knownText trims a text, and empties those that analytics tools write for
// nothing (facts on Calltouch, section 2.2).
func knownText(s string) string {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "(direct)", "(none)", "(not set)":
		return ""
	}
	return s
}
