package settings

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

// Values are what an owner filled in.
type Values struct {
	Options     map[string]string
	Credentials map[string]string // secret: never logged, stored in clear or returned
}

// Credential returns a credential without spaces around it.
func (v Values) Credential(name string) string { return strings.TrimSpace(v.Credentials[name]) }

// String names the values without those of the credentials, so that printing them reveals no secret.
func (v Values) String() string {
	return fmt.Sprintf("options %v, credentials %v (values hidden)", v.Options, slices.Sorted(maps.Keys(v.Credentials)))
}

// GoString is String: "%#v" shows no secret either.
func (v Values) GoString() string { return v.String() }

// LogValue is what a log shows of the values.
func (v Values) LogValue() slog.Value { return slog.StringValue(v.String()) }
