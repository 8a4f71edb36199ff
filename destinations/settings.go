package destinations

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

// Option gives an option as the owner set it, without spaces around it, or its default.
func (d Description) Option(s Settings, name string) string {
	if value := strings.TrimSpace(s.Options[name]); value != "" {
		return value
	}
	i := slices.IndexFunc(d.Options, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return ""
	}
	return d.Options[i].Default
}

// Credential gives a credential without spaces around it.
func (s Settings) Credential(name string) string { return strings.TrimSpace(s.Credentials[name]) }

// CheckFields says which required options and credentials are missing, which
// are unknown, and which are none of their choices. What the values must look
// like beyond that is the destination's to check.
func (d Description) CheckFields(s Settings) []FieldError {
	return append(checkFields("options", d.Options, s.Options), checkFields("credentials", d.Credentials, s.Credentials)...)
}

func checkFields(group string, fields []Field, values map[string]string) []FieldError {
	var wrong []FieldError
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
		value := strings.TrimSpace(values[f.Name])
		switch {
		case value == "" && f.Required:
			wrong = append(wrong, FieldError{Path: group + "." + f.Name, Expected: "required: " + f.Description})
		case value != "" && len(f.Choices) > 0 && !slices.Contains(f.Choices, value):
			wrong = append(wrong, FieldError{Path: group + "." + f.Name, Expected: "one of " + strings.Join(f.Choices, ", ")})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] {
			wrong = append(wrong, FieldError{Path: group + "." + name, Expected: "no such field; remove it"})
		}
	}
	return wrong
}

// String names the settings without the credentials' values, so that printing them gives no secret away.
func (s Settings) String() string {
	return fmt.Sprintf("options %v, credentials %v (values hidden)", s.Options, slices.Sorted(maps.Keys(s.Credentials)))
}

// GoString is String: "%#v" shows no secret either.
func (s Settings) GoString() string { return s.String() }

// LogValue is what a log shows of the settings.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }
