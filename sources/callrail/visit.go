package callrail

import (
	"cmp"
	"strings"

	"ringback/conversion"
	"ringback/sources"
)

// traffic returns where the visit came from; nil when the message tells nothing
// of a visit. The customer's place is that of the phone number, so it alone is no visit.
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
	return named(map[string]text{"gclid": m.GCLID, "fbclid": m.FBCLID, "msclkid": m.MSCLKID})
}

// named leaves out what is empty; nil when nothing is left.
func named(all map[string]text) map[string]string {
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

// cookie says that a captured cookie holds an id of a system.
type cookie struct {
	system string // rtbhouse, bizible, ...
	name   string
}

// cookies reads the option visitor_cookies. A pair that is none has empty names; Validate refuses it.
func cookies(s sources.Settings) []cookie {
	var all []cookie
	for pair := range strings.SplitSeq(description.Option(s.Values, "visitor_cookies"), ",") {
		system, name, _ := strings.Cut(pair, "=")
		all = append(all, cookie{system: strings.TrimSpace(system), name: strings.TrimSpace(name)})
	}
	return all
}

// visitorIDs returns the ids that the captured cookies hold, and CallRail's and
// Google Analytics' own. Cookies are passed on as they are: a destination reads
// its own. One that identifies nobody leaves the place to the next.
func (m message) visitorIDs(s sources.Settings) map[string]string {
	known := map[string]text{"callrail": m.SessionID, "ga": m.GA}
	for _, c := range cookies(s) {
		if value := m.Custom[c.name]; known[c.system] == "" && conversion.UsableVisitorID(value) {
			known[c.system] = text(value)
		}
	}
	return named(known)
}
