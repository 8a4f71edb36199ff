package revenue

import (
	"time"

	"ringback/reports"
)

// RealizedUntil returns the query of the realized revenue of a day in UTC until a time within
// it, and its parameters.
func RealizedUntil(siteID string, until time.Time) (string, []any) {
	g := generation{SiteID: siteID, Generation: 1, TimeZone: "UTC"}
	realized := touchedFacts[len(touchedFacts)-1:]
	return g.keyed(realized, Columns, "", reports.Parts{Fresh: []reports.Day{reports.DayOf(until, time.UTC)}, Until: until})
}
