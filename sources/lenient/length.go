package lenient

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"ringback/phone"
)

// clock is a length as hours, if there are any, minutes and seconds, such as 01:35. It may
// begin with days, and the unit of the minutes may follow.
var clock = regexp.MustCompile(`^(?:(\d{1,3})\s*(?:d|days?|дн\.?|dias?)\s*)?(?:(\d{1,5}):)?(\d{1,5}):(\d{1,5}(?:[.,]\d+)?)\s*(?:m|mins?|minutes?|мин)?\.?$`)

// units are a number of days, hours, minutes, seconds and milliseconds each, as in
// 1 min 35 sec, 1m35s, PT1M35S and 1'35".
var units = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`(?:` + amount + `(?:d|days?|дней|день|дня|дн|dias?)` + after + `)?`,
	`(?:` + amount + `(?:h|hrs?|hours?|ч|час|часа|часов|horas?)` + after + `)?`,
	`(?:` + amount + `(?:m|mins?|minutes?|minutos?|м|мин|минута|минуты|минут|['′])` + after + `)?`,
	`(?:` + amount + `(?:s|secs?|seconds?|segs?|segundos?|с|сек|секунда|секунды|секунд|["″])` + after + `)?`,
	`(?:` + amount + `(?:ms|msecs?|milliseconds?|мс)` + after + `)?`,
}, "") + `)$`)

// The parts of units: a number, and what may follow its unit.
const (
	amount = `(\d{1,9}(?:[.,]\d+)?)\s*`
	after  = `(?:[\s.,:]+(?:(?:and|e|и)\s+)?)?`
)

// Seconds returns the string as a number of seconds, or nil if it is not one. A length
// may also be 01:35, 00:01:35, 95s, 1 min 35 sec, 1 мин 35 сек or PT1M35S, all of which are
// 95 seconds.
func (t Text) Seconds() *int {
	text := strings.ToLower(phone.PlainDigits(strings.TrimSpace(string(t))))
	n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
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
	if found := clock.FindStringSubmatch(text); found != nil {
		return sum(found[1:], 86400, 3600, 60, 1)
	}
	text = iso.ReplaceAllString(text, "$1$2")
	if found := units.FindStringSubmatch(text); found != nil && strings.Join(found[1:], "") != "" {
		return sum(found[1:], 86400, 3600, 60, 1, 0.001)
	}
	return math.NaN()
}

// iso matches the letters that ISO 8601 writes before a length and before its hours.
var iso = regexp.MustCompile(`^p(\d+d)?t?(.*)$`)

// sum returns the sum of the numbers, each in a unit of so many seconds.
func sum(numbers []string, sizes ...float64) float64 {
	total := 0.0
	for i, given := range numbers {
		if given == "" {
			continue
		}
		n, err := strconv.ParseFloat(strings.Replace(given, ",", ".", 1), 64)
		if err != nil { // the expressions admit numbers alone
			return math.NaN()
		}
		total += n * sizes[i]
	}
	return total
}
