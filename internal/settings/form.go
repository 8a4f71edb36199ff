// Package settings is what an owner fills in to connect something to a site: the
// form, what is filled in, and what is wrong with it. Destinations and sources
// describe themselves by it, and the API shows and checks it.
//
// It must not know what is connected, nor where the values are kept.
package settings

import (
	"maps"
	"slices"
	"strings"

	"ringback/internal/fault"
)

// Field describes one option or credential, for validation, masking, the API's
// documentation and forms.
type Field struct {
	Name        string
	Description string
	Required    bool
	Default     string
	Choices     []string // the only values that are allowed; any value if empty
	Multiline   bool
	Address     bool // of an option: the URL that requests go to
	Stays       bool // of a credential: requests are made with it, but it is in none of them
}

// Form is what can be filled in.
type Form struct {
	Options     []Field
	Credentials []Field
}

// Option returns an option as the owner set it, without spaces around it, or its default.
func (f Form) Option(v Values, name string) string {
	if value := strings.TrimSpace(v.Options[name]); value != "" {
		return value
	}
	i := slices.IndexFunc(f.Options, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return ""
	}
	return f.Options[i].Default
}

// Check returns the required options and credentials that are missing, those that
// are unknown, and those whose value is not one of the choices. It never quotes a
// value. The destination or source checks the values further.
func (f Form) Check(v Values) []fault.Field {
	return append(check("options", f.Options, v.Options), check("credentials", f.Credentials, v.Credentials)...)
}

func check(group string, fields []Field, values map[string]string) []fault.Field {
	var wrong []fault.Field
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
		value := strings.TrimSpace(values[f.Name])
		switch {
		case value == "" && f.Required:
			wrong = append(wrong, fault.Field{Path: group + "." + f.Name, Expected: "required: " + f.Description})
		case value != "" && len(f.Choices) > 0 && !slices.Contains(f.Choices, value):
			wrong = append(wrong, fault.Field{Path: group + "." + f.Name, Expected: "one of " + strings.Join(f.Choices, ", ")})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] {
			wrong = append(wrong, fault.Field{Path: group + "." + name, Expected: "no such field; remove it"})
		}
	}
	return wrong
}
