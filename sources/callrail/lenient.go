package callrail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// CallRail's JSON types vary: a duration is 13 or "13", and an empty list or object
// may be "". The types below accept all of these and are empty if there is no value.

// lenientString is a string, or a number or boolean in its JSON spelling.
type lenientString string

// UnmarshalJSON implements json.Unmarshaler.
func (t *lenientString) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return fmt.Errorf("reading a string: %w", err)
		}
		*t = lenientString(strings.TrimSpace(s))
	case '{', '[', 'n':
		*t = ""
	default:
		*t = lenientString(b)
	}
	return nil
}

// yes reports whether the string means true.
func (t lenientString) yes() bool { return strings.EqualFold(string(t), "true") || t == "1" }

// seconds returns the string as a number of seconds, or nil if it is not one.
func (t lenientString) seconds() *int {
	n, err := strconv.ParseFloat(string(t), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > math.MaxInt32 {
		return nil
	}
	return new(int(n))
}

// lenientList is a list of strings, a list of objects with a name, or one string
// with commas.
type lenientList []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *lenientList) UnmarshalJSON(b []byte) error {
	*l = nil
	var one lenientString
	var list []json.RawMessage
	switch {
	case b[0] == '[':
		if err := json.Unmarshal(b, &list); err != nil {
			return fmt.Errorf("reading a list: %w", err)
		}
	default:
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		l.add(strings.Split(string(one), ",")...)
	}
	for _, item := range list {
		l.add(label(item))
	}
	return nil
}

func label(item json.RawMessage) string {
	var named struct {
		Name lenientString `json:"name"`
	}
	if bytes.HasPrefix(item, []byte("{")) {
		_ = json.Unmarshal(item, &named) // an object that cannot be read has no name
		return string(named.Name)
	}
	var plain lenientString
	_ = json.Unmarshal(item, &plain) // an item that cannot be read is empty
	return string(plain)
}

func (l *lenientList) add(all ...string) {
	for _, one := range all {
		if one = strings.TrimSpace(one); one != "" {
			*l = append(*l, one)
		}
	}
}

// lenientMap is an object whose values are strings. Any other value is empty. It holds
// nested objects and lists as JSON.
type lenientMap map[string]string

// UnmarshalJSON implements json.Unmarshaler.
func (t *lenientMap) UnmarshalJSON(b []byte) error {
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

func (t *lenientMap) set(key string, raw json.RawMessage) {
	value := string(raw)
	if raw[0] != '{' && raw[0] != '[' {
		var plain lenientString
		_ = json.Unmarshal(raw, &plain) // its object was valid JSON, so it is valid too
		value = string(plain)
	}
	if value == "" {
		return
	}
	if *t == nil {
		*t = lenientMap{}
	}
	(*t)[key] = value
}
