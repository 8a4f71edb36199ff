package mapped

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"ringback/sources/lenient"
)

// tokens are what formats of times are written with, and Go's layout of each. Longer ones
// come first.
var tokens = []struct{ token, layout string }{
	{"YYYY", "2006"}, {"MMM", "Jan"}, {"SSS", milliseconds}, {"YY", "06"}, {"MM", "01"}, {"DD", "02"}, {"HH", "15"}, {"hh", "03"},
	{"AM", "PM"}, {"mm", "04"}, {"ss", "05"}, {"Z", "Z07:00"},
}

// milliseconds is Go's layout of milliseconds, which Go reads after a point or comma only.
const milliseconds = "000"

var errFormat = errors.New("a format needs the year, the month, the day and the hour")

// layoutOf returns Go's layout of a format, empty for an empty one.
func layoutOf(format string) (string, error) {
	if format == "" {
		return "", nil
	}
	var layout strings.Builder
	found := map[string]bool{}
	for rest := format; rest != ""; {
		token, written := nextToken(rest)
		if written == milliseconds && !strings.HasSuffix(layout.String(), ".") && !strings.HasSuffix(layout.String(), ",") {
			return "", errFormat
		}
		found[written] = true
		layout.WriteString(written)
		rest = rest[len(token):]
	}
	hour := found["15"] || found["03"] && found["PM"]
	if !found["2006"] && !found["06"] || !found["01"] && !found["Jan"] || !found["02"] || !hour {
		return "", errFormat
	}
	return layout.String(), nil
}

// nextToken returns the token or the character that a format begins with, and its layout.
// Other letters and digits than T have no meaning, and are written as a character that no
// time has, so that none is taken for a part of Go's layout.
func nextToken(rest string) (token, layout string) {
	for _, t := range tokens {
		if strings.HasPrefix(rest, t.token) {
			return t.token, t.layout
		}
	}
	c := rest[:1]
	if c[0] != 'T' && (c[0] >= '0' && c[0] <= '9' || c[0] >= 'A' && c[0] <= 'Z' || c[0] >= 'a' && c[0] <= 'z' || c[0] == '_') {
		return c, "\x00"
	}
	return c, c
}

// exampleOf returns a time in a format.
func exampleOf(format string) string {
	layout, err := layoutOf(format)
	if err != nil || layout == "" {
		return "2026-03-01T12:00:00Z"
	}
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Format(layout)
}

// longestDuration is the longest duration that is read.
const longestDuration = 24 * time.Hour

// sizes are the units of durations.
var sizes = map[string]time.Duration{"": time.Second, "seconds": time.Second, "milliseconds": time.Millisecond, "minutes": time.Minute}

// parseDuration reads a number of units, or a length in a notation that needs none, such
// as 1:35 and 1 min 35 sec.
func parseDuration(text, unit string) (time.Duration, bool) {
	if n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64); err == nil && sizes[unit] != time.Second {
		text = strconv.FormatFloat(n*sizes[unit].Seconds(), 'f', -1, 64)
	}
	read := lenient.Text(text).Seconds()
	if read == nil || *read > int(longestDuration/time.Second) {
		return 0, false
	}
	return time.Duration(*read) * time.Second, true
}
