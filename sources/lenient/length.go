package lenient

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ringback/phone"
)

// clock is a length as hours, if there are any, minutes and seconds, such as 01:35.
var clock = regexp.MustCompile(`^(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d(?:\.\d+)?)$`)

// unit matches the unit after a number of a length, whose first letter is that of package
// time.
var unit = regexp.MustCompile(`(\d)\s*(?:(h)(?:(?:ou)?rs?)?|(m)(?:in(?:ute)?s?)?|(s)(?:ec(?:ond)?s?)?)(?:[\s.,]+|$)`)

// Seconds returns the string as a number of seconds, or nil if it is not one. A length
// may also be 01:35, 00:01:35, 95s, 1 min 35 sec or PT1M35S, all of which are 95 seconds.
func (t Text) Seconds() *int {
	text := strings.ToLower(phone.PlainDigits(strings.TrimSpace(string(t))))
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		n = length(text)
	}
	if math.IsNaN(n) || n < 0 || n > math.MaxInt32 {
		return nil
	}
	return new(int(n))
}

// length returns the seconds of a length with colons or units, and NaN if it is neither.
func length(text string) float64 {
	units := unit.ReplaceAllString(strings.TrimPrefix(text, "pt"), "$1$2$3$4")
	if found := clock.FindStringSubmatch(text); found != nil {
		units = cmp.Or(found[1], "0") + "h" + found[2] + "m" + found[3] + "s"
	}
	if read, err := time.ParseDuration(units); err == nil {
		return read.Seconds()
	}
	return math.NaN()
}
