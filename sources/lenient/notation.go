package lenient

import (
	"cmp"
	"regexp"
	"strconv"
	"time"
)

// layouts are the notations of times without a zone, as plainTime writes them.
var layouts = []string{
	"2006-1-2 15:04:05", "2006-1-2 15:04", "2006-1-2 3:04:05 PM", "2006-1-2 3:04 PM", "20060102 150405", "20060102 1504", "20060102 15:04:05", "20060102 15:04", "20060102150405",
	"2.1.2006 15:04:05", "2.1.2006 15:04",
	"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006 3:04:05 PM", "2 Jan 2006 3:04 PM", "2 Jan 06 15:04:05", "2 January 2006 15:04:05", "2 January 2006 15:04",
	"Jan 2 2006 15:04:05", "Jan 2 2006 15:04", "Jan 2 2006 3:04:05 PM", "Jan 2 2006 3:04 PM",
	"January 2 2006 15:04:05", "January 2 2006 15:04", "January 2 2006 3:04:05 PM", "January 2 2006 3:04 PM",
}

// respelled are notations of the parts of times, and how layouts have them.
var respelled = []struct {
	given *regexp.Regexp
	plain string
}{
	{regexp.MustCompile(`−`), "-"},
	{regexp.MustCompile(`\s*\([^()]*\)$`), ""},                                               // (Moscow Standard Time)
	{regexp.MustCompile(`(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+`), ""},           // Sunday,
	{regexp.MustCompile(`(?i),?\s+at\s+|,\s+|\s+`), " "},                                     // March 1, 2026 at 12:00
	{regexp.MustCompile(`^(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b`), "$1-$2-$3"},                 // 2026/03/01
	{regexp.MustCompile(`^(\d{1,2})[-/]([A-Za-z]{3,9})[-/](\d{2,4})\b:?`), "$1 $2 $3 "},      // 01-Mar-26, 01/Mar/2026:12:00:00
	{regexp.MustCompile(`(?i)^(\d{4}-\d{1,2}-\d{1,2}|\d{8})t(\d)`), "$1 $2"},                 // 2026-03-01T12:00:00
	{regexp.MustCompile(`^([A-Za-z]{3} \d{1,2}) ([\d:.]+)( \S+)? (\d{4})$`), "$1 $4 $2$3"},   // Mar 1 12:00:00 UTC 2026
	{regexp.MustCompile(`(?i)(\d) ?a\.?m\b\.?`), "$1 AM"},                                    // 12:00 a.m.
	{regexp.MustCompile(`(?i)(\d) ?p\.?m\b\.?`), "$1 PM"},                                    // 12:00pm
	{regexp.MustCompile(`\b((?:1[3-9]|2[0-3]):\d{2}(?::\d{2})?) PM`), "$1"},                  // 15:00 PM
	{regexp.MustCompile(`(:\d{2}:\d{2}(?:[.,]\d+)?) (0\d|1[0-4]):?([03]0|45)$`), "$1 +$2$3"}, // a form has made a space of a plus
}

// plainTime returns a time as layouts have it, perhaps with a zone at its end.
func plainTime(text string) string {
	for _, r := range respelled {
		text = r.given.ReplaceAllString(text, r.plain)
	}
	return text
}

// The zones at the end of a time: Z, GMT, GMT+0300, +03:00 UTC, and the name of a zone.
var (
	offset    = regexp.MustCompile(`(?i)^(.*\d:\d{2}(?:[.,]\d+)?(?: [AP]M)?|\d{8} \d{4,6}(?:[.,]\d+)?) ?(?:z|utc|gmt|(?:utc|gmt)?([+-]\d{2}):?(\d{2})?(?: (?:utc|gmt))?|(?:utc|gmt)([+-]\d))$`)
	zoneNamed = regexp.MustCompile(`^(.*\d(?:Z|[+-]\d{2}:?\d{2})?) ?(?:\[([A-Za-z_+/0-9-]+)\]|([A-Z][A-Za-z_]+/[A-Za-z_+/0-9-]+))$`)
)

// withoutZone returns a time without the zone at its end, and that zone. It is the zone
// that is given if the time has none.
func withoutZone(text string, zone *time.Location) (string, *time.Location) {
	if found := zoneNamed.FindStringSubmatch(text); found != nil {
		if named, err := time.LoadLocation(cmp.Or(found[2], found[3])); err == nil {
			text, zone = found[1], named
		}
	}
	found := offset.FindStringSubmatch(plainTime(text))
	if found == nil {
		return plainTime(text), zone
	}
	given := cmp.Or(found[2], found[4])
	if given == "" {
		return found[1], time.UTC
	}
	hours, _ := strconv.Atoi(given) // digits with a sign
	minutes, _ := strconv.Atoi(found[3])
	if given[0] == '-' {
		minutes = -minutes
	}
	return found[1], time.FixedZone("", (hours*60+minutes)*60)
}

// The notations of times as a number.
var (
	inDotNet   = regexp.MustCompile(`^/?Date\((\d+)(?:[+-]\d{4})?\)/?$`)
	fractional = regexp.MustCompile(`^(\d{9,19})[.,]\d+$`)
	exponent   = regexp.MustCompile(`(?i)^\d(?:\.\d+)?e\+?\d{1,2}$`)
)

// epoch reads seconds, milliseconds, microseconds or nanoseconds since 1970, by the number
// of digits.
func epoch(text string) (time.Time, bool) {
	text = fractional.ReplaceAllString(inDotNet.ReplaceAllString(text, "$1"), "$1")
	if exponent.MatchString(text) {
		number, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return time.Time{}, false
		}
		text = strconv.FormatFloat(number, 'f', 0, 64)
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 {
		return time.Time{}, false
	}
	switch len(text) {
	case 9, 10:
		return time.Unix(number, 0), true
	case 12, 13:
		return time.UnixMilli(number), true
	case 16:
		return time.UnixMicro(number), true
	case 19:
		return time.Unix(0, number), true
	default:
		return time.Time{}, false
	}
}
