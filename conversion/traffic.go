package conversion

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ringback/internal/placeholder"
)

// ClickIDField is the only field that holds names instead of a text: the names of
// the click ids that came with the visit.
const ClickIDField = "click_id"

// TrafficField is a field that traffic conditions can compare (R7).
type TrafficField struct {
	Name    string
	Meaning string
	ref     func(*Traffic) *string // nil for the names of the click ids
}

// TrafficFields are the fields of traffic conditions, in the order in which they are
// shown.
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

// trafficField returns the field of this name.
func trafficField(name string) (TrafficField, bool) {
	i := slices.IndexFunc(TrafficFields, func(f TrafficField) bool { return f.Name == name })
	if i < 0 {
		return TrafficField{}, false
	}
	return TrafficFields[i], true
}

// values returns the values of the field in normalised traffic: one text, or the
// sorted names of the click ids. For an empty field it is one empty text.
func (f TrafficField) values(t Traffic) []string {
	if f.ref != nil {
		return []string{*f.ref(&t)}
	}
	if len(t.ClickIDs) == 0 {
		return []string{""}
	}
	return slices.Sorted(maps.Keys(t.ClickIDs))
}

// Normalized returns the traffic with trimmed texts, and empty ones for those that
// stand for nothing. Click ids that identify no click are left out.
func (t Traffic) Normalized() Traffic {
	for _, f := range TrafficFields {
		if f.ref != nil {
			text := f.ref(&t)
			*text = knownText(*text)
		}
	}
	ids := make(map[string]string, len(t.ClickIDs))
	for name, id := range t.ClickIDs {
		if id = strings.TrimSpace(id); !placeholder.IsNoClickID(name, id) {
			ids[name] = id
		}
	}
	t.ClickIDs = nil
	if len(ids) > 0 {
		t.ClickIDs = ids
	}
	return t
}

// filledFrom returns the traffic with its empty fields and missing click ids filled
// in from another report. Both are normalised.
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

// isReported reports whether the traffic is more than an empty object. Direct traffic
// may be. A channel alone is not, because it only sums up the other fields.
func (t *Traffic) isReported() bool {
	if t == nil {
		return false
	}
	reported := *t
	reported.Channel = ""
	return len(t.ClickIDs) > 0 || slices.ContainsFunc(TrafficFields, func(f TrafficField) bool {
		return f.ref != nil && *f.ref(&reported) != ""
	})
}

// knownText returns the trimmed text, or an empty one for the texts that analytics tools
// and programs write for nothing (docs/facts/calltouch.md), and for macros of ad platforms.
func knownText(s string) string {
	if s = strings.TrimSpace(s); strings.EqualFold(s, "(direct)") {
		return ""
	}
	return placeholder.Without(s)
}

// judgeTraffic checks the traffic filter on the visit that attribution picked
// (R7). Without a visit every field is empty.
func judgeTraffic(rules Rules, model AttributionModel, visit *Visit) Check {
	c := Check{Code: CheckTraffic, Reason: ReasonTraffic, Notes: []Note{visitNote(model, visit)}}
	var traffic Traffic
	if visit != nil {
		traffic = visit.Traffic
	}
	if rules.Traffic == nil {
		c.Passed, c.Seen = true, trafficSeen(traffic, []string{"source", "medium", "campaign"})
		if visit == nil {
			c.Seen, c.Notes = Seen{Code: SeenNoVisit}, nil
		}
		return c.withoutReasonIfPassed()
	}
	c.Wanted.Traffic, c.Seen = rules.Traffic, trafficSeen(traffic, rules.Traffic.fields())
	c.Passed, c.Seen.Unmet = rules.Traffic.holds(traffic)
	return c.withoutReasonIfPassed()
}

// visitNote returns which visit gets the credit, and by which model.
func visitNote(model AttributionModel, v *Visit) Note {
	if v == nil {
		return Note{Code: NoteNoVisit}
	}
	if !model.Valid() {
		model = LastNonDirect
	}
	at := v.At.UTC()
	note := Note{Code: NoteVisit, At: &at, Model: model, Evidence: v.Evidence}
	if (model == LastNonDirect || model == FirstNonDirect) && v.Traffic.Direct() {
		note.Code = NoteDirectVisit
	}
	return note
}

// trafficSeen returns what these fields hold.
func trafficSeen(t Traffic, fields []string) Seen {
	seen := Seen{Code: SeenTraffic}
	for _, name := range fields {
		seen.Fields = append(seen.Fields, fieldSeen(t, name))
	}
	return seen
}

// fieldSeen returns what one field holds.
func fieldSeen(t Traffic, name string) FieldSeen {
	field, known := trafficField(name)
	if !known {
		return FieldSeen{Field: name, NoSuch: true}
	}
	values := slices.DeleteFunc(field.values(t), func(value string) bool { return value == "" })
	if len(values) == 0 {
		values = nil
	}
	return FieldSeen{Field: name, Values: values}
}

// fields returns the fields that the condition looks at, each once.
func (c Condition) fields() []string {
	if !c.isGroup() {
		return []string{c.Field}
	}
	var names []string
	for _, part := range c.Conditions {
		for _, name := range part.fields() {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
