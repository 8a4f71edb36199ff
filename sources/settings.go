package sources

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"ringback/fault"
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

// CheckFields says which required options and credentials are missing, and
// which are unknown. It never quotes a value.
func (d Description) CheckFields(s Settings) []fault.Field {
	return append(checkFields("options", d.Options, s.Options), checkFields("credentials", d.Credentials, s.Credentials)...)
}

func checkFields(group string, fields []Field, values map[string]string) []fault.Field {
	var wrong []fault.Field
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
		if f.Required && strings.TrimSpace(values[f.Name]) == "" {
			wrong = append(wrong, fault.Field{Path: group + "." + f.Name, Expected: "required: " + f.Description})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] {
			wrong = append(wrong, fault.Field{Path: group + "." + name, Expected: "no such field; remove it"})
		}
	}
	return wrong
}

// String names the settings without the credentials' values, so that printing them gives no secret away.
func (s Settings) String() string {
	return fmt.Sprintf("options %v, credentials %v (values hidden), region %q, time zone %v",
		s.Options, slices.Sorted(maps.Keys(s.Credentials)), s.Region, s.TimeZone)
}

// GoString is String: "%#v" shows no secret either.
func (s Settings) GoString() string { return s.String() }

// LogValue is what a log shows of the settings.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }
