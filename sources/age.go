package sources

import (
	"strconv"
	"time"

	"ringback/internal/fault"
	"ringback/internal/settings"
)

// MaxAge reads the option max_age_seconds. Zero means any age. It returns false for
// what is no number of seconds.
func MaxAge(f settings.Form, v settings.Values) (time.Duration, bool) {
	seconds, err := strconv.ParseUint(f.Option(v, "max_age_seconds"), 10, 31)
	return time.Duration(seconds) * time.Second, err == nil
}

// CheckMaxAge returns what is wrong with the option max_age_seconds.
func CheckMaxAge(f settings.Form, v settings.Values) []fault.Field {
	if _, ok := MaxAge(f, v); ok {
		return nil
	}
	return []fault.Field{{Path: "options.max_age_seconds", Expected: fault.Plain("a number of seconds, 0 for any age")}}
}

// CheckPlaces returns what is wrong with an option that Places reads.
func CheckPlaces(f settings.Form, v settings.Values, option, example string) []fault.Field {
	if !WrongPlaces(Places(f.Option(v, option))) {
		return nil
	}
	return []fault.Field{{Path: "options." + option, Expected: fault.Plain("system=field pairs separated by commas, such as " + example)}}
}
