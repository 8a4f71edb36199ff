package mapped

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/internal/unread"
	"ringback/phone"
	"ringback/sources"
	"ringback/sources/lenient"
)

// evaluation reads one message.
type evaluation struct {
	mapping    Mapping
	message    map[string]any
	zone       *time.Location
	region     string
	receivedAt time.Time

	looked map[string]*sources.FoundField
}

// found returns what was found for the fields that were read, in the order of their
// names.
func (e *evaluation) found() []sources.FoundField {
	var all []sources.FoundField
	for _, name := range slices.Sorted(maps.Keys(e.looked)) {
		all = append(all, *e.looked[name])
	}
	return all
}

// refuse records why the value of a field is left out, and returns it as an error.
func (e *evaluation) refuse(f *sources.FoundField, code unread.Code, example string) error {
	field := cmp.Or(f.Path, e.mapping.Fields[f.Name].where(), f.Name)
	reason := unread.Expecting(code, field, example)
	f.Reason = &reason.Reason
	return reason
}

// text returns the text of a field, cut to so many characters.
func (e *evaluation) text(name string, characters int) string {
	return texts.First(texts.Clean(e.look(name).Value), characters)
}

// choice returns the value of a field that has some values only, empty if there is none.
func (e *evaluation) choice(name string, code unread.Code) (string, error) {
	f := e.look(name)
	for _, value := range choices[name] {
		if strings.EqualFold(value, f.Value) {
			return value, nil
		}
	}
	if f.Value == "" {
		return "", nil
	}
	return "", e.refuse(f, code, strings.Join(choices[name], ", "))
}

// moment returns the time of a field, or nil if there is none.
func (e *evaluation) moment(name string) (*time.Time, error) {
	f, field := e.look(name), e.mapping.Fields[name]
	if f.Value == "" {
		return nil, nil
	}
	zone := e.zone
	if own, err := time.LoadLocation(field.Zone); err == nil && field.Zone != "" {
		zone = own
	}
	at, ok := parseMoment(f.Value, field.Format, zone)
	switch {
	case !ok:
		return nil, e.refuse(f, unread.BadTime, exampleOf(field.Format))
	case !limits.IsPlausible(at, e.receivedAt):
		return nil, e.refuse(f, unread.OutOfRange, exampleOf(field.Format))
	}
	return &at, nil
}

func parseMoment(text, format string, zone *time.Location) (time.Time, bool) {
	layout, err := layoutOf(format)
	if err != nil || layout == "" { // it was checked when it was set
		return lenient.ParseTime(lenient.Text(text), zone)
	}
	at, err := time.ParseInLocation(layout, text, cmp.Or(zone, time.UTC))
	if err != nil { // +0300 as well as +03:00
		at, err = time.ParseInLocation(strings.Replace(layout, "Z07:00", "Z0700", 1), text, cmp.Or(zone, time.UTC))
	}
	if err != nil { // the package reads "PM" and not "pm"
		at, err = time.ParseInLocation(layout, strings.ToUpper(text), cmp.Or(zone, time.UTC))
	}
	return at, err == nil
}

// duration returns the duration of a field, or nil if there is none or it cannot be read.
func (e *evaluation) duration(name string) *time.Duration {
	f := e.look(name)
	if f.Value == "" {
		return nil
	}
	d, ok := parseDuration(f.Value, e.mapping.Fields[name].Unit)
	if !ok {
		_ = e.refuse(f, unread.BadDuration, "95") // the message counts without it
		return nil
	}
	return &d
}

// phone returns the phone number of a field. One that cannot be read is unknown. A word
// for no value, such as "undefined", is that of a caller whose number is not known.
func (e *evaluation) phone(name string) phone.Number {
	f := e.look(name)
	if f.Value == "" {
		return phone.Number{Anonymous: f.Path != "" && f.Reason.Code == unread.Missing}
	}
	n, err := phone.Normalize(f.Value, e.region)
	if err != nil && len(texts.Digits(f.Value)) >= shortestInternational { // some write the country code without the plus
		n, err = phone.Normalize("+"+f.Value, e.region)
	}
	if err != nil {
		_ = e.refuse(f, unread.BadNumber, "+12025550123") // the message counts without it
		return phone.Number{}
	}
	return n
}

// shortestInternational is the least number of digits that is taken for a number with
// its country code. Shorter ones may lack it.
const shortestInternational = 11

// group returns the fields whose names begin with this and a point, by the rest of their
// names, or nil if there are none. Values are cut to so many characters.
func (e *evaluation) group(name string, characters int) map[string]string {
	var all map[string]string
	for field := range e.mapping.Fields {
		key, is := strings.CutPrefix(field, name+".")
		if !is {
			continue
		}
		if value := e.text(field, characters); value != "" {
			if all == nil {
				all = map[string]string{}
			}
			all[key] = value
		}
	}
	return all
}

// tags returns the labels of a list, of a text with separators, or of both.
func (e *evaluation) tags() []string {
	field, mapped := e.mapping.Fields["tags"]
	if !mapped {
		return nil
	}
	f, separator := e.look("tags"), field.Separator
	var all []string
	for _, text := range field.From {
		for _, value := range e.selectAt(text) {
			all = append(all, labelsOf(value, separator)...)
		}
		if len(all) > 0 {
			f.Path = text
			break
		}
	}
	if len(all) == 0 {
		all = labelsOf(field.Constant, separator)
	}
	var kept []string
	for _, tag := range all {
		tag = texts.First(texts.Clean(field.inTable(tag)), limits.Tag)
		if tag != "" && !slices.Contains(kept, tag) && len(kept) < limits.Tags {
			kept = append(kept, tag)
		}
	}
	if f.Value = strings.Join(kept, ", "); len(kept) > 0 {
		f.Reason = nil
	}
	return kept
}

// labelsOf returns the labels in a value. Texts within a list have commas too, if the
// mapping has no other separator.
func labelsOf(value any, separator string) []string {
	if _, isList := value.([]any); isList {
		separator = cmp.Or(separator, ",")
	}
	return lenient.Labels(value, separator)
}
