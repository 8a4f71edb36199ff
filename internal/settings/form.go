// Package settings describes the settings of a connector (a destination or a
// source): which there are, the values that an owner sets, and what is wrong with
// them. Connectors describe themselves with it, and the API shows and checks it.
//
// It must not know any connector, nor where the values are stored.
package settings

import (
	"maps"
	"slices"
	"strings"

	"ringback/internal/fault"
)

// Field describes one option or credential, for validation, masking and the API's
// documentation.
type Field struct {
	Name        string
	Description string // in English; empty for destinations and sources, which have messages about their settings
	Required    bool
	Default     string
	Choices     []string // the only allowed values; empty if any is allowed
	Multiline   bool
	Address     bool // whether an option is the URL that requests go to
	Stays       bool // whether a credential is only used to make requests, and not sent in them
	Chosen      bool // whether a credential is a secret that the owner makes up
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

// Check returns the required options and credentials that are missing, the unknown
// ones, and those with a value that is not one of their choices. It never quotes a
// value. The connector checks the values beyond that.
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
			wrong = append(wrong, fault.Field{Path: group + "." + f.Name, Expected: fault.Expect("required_setting")})
		case value != "" && len(f.Choices) > 0 && !slices.Contains(f.Choices, value):
			wrong = append(wrong, fault.Field{Path: group + "." + f.Name, Expected: fault.OneOf(f.Choices)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] {
			wrong = append(wrong, fault.Field{Path: group + "." + name, Expected: fault.Expect("no_such_field")})
		}
	}
	return wrong
}
