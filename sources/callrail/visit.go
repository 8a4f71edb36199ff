package callrail

import (
	"cmp"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/lenient"
)

// traffic returns the origin of the visit, or nil if the message holds nothing about
// a visit.
func (m message) traffic() *conversion.Traffic {
	return sources.VisitTraffic(conversion.Traffic{
		Source:      string(cmp.Or(m.UTMSource, m.Source, m.CallSource)),
		Medium:      string(cmp.Or(m.UTMMedium, m.Medium)),
		Campaign:    string(cmp.Or(m.UTMCampaign, m.Campaign)),
		Content:     string(m.UTMContent),
		Term:        string(cmp.Or(m.UTMTerm, m.Keywords)),
		Referrer:    string(cmp.Or(m.Referring, m.Referrer)),
		LandingPage: string(cmp.Or(m.Landing, m.LandingPage)),
		PageURL:     string(m.LastPage),
		City:        string(m.CustomerCity),
		Region:      string(m.CustomerState),
		Country:     string(m.CustomerCountry),
		Device:      string(m.Device),
		ClickIDs:    lenient.NotEmpty(map[string]lenient.Text{"gclid": m.GCLID, "fbclid": m.FBCLID, "msclkid": m.MSCLKID}),
	})
}

// cookies returns the captured cookies that hold visitor ids, by the option
// visitor_cookies.
func cookies(s sources.Settings) []sources.Place {
	return sources.Places(description.Option(s.Values, "visitor_cookies"))
}

// visitorIDs returns the ids in the captured cookies and those of CallRail and Google
// Analytics. Cookies are passed on unchanged, because each destination parses its
// own. If a cookie has no usable id, the system's next cookie counts.
func (m message) visitorIDs(s sources.Settings) map[string]string {
	return sources.VisitorIDs(cookies(s), func(name string) string { return m.Custom[name] },
		map[string]string{"callrail": string(m.SessionID), "ga": string(m.GA)})
}
