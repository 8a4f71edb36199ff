// Package lenient reads the values of providers' messages, whose types vary: a
// duration is 13 or "13", an empty list or object may be "" or null. It must not know
// any one provider, nor what a value means.
package lenient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"ringback/internal/placeholder"
)

// Text is a string, or a number or boolean in its JSON spelling. It is empty for a string
// that stands for no value, such as "undefined" or a macro that was not replaced.
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return fmt.Errorf("reading a string: %w", err)
		}
		*t = Text(placeholder.Without(strings.TrimSpace(s)))
	case '{', '[', 'n':
		*t = ""
	default:
		*t = Text(b)
	}
	return nil
}

// Yes reports whether the string means true.
func (t Text) Yes() bool { return slices.Contains([]string{"true", "yes", "y", "t", "1"}, t.Word()) }

// Word returns the string as a word of a provider's vocabulary: in lower case, with a
// hyphen in place of each space and underscore. A provider's messages and its API may
// spell the same word in different ways: in_progress, In Progress.
func (t Text) Word() string {
	return strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(strings.TrimSpace(string(t))))
}

// Map is an object whose values are strings. Any other value is empty. It holds
// nested objects and lists as JSON.
type Map map[string]string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Map) UnmarshalJSON(b []byte) error {
	*t = nil
	if b[0] == '"' { // an object as a string, or "" if there is none
		var inner string
		if err := json.Unmarshal(b, &inner); err != nil {
			return fmt.Errorf("reading an object: %w", err)
		}
		b = []byte(strings.TrimSpace(inner))
	}
	var object map[string]json.RawMessage
	if !bytes.HasPrefix(b, []byte("{")) || json.Unmarshal(b, &object) != nil {
		return nil
	}
	for key, raw := range object {
		t.set(key, raw)
	}
	return nil
}

func (t *Map) set(key string, raw json.RawMessage) {
	value := string(raw)
	if raw[0] != '{' && raw[0] != '[' {
		var plain Text
		_ = json.Unmarshal(raw, &plain) // its object was valid JSON, so it is valid too
		value = string(plain)
	}
	if value == "" {
		return
	}
	if *t == nil {
		*t = Map{}
	}
	(*t)[key] = value
}

// NotEmpty returns the texts that are not empty, or nil if there are none.
func NotEmpty(all map[string]Text) map[string]string {
	var known map[string]string
	for name, value := range all {
		if name == "" || value == "" {
			continue
		}
		if known == nil {
			known = map[string]string{}
		}
		known[name] = string(value)
	}
	return known
}

// Parameter returns a parameter of the address that the owner of a site has entered at a
// provider, in lower case and with underscores between words. It is empty without one.
func Parameter(address *url.URL, name string) string {
	if address == nil {
		return ""
	}
	return strings.ReplaceAll(Text(address.Query().Get(name)).Word(), "-", "_")
}
