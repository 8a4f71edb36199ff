package rtbhouse

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"ringback/conversion"
	"ringback/internal/placeholder"
)

// The bounds in bytes of an id and of the cookie that contains it.
const (
	maxVisitorID = 256
	maxCookie    = 4096
)

// visitorIDError is the reason why a visitor id cannot be used. Its text continues "an
// id that".
type visitorIDError struct {
	code     conversion.SeenCode
	maxBytes int
	text     string
}

// Error implements error. It never quotes the id.
func (e *visitorIDError) Error() string { return e.text }

var (
	errNotAnID     = &visitorIDError{code: conversion.SeenVisitorIDNotJSON, text: "is JSON without a text \"id\""}
	errEmpty       = &visitorIDError{code: conversion.SeenVisitorIDEmpty, text: "is empty"}
	errUnknown     = &visitorIDError{code: conversion.SeenVisitorIDUnknown, text: "says that the visitor is unknown"}
	errUnprintable = &visitorIDError{code: conversion.SeenVisitorIDUnprintable, text: "has spaces or unprintable characters"}
)

func tooLong(limit int) error {
	return &visitorIDError{
		code: conversion.SeenVisitorIDTooLong, maxBytes: limit, text: fmt.Sprintf("is longer than %d bytes", limit),
	}
}

// seen returns the value of a check for an id that cannot be used.
func seen(err error) conversion.Seen {
	if wrong, ok := errors.AsType[*visitorIDError](err); ok {
		return conversion.Seen{Code: wrong.code, MaxBytes: wrong.maxBytes}
	}
	return conversion.Seen{Code: conversion.SeenNoVisitorID}
}

// ParseVisitorID returns RTB House's visitor id from the value of its cookie. The value
// is the plain id, or JSON such as {"eventType":"aid","id":"..."}, and may be
// percent-encoded any number of times (docs/facts/rtb-house.md). Parsing the result
// again returns the same id.
//
// It rejects empty ids, "unknown", which RTB House writes, and other texts for no id, ids
// over 256 bytes, and ids with spaces or unprintable characters. The error never quotes the
// value.
func ParseVisitorID(cookie string) (string, error) {
	if len(cookie) > maxCookie {
		return "", tooLong(maxCookie)
	}
	id, err := unwrap(cookie)
	switch {
	case err != nil:
		return "", err
	case id == "":
		return "", errEmpty
	case placeholder.IsNoID(id):
		return "", errUnknown
	case len(id) > maxVisitorID:
		return "", tooLong(maxVisitorID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unprintable):
		return "", errUnprintable
	}
	return id, nil
}

// unwrap removes all layers of encoding. It ends, because each layer is shorter than the
// one around it.
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
			return value, nil // the "%" is part of the id
		}
		return decoded, nil
	}
}

func unprintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }
