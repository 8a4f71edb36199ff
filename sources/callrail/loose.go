package callrail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// CallRail's types are loose: a duration is 13 or "13", an empty list or object
// is "". These types take what comes, and are empty for what says nothing.

// text is text, or a number or boolean as text.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return fmt.Errorf("reading text: %w", err)
		}
		*t = text(strings.TrimSpace(s))
	case '{', '[', 'n':
		*t = ""
	default:
		*t = text(b)
	}
	return nil
}

// yes reports whether the text means true.
func (t text) yes() bool { return strings.EqualFold(string(t), "true") || t == "1" }

// seconds reads a number of seconds; nil when the text is none.
func (t text) seconds() *int {
	n, err := strconv.ParseFloat(string(t), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > math.MaxInt32 {
		return nil
	}
	return new(int(n))
}

// labels are a list of texts, or of objects with a name, or one text with commas.
type labels []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *labels) UnmarshalJSON(b []byte) error {
	*l = nil
	var one text
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
		Name text `json:"name"`
	}
	if bytes.HasPrefix(item, []byte("{")) {
		_ = json.Unmarshal(item, &named) // an object that cannot be read has no name
		return string(named.Name)
	}
	var plain text
	_ = json.Unmarshal(item, &plain) // likewise
	return string(plain)
}

func (l *labels) add(all ...string) {
	for _, one := range all {
		if one = strings.TrimSpace(one); one != "" {
			*l = append(*l, one)
		}
	}
}

// texts is an object of texts; anything else is empty. An object inside it is kept as JSON.
type texts map[string]string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(b []byte) error {
	*t = nil
	if b[0] == '"' { // an object as text, or "" for none
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

func (t *texts) set(key string, raw json.RawMessage) {
	value := string(raw)
	if raw[0] != '{' && raw[0] != '[' {
		var plain text
		_ = json.Unmarshal(raw, &plain) // the object around it was read, so this can be
		value = string(plain)
	}
	if value == "" {
		return
	}
	if *t == nil {
		*t = texts{}
	}
	(*t)[key] = value
}
