package sources

import "ringback/conversion"

// VisitTraffic returns the traffic of a visit, or nil if a message has nothing about a
// visit. The place and the device of the caller alone are none: they belong to the
// phone number.
func VisitTraffic(t conversion.Traffic) *conversion.Traffic {
	if t.Source+t.Medium+t.Campaign+t.Content+t.Term+t.Referrer+t.LandingPage+t.PageURL == "" && len(t.ClickIDs) == 0 {
		return nil
	}
	return &t
}
