package rtbhouse

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds in bytes: of an id itself, and of the cookie that it may be wrapped in.
const (
	maxVisitorID = 256
	maxCookie    = 4096
)

// noVisitor are ids that mean none: RTB House writes "unknown", scripts the others.
var noVisitor = []string{"unknown", "undefined", "null"}

var errNotAnID = errors.New("is JSON without a text \"id\"")

// ParseVisitorID reads RTB House's visitor id from the value of its cookie: the
// id as it is, percent-encoded any number of times, or JSON such as
// {"eventType":"aid","id":"..."} of which it takes the id (facts: RTB House,
// 1.6). What it gives reads as itself.
//
// It refuses an empty id, "unknown", ids over 256 bytes, and those with spaces,
// control or otherwise unprintable characters. The error never quotes the value.
func ParseVisitorID(cookie string) (string, error) {
	if len(cookie) > maxCookie {
		return "", fmt.Errorf("is longer than %d bytes", maxCookie)
	}
	id, err := unwrap(cookie)
	switch {
	case err != nil:
		return "", err
	case id == "":
		return "", errors.New("is empty")
	case slices.Contains(noVisitor, strings.ToLower(id)):
		return "", errors.New("says that the visitor is unknown")
	case len(id) > maxVisitorID:
		return "", fmt.Errorf("is longer than %d bytes", maxVisitorID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unprintable):
		return "", errors.New("has spaces or unprintable characters")
	}
	return id, nil
}

// unwrap takes layers off until none is left. Each is shorter than the one around it, so it ends.
func unwrap(value string) (string, error) {
	for {
		inner, err := unwrapOnce(strings.TrimSpace(value))
		if err != nil || inner == value {
			return inner, err
		}
		value = inner
	}
}

func unwrapOnce(value string) (string, error) {
	switch {
	case strings.HasPrefix(value, "{"):
		var cookie struct {
			ID *string `json:"id"`
		}
		if err := json.Unmarshal([]byte(value), &cookie); err != nil || cookie.ID == nil {
			return "", errNotAnID
		}
		return *cookie.ID, nil
	case strings.HasPrefix(value, `"`):
		var text string
		if err := json.Unmarshal([]byte(value), &text); err != nil {
			return "", errNotAnID
		}
		return text, nil
	default:
		decoded, err := url.PathUnescape(value) // not QueryUnescape: a "+" is part of the id
		if err != nil {
			return value, nil // a "%" of the id's own
		}
		return decoded, nil
	}
}

func unprintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }
