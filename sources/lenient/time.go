package lenient

import (
	"cmp"
	"strings"
	"time"

	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/internal/unread"
)

// ParseTime reads a time: a number since 1970, or one of the usual notations in English.
// The zone, UTC if it is nil, is that of times without one. Own are further notations of
// the provider, which are tried first.
func ParseTime(given Text, zone *time.Location, own ...string) (time.Time, bool) {
	text := strings.TrimSpace(string(given))
	if t, ok := epoch(text); ok {
		return t, true
	}
	zone = cmp.Or(zone, time.UTC)
	if t, ok := parseAny(text, zone, own); ok {
		return t, true
	}
	text, zone = withoutZone(text, zone)
	return parseAny(text, zone, append(own, layouts...))
}

// parseAny reads a time in the first notation that it has.
func parseAny(text string, zone *time.Location, notations []string) (time.Time, bool) {
	for _, layout := range notations {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// TimeField is a field that may hold a time.
type TimeField struct {
	Value Text
	Zone  *time.Location // of a time without one; UTC if it is nil
	Own   []string       // further notations
}

// FirstTime returns the first of these fields that has a time at which something can
// have happened that was received at receivedAt. If none has, the error names the
// field that owners should look at, with a time that could be read.
func FirstTime(receivedAt time.Time, name, example string, fields ...TimeField) (time.Time, error) {
	code := unread.BadTime
	for _, f := range fields {
		t, ok := ParseTime(f.Value, f.Zone, f.Own...)
		switch {
		case !ok:
		case limits.IsPlausible(t, receivedAt):
			return instant.Of(t), nil
		default:
			code = unread.OutOfRange
		}
	}
	return time.Time{}, unread.Expecting(code, name, example)
}
