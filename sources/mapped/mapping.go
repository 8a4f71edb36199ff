package mapped

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
)

// Mapping is where a provider's messages hold what Ringback reads.
type Mapping struct {
	// Fields is where each of Ringback's fields is, by the name of the field. kind and id
	// are required.
	Fields map[string]Field `json:"fields"`
}

// Field is where a message holds one of Ringback's fields.
type Field struct {
	From     []string `json:"from,omitempty"`     // JSONPath (RFC 9535); of several, the first that has a value counts
	Constant string   `json:"constant,omitempty"` // the value if no path has one
	// Values is what the provider's values mean. Letters may be upper or lower case. "*"
	// stands for all others. A value that becomes empty counts as none.
	Values map[string]string `json:"values,omitempty"`
	// Unit is the unit of a duration: seconds, milliseconds or minutes. Empty means
	// seconds. Durations such as 1:35 need none.
	Unit string `json:"unit,omitempty"`
	// Format is the format of a time, of YYYY, YY, MM, MMM, DD, HH, hh, AM, mm, ss, SSS, Z
	// and what stands between. Empty means seconds or milliseconds since 1970, or one of
	// the usual notations that begin with the year.
	Format    string `json:"format,omitempty"`
	Zone      string `json:"zone,omitempty"`      // of a time without one; empty means the option time_zone
	Separator string `json:"separator,omitempty"` // of tags in a text; empty means a comma
}

// The bounds of a mapping.
const (
	LargestMapping = 32 << 10 // bytes of its JSON
	mostFields     = 100
	mostPaths      = 10 // of one field
	mostTableRows  = 100
	longestValue   = 200 // characters of a constant or of what a table has
)

// valueType is what the values of a field are.
type valueType int

const (
	plainText valueType = iota + 1
	number              // a phone number
	moment              // a time
	duration
	choice // one of some values
	labels // tags
	object // an object whose values are read by their names
)

// fieldTypes lists the fields without a point in their names.
var fieldTypes = map[string]valueType{
	"kind": choice, "id": plainText, "direction": choice,
	"started_at": moment, "answered_at": moment, "ended_at": moment, "outcome": choice,
	"talk_seconds": duration, "wait_seconds": duration, "total_seconds": duration,
	"caller": number, "caller_name": plainText, "tracking_number": number, "extension": plainText,
	"session_id": plainText, "tags": labels,
	"at": moment, "name": plainText, "phone": number, "email": plainText, "form": plainText, "page_url": plainText, "fields": object,
}

// trafficFields lists the fields of a visit's origin.
var trafficFields = []string{
	"source", "medium", "campaign", "content", "term", "referrer", "landing_page", "page_url", "city", "region", "country", "device",
}

// groups lists the fields of which there are several, by what stands before the point.
var groups = []string{"visitor_ids", "click_ids", "traffic", "fields"}

var groupKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// systemName is what the API takes as the name of a system of visitor ids.
var systemName = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// The kinds of messages.
const (
	kindStart  = "start"
	kindAnswer = "answer"
	kindEnd    = "end"
	kindLate   = "late"
	kindLead   = "lead"
	kindIgnore = "ignore"
)

// The values of the field direction.
const (
	inbound  = "inbound"
	outbound = "outbound"
)

// choices lists the values of the fields that have some values only.
var choices = map[string][]string{
	"kind":      {kindStart, kindAnswer, kindEnd, kindLate, kindLead, kindIgnore},
	"direction": {inbound, outbound},
	"outcome":   outcomes(),
}

func outcomes() []string {
	var all []string
	for _, o := range conversion.Outcomes() {
		all = append(all, string(o))
	}
	return all
}

// typeOf returns the type of the values of a field, or false if there is no such field.
func typeOf(name string) (valueType, bool) {
	if t, ok := fieldTypes[name]; ok {
		return t, true
	}
	group, key, _ := strings.Cut(name, ".")
	if group == "visitor_ids" && !systemName.MatchString(key) {
		return 0, false
	}
	if !slices.Contains(groups, group) || !groupKey.MatchString(key) || group == "traffic" && !slices.Contains(trafficFields, key) {
		return 0, false
	}
	return plainText, true
}

// errMapping is the error of a text that is no mapping, or too long to be one.
var errMapping = errors.New("the mapping is no JSON object with fields, or larger than a mapping may be")

