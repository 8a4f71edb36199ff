package conversion

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"ringback/internal/placeholder"
)

// The limits of a visitor id. No real one is longer or more deeply encoded.
const (
	maxVisitorIDBytes  = 4096
	maxVisitorIDLayers = 8
)

// UsableVisitorID reports whether a third party's visitor id can identify anybody.
// These cannot: an empty text, "unknown", "undefined", "null" and the like in upper or
// lower case, and macros such as {{id}}, also percent-encoded or as the id of a JSON
// cookie such as {"id":"unknown"}; a JSON cookie without an id; a text with control characters; and
// a text of more than 4096 bytes. Whether a system accepts the id is up to its
// destination.
func UsableVisitorID(id string) bool { return VisitorID(id) != "" }

// VisitorID returns the visitor id in a third party's cookie. The cookie holds the id
// itself, percent-encoded or not, or JSON such as {"id":"..."}
// (docs/facts/rtb-house.md#visitor-id). The result is empty if the id is not usable;
// see UsableVisitorID.
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
	if placeholder.IsNoID(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return ""
	}
	return id
}

// unwrapVisitorID removes one layer of encoding, JSON or else percent-encoding, if
// there is one.
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

// textOf returns a JSON value as text, empty if it is null.
func textOf(value any) string {
	if text, ok := value.(string); ok || value == nil {
		return text
	}
	text, _ := json.Marshal(value) // a value that was read from JSON always encodes
	return string(text)
}
