package visits

import (
	"cmp"
	"slices"
	"time"

	"ringback/conversion"
	"ringback/internal/limits"
)

// How far back visits are read for attribution, and how many at most. Sites look
// back less far (90 days by default): older visits are read for what is shown of a
// conversion. Of more visits the newest are used, and the oldest within the site's
// lookback: attribution may need the first visit.
const (
	historyReach  = 400 * 24 * time.Hour
	MaxHistory    = 500
	OldestHistory = 50
)

// Reach is how far back a site looks for the visits before a conversion.
type Reach struct {
	Read   time.Time // visits up to this time are not read
	Counts time.Time // older visits do not count
}

// ReachOf returns how far back a site with this lookback looks from a conversion.
// Zero days mean as far as a site can keep visits at all.
func ReachOf(conversionAt time.Time, lookbackDays int) Reach {
	if lookbackDays == 0 {
		kept := conversionAt.UTC().AddDate(0, 0, -limits.KeepDays)
		return Reach{Read: kept, Counts: kept}
	}
	return Reach{Read: conversionAt.Add(-historyReach), Counts: conversionAt.UTC().AddDate(0, 0, -lookbackDays)}
}

// History returns a visitor's visits, newest first: the sessions on the web site,
// and the visits whose traffic was reported with other conversions unless their
// session is among the sessions. If there are more than MaxHistory, it leaves out
// those between the newest and the oldest after start.
func History(sessions, inline []conversion.Visit, start time.Time) []conversion.Visit {
	known := make(map[string]bool, len(sessions))
	for _, v := range sessions {
		known[v.SessionID] = true
	}
	all := slices.Clone(sessions)
	for _, v := range inline {
		if !known[v.SessionID] {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b conversion.Visit) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	all = slices.CompactFunc(all, func(a, b conversion.Visit) bool { return a.ID == b.ID })
	if len(all) <= MaxHistory {
		return all
	}
	newest, others := all[:MaxHistory-OldestHistory], all[MaxHistory-OldestHistory:]
	others = slices.DeleteFunc(others, func(v conversion.Visit) bool { return v.At.Before(start) })
	return append(newest, others[max(0, len(others)-OldestHistory):]...)
}

// VisitedAt returns when a session began, as a conversion sees it. The session in
// which the conversion happened began before it, even if the network made the
// time of the session's first view a later one.
func VisitedAt(startedAt, conversionAt time.Time, isConversions bool) time.Time {
	if isConversions && startedAt.After(conversionAt) {
		return conversionAt
	}
	return startedAt
}