// ReadMapping reads a mapping from JSON. It does not check its fields.
func ReadMapping(text string) (Mapping, error) {
	if len(text) > LargestMapping {
		return Mapping{}, errMapping
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var m Mapping
	if decoder.Decode(&m) != nil || decoder.More() {
		return Mapping{}, errMapping
	}
	return m, nil
}

// String returns the mapping as JSON.
func (m Mapping) String() string {
	text, err := json.Marshal(m)
	if err != nil { // texts, lists and maps of texts always encode
		panic(err)
	}
	return string(text)
}

// Check returns what is wrong with the mapping.
func (m Mapping) Check() []fault.Field {
	if len(m.Fields) > mostFields || len(m.String()) > LargestMapping {
		return []fault.Field{{Path: "fields", Expected: fault.Expect("mapped_fields_at_most").Counting(mostFields)}}
	}
	var wrong []fault.Field
	for _, required := range []string{"kind", "id"} {
		if f := m.Fields[required]; len(f.From) == 0 && f.Constant == "" {
			wrong = append(wrong, fault.Field{Path: "fields." + required, Expected: fault.Expect("path_or_constant")})
		}
	}
	searches := 0
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		field := m.Fields[name]
		for _, problem := range field.check(name) {
			wrong = append(wrong, fault.Field{Path: "fields." + name + problem.Path, Expected: problem.Expected})
		}
		for _, text := range field.From {
			if p, err := compile(text); err == nil && p.searches() {
				searches++
			}
		}
	}
	if searches > mostSearches {
		wrong = append(wrong, fault.Field{Path: "fields", Expected: fault.Expect("searching_paths_at_most").Counting(mostSearches)})
	}
	return wrong
}

// check returns what is wrong with a field of this name, with paths below it.
func (f Field) check(name string) []fault.Field {
	kind, ok := typeOf(name)
	if !ok {
		return []fault.Field{{Expected: fault.Expect("mapped_field").With("Choices", title(FieldNames()))}}
	}
	var wrong []fault.Field
	add := func(isWrong bool, path string, expected fault.Expectation) {
		if isWrong {
			wrong = append(wrong, fault.Field{Path: path, Expected: expected})
		}
	}
	add(len(f.From) > mostPaths, ".from", fault.Expect("paths_at_most").Counting(mostPaths))
	for i, text := range f.From {
		_, err := compile(text)
		add(err != nil, fmt.Sprintf(".from[%d]", i), fault.Expect("json_path").Counting(longestPath))
	}
	add(f.Unit != "" && !slices.Contains(Units(), f.Unit), ".unit", fault.OneOf(Units()))
	add(f.Unit != "" && kind != duration, ".unit", fault.Expect("no_unit"))
	add((f.Format != "" || f.Zone != "") && kind != moment, ".format", fault.Expect("no_time_format"))
	add(f.Separator != "" && kind != labels, ".separator", fault.Expect("no_separator"))
	_, err := layoutOf(f.Format)
	add(err != nil, ".format", fault.Expect("time_format"))
	_, err = time.LoadLocation(f.Zone)
	add(err != nil, ".zone", fault.Expect("time_zone"))
	return append(wrong, f.checkValues(choices[name])...)
}

// checkValues checks the constant and the table of values. Allowed is nil if any value
// is.
func (f Field) checkValues(allowed []string) []fault.Field {
	if len(f.Values) > mostTableRows {
		return []fault.Field{{Path: ".values", Expected: fault.Expect("values_at_most").Counting(mostTableRows)}}
	}
	isWrong := func(value string) bool {
		return len(value) > longestValue || value != "" && allowed != nil && !slices.Contains(allowed, value)
	}
	expected := fault.Expect("bytes_at_most").Counting(longestValue)
	if allowed != nil {
		expected = fault.OneOf(allowed)
	}
	var wrong []fault.Field
	if isWrong(f.Constant) {
		wrong = append(wrong, fault.Field{Path: ".constant", Expected: expected})
	}
	for _, given := range slices.Sorted(maps.Keys(f.Values)) {
		if isWrong(f.Values[given]) || len(given) > longestValue {
			wrong = append(wrong, fault.Field{Path: ".values", Expected: expected})
			break
		}
	}
	return wrong
}

// Units returns the units of durations.
func Units() []string { return []string{"seconds", "milliseconds", "minutes"} }

// FieldNames returns the names of all fields, with <name> for those that owners name.
func FieldNames() []string {
	names := slices.Sorted(maps.Keys(fieldTypes))
	for _, name := range trafficFields {
		names = append(names, "traffic."+name)
	}
	return append(names, "visitor_ids.<system>", "click_ids.<name>", "fields.<name>")
}
