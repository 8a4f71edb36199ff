package lenient

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/internal/unread"
)

// layouts are the notations of times that providers use. Those without a zone come
// last.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999 -07:00",
	"2006-01-02 15:04:05.999999999-07:00", "2006-01-02 03:04 PM -07:00", "2006-01-02 03:04:05 PM -07:00", "Mon, 2 Jan 2006 15:04:05 -0700",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05Z07", "2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07:00", "20060102T150405Z0700", "2006/01/02 15:04:05",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04",
}

// fractional matches seconds or milliseconds since 1970 with a part after the point.
var fractional = regexp.MustCompile(`^(\d{9,13})\.\d+$`)

// ParseTime reads a time: seconds or milliseconds since 1970, or one of the usual
// notations. The zone, UTC if it is nil, is that of times without one. Own are further
// notations of the provider, which are tried first.
func ParseTime(given Text, zone *time.Location, own ...string) (time.Time, bool) {
	text := strings.TrimSpace(string(given))
	whole := fractional.ReplaceAllString(text, "$1")
	if number, err := strconv.ParseInt(whole, 10, 64); err == nil {
		return parseEpoch(number, len(whole))
	}
	for _, utc := range []string{" UTC", " GMT", " utc"} {
		if plain, is := strings.CutSuffix(text, utc); is {
			text, zone = strings.TrimSuffix(plain, ","), time.UTC
		}
	}
	for _, layout := range append(append(own, layouts...), "Mon, 2 Jan 2006 15:04:05") {
		if t, err := time.ParseInLocation(layout, text, cmp.Or(zone, time.UTC)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseEpoch reads a number of so many digits: ten count seconds, thirteen milliseconds.
func parseEpoch(number int64, digits int) (time.Time, bool) {
	switch digits {
	case 9, 10:
		return time.Unix(number, 0), true
	case 12, 13:
		return time.UnixMilli(number), true
	default:
		return time.Time{}, false
	}
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
