package conversionview

import (
	"time"

	"ringback/explanation"
	"ringback/models/visitors"
	"ringback/visits"
	"ringback/web/internal/wire"
)

// SessionView is one visit, as the script on the site's pages reported it.
type SessionView struct {
	ID                 string             `json:"id" example:"ses_01jdq00000000000000000000"`
	SiteID             string             `json:"site_id" example:"site_01jdq00000000000000000000"`
	VisitorID          string             `json:"visitor_id" doc:"The id of the browser, which the script stores in a cookie."`
	StartedAt          time.Time          `json:"started_at"`
	LastActivityAt     time.Time          `json:"last_activity_at"`
	StartedBecause     visits.StartReason `json:"started_because" doc:"Why it is a session of its own: a code, and the values that belong to it."`
	Explanation        string             `json:"explanation" doc:"Why it is a session of its own, for people." example:"it came from google / cpc"`
	ChannelCarriedOver bool               `json:"channel_carried_over,omitempty" doc:"True if the session began directly and its channel is that of the session before."`
	Traffic            *wire.TrafficBody  `json:"traffic" doc:"Where the visit came from, with its landing page, channel and device."`
	VisitorIDs         map[string]string  `json:"visitor_ids,omitempty" doc:"The visitor ids that were found during the session."`
	Storage            string             `json:"storage" doc:"Where the browser stores the visitor's id. memory: it stores none, and the next page counts as another visitor." enum:"cookie,storage,memory"`
	Views              int                `json:"views" doc:"The number of page views."`
	Leads              int                `json:"leads" doc:"The number of forms that were sent."`
}

// ViewSession returns the view of a session.
func ViewSession(w explanation.Writer, m visitors.Session) SessionView {
	return SessionView{
		ID: m.ID, SiteID: m.SiteID, VisitorID: m.VisitorID, StartedAt: m.StartedAt, LastActivityAt: m.LastActivityAt,
		StartedBecause: m.StartedBecause, Explanation: w.SessionStart(m.StartedBecause), ChannelCarriedOver: m.ChannelCarriedOver, Traffic: wire.ViewTraffic(&m.Traffic), VisitorIDs: m.VisitorIDs,
		Storage: m.Storage, Views: m.Views, Leads: m.Leads,
	}
}
