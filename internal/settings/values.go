package settings

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

// Values are the settings of one connector as its owner set them.
type Values struct {
	Options     map[string]string
	Credentials map[string]string // secret: never logged, returned, or stored in clear text
	// Tokens keeps what the connector obtains by itself. Nil if nothing is kept.
	Tokens Tokens
}

// Credential returns a credential without spaces around it.
func (v Values) Credential(name string) string { return strings.TrimSpace(v.Credentials[name]) }

// String returns the options and the names of the credentials, so that printing the
// values reveals no secret.
func (v Values) String() string {
	return fmt.Sprintf("options %v, credentials %v (values hidden)", v.Options, slices.Sorted(maps.Keys(v.Credentials)))
}

// GoString returns the same as String, so that "%#v" reveals no secret either.
func (v Values) GoString() string { return v.String() }

// LogValue returns the same as String, for logs.
func (v Values) LogValue() slog.Value { return slog.StringValue(v.String()) }
