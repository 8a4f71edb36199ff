package sourcestatus

import "time"

// SilenceCode is how long a source has been silent, compared with its usual pauses.
type SilenceCode string

// The codes.
const (
	Never   SilenceCode = "no_message"        // no message has come yet
	TooNew  SilenceCode = "pauses_not_known"  // too few messages have come to know the usual pauses
	AsUsual SilenceCode = "as_usual"          // it is not silent for longer than usual
	Longer  SilenceCode = "longer_than_usual" // it is
)

// SilenceCodes returns all codes.
func SilenceCodes() []SilenceCode { return []SilenceCode{Never, TooNew, AsUsual, Longer} }

// Silence is for how long no message has come, in usual hours: those hours of the day in
// which messages usually come.
type Silence struct {
	Code  SilenceCode
	Hours int // usual hours since the last message
	Usual int // the longest such pause that was usual; zero if it is not known
}

// History is for how long before the last message the hours in which messages came are
// kept and counted.
const History = 28 * 24 * time.Hour

// The least that must be known of a source before a pause of it is called unusual.
const (
	leastHistory = 7 * 24 * time.Hour
	leastHours   = 10 // in which messages came
	leastPause   = 2  // usual hours that are never unusual
)

// usualShare is the share of days, as 1/usualShare, on which messages must have come in
// an hour of the day for it to be a usual one.
const usualShare = 4

// kindOfHour is an hour of the day, on a working day or a weekend.
type kindOfHour struct {
	hour    int
	weekend bool
}

func kindOf(hour time.Time, zone *time.Location) kindOfHour {
	local := hour.In(zone)
	day := local.Weekday()
	return kindOfHour{local.Hour(), day == time.Saturday || day == time.Sunday}
}

// SilenceOf compares the pause since the last message with those before it. The hours
// are those in which messages came, the earliest first; the zone is that of the site.
//
// An hour of the day is a usual one if messages came in it on at least a quarter of the
// working days, or of the weekends, of the four weeks before the last message. If none is,
// all are. Pauses are counted in usual hours, so that nights and weekends without messages
// are none.
func SilenceOf(hours []time.Time, zone *time.Location, now time.Time) Silence {
	if len(hours) == 0 {
		return Silence{Code: Never}
	}
	last := hours[len(hours)-1]
	for hours[0].Before(last.Add(-History)) {
		hours = hours[1:]
	}
	first := hours[0]
	if len(hours) < leastHours || now.Sub(first) < leastHistory {
		return Silence{Code: TooNew}
	}
	isUsual := usualHours(hours, zone)
	s := Silence{Code: AsUsual, Usual: leastPause}
	for i := 1; i < len(hours); i++ {
		s.Usual = max(s.Usual, countUsual(hours[i-1], hours[i], zone, isUsual))
	}
	s.Hours = countUsual(last, now.Truncate(time.Hour), zone, isUsual)
	if s.Hours > s.Usual {
		s.Code = Longer
	}
	return s
}

// usualHours returns which hours of the day are usual ones, by what came until the last
// message. It reports true for all hours if none is.
func usualHours(hours []time.Time, zone *time.Location) func(kindOfHour) bool {
	with, all := map[kindOfHour]int{}, map[kindOfHour]int{}
	for _, hour := range hours {
		with[kindOf(hour, zone)]++
	}
	for hour := hours[0]; !hour.After(hours[len(hours)-1]); hour = hour.Add(time.Hour) {
		all[kindOf(hour, zone)]++
	}
	usual := map[kindOfHour]bool{}
	for kind, n := range with {
		if n*usualShare >= all[kind] {
			usual[kind] = true
		}
	}
	return func(kind kindOfHour) bool { return len(usual) == 0 || usual[kind] }
}

// countUsual returns how many usual hours are between two hours, without these.
func countUsual(from, to time.Time, zone *time.Location, isUsual func(kindOfHour) bool) int {
	n := 0
	for hour := from.Add(time.Hour); hour.Before(to); hour = hour.Add(time.Hour) {
		if isUsual(kindOf(hour, zone)) {
			n++
		}
	}
	return n
}
