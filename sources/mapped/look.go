package mapped

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ringback/internal/limits"
	"ringback/internal/placeholder"
	"ringback/internal/texts"
	"ringback/internal/unread"
	"ringback/sources"
)

// look returns what the mapping finds for a field. It is empty if the field is not
// mapped. A text that stands for no value counts only if no path has another one.
func (e *evaluation) look(name string) *sources.FoundField {
	field, mapped := e.mapping.Fields[name]
	if !mapped {
		return &sources.FoundField{Name: name}
	}
	if e.looked == nil {
		e.looked = map[string]*sources.FoundField{}
	}
	f := &sources.FoundField{Name: name, Value: field.Constant}
	e.looked[name] = f
	path, value, found := e.valueOf(name, field)
	switch {
	case found:
		f.Path, f.Value = path, texts.First(value, limits.FieldValue)
	case f.Value == "" && placeholder.IsMacro(value):
		f.Path, f.Reason = path, &unread.Defect{Code: unread.Placeholder, Field: path}
	case f.Value == "":
		f.Path = path
		f.Reason = &unread.Defect{Code: unread.Missing, Field: field.where()}
	}
	return f
}

// valueOf returns the first value of a field and its path, and reports whether there is
// one. If there is none, it returns a text that stands for no value, if there is one.
func (e *evaluation) valueOf(name string, field Field) (path, value string, found bool) {
	for _, text := range field.From {
		for _, selected := range e.selectAt(text) {
			given := textOf(selected)
			meant := field.translate(name, given)
			switch {
			case meant == "":
			case meant != given || !placeholder.Is(given):
				return text, meant, true
			case path == "":
				path, value = text, given
			}
		}
	}
	return path, value, false
}

// selectAt returns the values at a path.
func (e *evaluation) selectAt(text string) []any {
	p, err := compile(text)
	if err != nil { // it was checked when it was set
		return nil
	}
	return p.selectFrom(e.message)
}

// where returns the first path of the field.
func (f Field) where() string {
	if len(f.From) == 0 {
		return ""
	}
	return f.From[0]
}

// translate returns what a value of the field of this name means by the table of values.
// Words for a call's outcome that are not in the table mean what providers usually mean
// by them, unless the table says what all others mean.
func (f Field) translate(name, text string) string {
	if name == "outcome" && text != "" {
		return f.outcome(text)
	}
	return f.inTable(text)
}

func (f Field) outcome(text string) string {
	value := f.inTable(text)
	if slices.Contains(outcomes(), value) || f.has(text) {
		return value
	}
	return cmp.Or(string(sources.OutcomeOf(text)), value)
}

// has reports whether the table of values has a row for a text.
func (f Field) has(text string) bool {
	for given := range f.Values {
		if strings.EqualFold(strings.TrimSpace(given), text) {
			return true
		}
	}
	return false
}

// inTable returns what the table of values has for a text.
func (f Field) inTable(text string) string {
	if text == "" || len(f.Values) == 0 {
		return text
	}
	for _, given := range slices.Sorted(maps.Keys(f.Values)) {
		if strings.EqualFold(strings.TrimSpace(given), text) {
			return f.Values[given]
		}
	}
	if other, has := f.Values["*"]; has {
		return other
	}
	return text
}
