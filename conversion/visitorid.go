package conversion

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is looked at of a visitor id: no real one is longer, nor wrapped deeper.
const (
	maxVisitorIDBytes  = 4096
	maxVisitorIDLayers = 8
)

// nobody are the texts that systems and scripts write for "no id".
var nobody = []string{"", "unknown", "undefined", "null"}

// UsableVisitorID reports whether a third party's visitor id can identify anybody.
// An empty one cannot, nor "unknown", "undefined" and "null", in whatever case,
// percent-encoded or as the id of a JSON cookie such as {"id":"unknown"}; nor
// can a JSON cookie without an id, a text with control characters, or one over
// 4096 bytes. Whether the system
// takes the id is for its destination to say.
func UsableVisitorID(id string) bool { return VisitorID(id) != "" }

// VisitorID takes a third party's visitor id out of what its cookie holds: the id
// itself, percent-encoded, or JSON such as {"id":"..."} (facts on RTB House,
// section 1.6). It is empty when that identifies nobody, see UsableVisitorID.
func VisitorID(raw string) string {
	if len(raw) > maxVisitorIDBytes {
		return ""
	}
	id := raw
	for range maxVisitorIDLayers {
		inner := strings.TrimSpace(unwrapVisitorID(strings.TrimSpace(id)))
		if inner == id {
			break
		}
		id = inner
	}
	if slices.Contains(nobody, strings.ToLower(id)) || strings.ContainsFunc(id, unicode.IsControl) {
		return ""
	}
	return id
}

// unwrapVisitorID takes one layer off: JSON, else percent-encoding. What is
// neither stays as it is.
func unwrapVisitorID(id string) string {
	var cookie struct {
		ID any `json:"id"`
	}
	switch {
	case strings.HasPrefix(id, "{") && json.Unmarshal([]byte(id), &cookie) == nil:
		return textOf(cookie.ID)
	case strings.HasPrefix(id, `"`) && json.Unmarshal([]byte(id), &cookie.ID) == nil:
		return textOf(cookie.ID)
	}
	decoded, err := url.PathUnescape(id) // not QueryUnescape: a "+" is part of an id
	if err == nil && utf8.ValidString(decoded) {
		return decoded
	}
	return id
}

// textOf returns a JSON value as text; empty when it is null.
func textOf(value any) string {
	if text, ok := value.(string); ok || value == nil {
		return text
	}
	text, _ := json.Marshal(value) // what was read from JSON always encodes
	return string(text)
}
