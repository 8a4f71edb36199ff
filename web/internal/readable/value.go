package readable

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
	"ringback/internal/texts"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/web/internal/problem"
)

// reading is the reading of one body.
type reading struct {
	registry huma.Registry
	zone     *time.Location
	cut      []string // the fields whose texts are cut
	leftOut  []fault.Field
}

func (r *reading) leaveOut(path string, expected fault.Expectation) {
	r.leftOut = append(r.leftOut, fault.Field{Path: problem.Short(path), Expected: expected})
}

// value returns a value as its schema wants it, and false if nothing can be read. Null
// is nothing, and not worth to be mentioned.
func (r *reading) value(s *huma.Schema, path string, given any) (any, bool) {
	for s.Ref != "" {
		s = r.registry.SchemaFromRef(s.Ref)
	}
	if given == nil {
		return nil, false
	}
	switch s.Type {
	case huma.TypeObject:
		return r.object(s, path, given)
	case huma.TypeArray:
		return r.list(s, path, given)
	default:
		return r.single(s, path, given)
	}
}

func (r *reading) object(s *huma.Schema, path string, given any) (any, bool) {
	object, is := given.(map[string]any)
	if !is {
		r.leaveOut(path, fault.Expect("type_object"))
		return nil, false
	}
	kept := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		within, entry := name, s.Properties[name]
		if path != "" {
			within = path + "." + name
		}
		if entry == nil {
			entry, _ = s.AdditionalProperties.(*huma.Schema)
		}
		if entry == nil {
			r.leaveOut(within, fault.Expect("no_such_field"))
			continue
		}
		value, read := r.value(entry, within, object[name])
		switch {
		case !read:
		case s.MaxProperties != nil && len(kept) >= *s.MaxProperties:
			r.leaveOut(within, fault.Expect("properties_at_most").With("Limit", strconv.Itoa(*s.MaxProperties)))
		default:
			kept[withoutZero(name)] = value
		}
	}
	return kept, true
}

// list reads a list, or a single value as a list of it.
func (r *reading) list(s *huma.Schema, path string, given any) (any, bool) {
	items, is := given.([]any)
	if !is {
		items = []any{given}
	}
	if s.Items.Type == huma.TypeString {
		items = labelled(items)
	}
	kept := []any{}
	for i, item := range items {
		within := path + "[" + strconv.Itoa(i) + "]"
		value, read := r.value(s.Items, within, item)
		switch {
		case !read:
		case s.MaxItems != nil && len(kept) >= *s.MaxItems:
			r.leaveOut(within, fault.Expect("items_at_most").With("Limit", strconv.Itoa(*s.MaxItems)))
		default:
			kept = append(kept, value)
		}
	}
	return kept, true
}

// labelled returns items with the labels of those that are objects or JSON in a text, as
// some programs write tags.
func labelled(items []any) []any {
	var all []any
	for _, item := range items {
		text, _ := item.(string)
		_, isObject := item.(map[string]any)
		labels := lenient.Labels(item, "")
		if !isObject && !(strings.HasPrefix(text, "[") && json.Valid([]byte(text))) || len(labels) == 0 {
			all = append(all, item)
			continue
		}
		for _, label := range labels {
			all = append(all, label)
		}
	}
	return all
}

// single reads a text, a number or a boolean.
func (r *reading) single(s *huma.Schema, path string, given any) (any, bool) {
	value := given
	switch {
	case s.Format == "date-time":
		value = r.time(given)
	case s.Type == huma.TypeString:
		value = r.text(s, path, given)
	case s.Type == huma.TypeInteger, s.Type == huma.TypeNumber:
		value = number(given)
	}
	if wrong := problem.OfSchema(r.registry, s, value); wrong != nil {
		r.leaveOut(path, *wrong)
		return nil, false
	}
	return value, true
}

// time returns a time in the form that the schema wants, or the value as it is if it is
// no time.
func (r *reading) time(given any) any {
	if at, read := lenient.ParseTime(lenient.Text(textOf(given)), r.zone); read {
		return at.Format(time.RFC3339Nano)
	}
	return given
}

// text returns a text. One that people write is cut to the length that it may have, and
// is a list's items if it is a list.
func (r *reading) text(s *huma.Schema, path string, given any) any {
	written := r.isWritten(path)
	if _, is := given.(bool); is && !written { // programs send false for an id that they do not have
		return given
	}
	if list, is := given.([]any); is && written {
		items := make([]string, 0, len(list))
		for _, item := range list {
			items = append(items, textOf(item))
		}
		given = strings.Join(items, ", ")
	}
	text := choice(s, withoutZero(textOf(given)))
	if _, is := given.(string); !is && text == "" {
		return given
	}
	if s.MaxLength != nil && written && texts.First(text, *s.MaxLength) != text {
		r.leaveOut(path, fault.Expect("length_at_most").With("Limit", strconv.Itoa(*s.MaxLength)))
		text = texts.First(text, *s.MaxLength)
	}
	return text
}

// choice returns the choice of a schema that a text is in upper or lower case, or for how a
// call ended, in the words of phone systems. It is the text if it is none.
func choice(s *huma.Schema, text string) string {
	meant := string(sources.OutcomeOf(text))
	for _, word := range []string{text, meant} {
		for _, known := range s.Enum {
			if known, is := known.(string); is && strings.EqualFold(known, strings.TrimSpace(word)) {
				return known
			}
		}
	}
	return text
}

// isWritten reports whether the texts of a field are those that people write.
func (r *reading) isWritten(path string) bool {
	name, _, _ := strings.Cut(path, ".")
	return slices.Contains(r.cut, name)
}

// textOf returns a text, or a number or boolean as JSON has it. It is empty for anything
// else.
func textOf(given any) string {
	switch given := given.(type) {
	case string:
		return given
	case json.Number:
		return given.String()
	case bool:
		return strconv.FormatBool(given)
	default:
		return ""
	}
}

// number returns a number without the part after the point, or the value as it is if it
// is no number. The numbers of reports are whole, and lengths in seconds, which may be
// written in all ways that sources read.
func number(given any) any {
	text := textOf(given)
	if n, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
		return math.Trunc(n)
	}
	if seconds := lenient.Text(text).Seconds(); seconds != nil {
		return *seconds
	}
	return given
}

// withoutZero leaves out U+0000, which PostgreSQL cannot store in a text.
func withoutZero(text string) string { return strings.ReplaceAll(text, "\x00", "") }
