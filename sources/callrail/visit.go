package callrail

import (
	"cmp"
	"strings"

	"ringback/conversion"
	"ringback/sources"
)

// traffic returns the origin of the visit, or nil if the message holds nothing about
// a visit. The customer's location alone does not count, because it belongs to the
// phone number.
func (m message) traffic() *conversion.Traffic {
	t := conversion.Traffic{
		Source:      string(cmp.Or(m.UTMSource, m.Source, m.CallSource)),
		Medium:      string(cmp.Or(m.UTMMedium, m.Medium)),
		Campaign:    string(cmp.Or(m.UTMCampaign, m.Campaign)),
		Content:     string(m.UTMContent),
		Term:        string(cmp.Or(m.UTMTerm, m.Keywords)),
		Referrer:    string(cmp.Or(m.Referring, m.Referrer)),
		LandingPage: string(cmp.Or(m.Landing, m.LandingPage)),
		PageURL:     string(m.LastPage),
	}
	ids := m.clickIDs()
	if t.Source+t.Medium+t.Campaign+t.Content+t.Term+t.Referrer+t.LandingPage+t.PageURL == "" && len(ids) == 0 {
		return nil
	}
	t.ClickIDs = ids
	t.City, t.Region, t.Country = string(m.CustomerCity), string(m.CustomerState), string(m.CustomerCountry)
	t.Device = string(m.Device)
	return &t
}

func (m message) clickIDs() map[string]string {
	return named(map[string]lenientString{"gclid": m.GCLID, "fbclid": m.FBCLID, "msclkid": m.MSCLKID})
}

// named returns the entries that are not empty, or nil if there are none.
func named(all map[string]lenientString) map[string]string {
	var known map[string]string
	for name, value := range all {
		if name == "" || value == "" {
			continue
		}
		if known == nil {
			known = map[string]string{}
		}
		known[name] = string(value)
	}
	return known
}

// cookie names a captured cookie that holds a system's visitor id.
type cookie struct {
	system string // rtbhouse, bizible, ...
	name   string
}

// cookies parses the option visitor_cookies. A malformed pair has empty names, which
// Validate rejects.
func cookies(s sources.Settings) []cookie {
	var all []cookie
	for pair := range strings.SplitSeq(description.Option(s.Values, "visitor_cookies"), ",") {
		system, name, _ := strings.Cut(pair, "=")
		all = append(all, cookie{system: strings.TrimSpace(system), name: strings.TrimSpace(name)})
	}
	return all
}

// visitorIDs returns the ids in the captured cookies and those of CallRail and Google
// Analytics. Cookies are passed on unchanged, because each destination parses its
// own. If a cookie has no usable id, the system's next cookie counts.
func (m message) visitorIDs(s sources.Settings) map[string]string {
	known := map[string]lenientString{"callrail": m.SessionID, "ga": m.GA}
	for _, c := range cookies(s) {
		if value := m.Custom[c.name]; known[c.system] == "" && conversion.UsableVisitorID(value) {
			known[c.system] = lenientString(value)
		}
	}
	return named(known)
}
