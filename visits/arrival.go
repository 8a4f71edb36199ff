package visits

import "ringback/conversion"

// Arrive tells where a page view came from, and whether that is from outside the
// site.
func Arrive(h Hit, r Rules) (conversion.Traffic, bool) {
	return conversion.Traffic{LandingPage: CleanURL(h.URL), PageURL: CleanURL(h.URL), Referrer: CleanURL(h.Referrer)}, false
}
