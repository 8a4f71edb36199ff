package calltrackingmetrics

import (
	"cmp"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/visitorid"
)

// visitorIDs returns CTM's own id of the visitor, that of Google Analytics, and those
// in the owner's fields.
func visitorIDs(m message, tree lenient.Tree, s sources.Settings) map[string]string {
	return sources.VisitorIDs(sources.Places(description.Option(s.Values, "visitor_ids")), tree.At, map[string]string{
		visitorid.CallTrackingMetrics: string(m.VisitorSID), "ga": m.GA["cid"],
	})
}

// traffic returns the origin of the visit, or nil if the message has nothing about a
// visit. The name of a source alone, such as that of an offline campaign, is one.
func (m message) traffic() *conversion.Traffic {
	return sources.VisitTraffic(conversion.Traffic{
		Source:      cmp.Or(m.Paid["source"], string(m.WebSource), string(m.Source)),
		Medium:      cmp.Or(m.Paid["medium"], string(m.Medium), m.GA["medium"]),
		Campaign:    cmp.Or(m.Paid["campaign"], string(m.Campaign), m.GA["campaign"]),
		Content:     cmp.Or(m.Paid["ad_content"], string(m.AdContent)),
		Term:        cmp.Or(m.Paid["keyword"], string(m.Keyword)),
		Referrer:    string(m.Referrer),
		LandingPage: string(m.Location),
		PageURL:     string(m.LastLocation),
		City:        string(m.City),
		Region:      string(m.State),
		Country:     string(m.Country),
		Device:      m.WebVisit["device"],
		ClickIDs: lenient.NotEmpty(map[string]lenient.Text{
			"gclid": lenient.Text(m.GA["gclid"]), "gbraid": lenient.Text(m.GA["gbraid"]), "wbraid": lenient.Text(cmp.Or(m.GA["wbraid"], m.GA["gwbraid"])),
		}),
	})
}
