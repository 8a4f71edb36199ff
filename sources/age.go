package sources

import (
	"strconv"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/settings"
)

// DefaultMaxAge is the default of the option max_age_seconds: a day. Somebody who has
// read a signed message, such as in the log of a proxy, cannot send it again later.
const DefaultMaxAge = "86400"

const maxAgeOption = "max_age_seconds"

// MaxAge reads the option max_age_seconds. Zero means any age. It returns false for
// what is no number of seconds.
func MaxAge(f settings.Form, v settings.Values) (time.Duration, bool) {
	seconds, err := strconv.ParseUint(f.Option(v, maxAgeOption), 10, 31)
	return time.Duration(seconds) * time.Second, err == nil
}

// CheckMaxAge returns what is wrong with the option max_age_seconds.
func CheckMaxAge(f settings.Form, v settings.Values) []fault.Field {
	if _, ok := MaxAge(f, v); ok {
		return nil
	}
	return []fault.Field{{Path: "options." + maxAgeOption, Expected: fault.Expect("max_age")}}
}

// CheckAge returns fault.Unauthenticated if a message is older than max_age_seconds
// allows. Sent reads the time at which the message says that it was sent, which the
// provider's signature has to cover. A message without a time that can be read has no
// age: it is accepted unless the owner has set the option.
func CheckAge(f settings.Form, v settings.Values, receivedAt time.Time, stamp string, sent func() (time.Time, error)) error {
	limit, ok := MaxAge(f, v)
	switch {
	case !ok:
		return fault.New(fault.Unauthenticated, "max_age_unreadable")
	case limit == 0:
		return nil
	}
	at, err := sent()
	switch isSet := strings.TrimSpace(v.Options[maxAgeOption]) != ""; {
	case err != nil && isSet:
		return fault.New(fault.Unauthenticated, "age_not_known").With("Stamp", stamp)
	case err == nil && receivedAt.Sub(at) > limit:
		return fault.New(fault.Unauthenticated, "message_too_old").With("Stamp", stamp)
	}
	return nil
}

// CheckPlaces returns what is wrong with an option that Places reads.
func CheckPlaces(f settings.Form, v settings.Values, option, example string) []fault.Field {
	if !WrongPlaces(Places(f.Option(v, option))) {
		return nil
	}
	return []fault.Field{{Path: "options." + option, Expected: fault.Expect("places").With("Example", example)}}
}
