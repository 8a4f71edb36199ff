package web

import (
	"context"
	"time"

	"ringback/models"
	"ringback/visits"
	"ringback/web/internal/reqctx"
)

// visitStore is what reading visits asks of the database.
type visitStore interface {
	Sessions(ctx context.Context, accountID, siteID string, filter models.SessionFilter, page models.Page) ([]models.Session, string, error)
	SessionViews(ctx context.Context, accountID, siteID, sessionID string, page models.Page) ([]models.PageView, string, error)
}

// sessionView is one visit of a visitor, as the site's script reported it.
type sessionView struct {
	ID             string            `json:"id" example:"ses_01jdq00000000000000000000"`
	SiteID         string            `json:"site_id" example:"site_01jdq00000000000000000000"`
	VisitorID      string            `json:"visitor_id" doc:"The browser, by the id that the script keeps in a cookie."`
	StartedAt      time.Time         `json:"started_at"`
	LastActivityAt time.Time         `json:"last_activity_at"`
	Why            string            `json:"why" doc:"Why it is a session of its own." example:"the referrer is another site"`
	Carried        bool              `json:"carried,omitempty" doc:"Its channel is that of the session before: it began directly."`
	Traffic        *trafficBody      `json:"traffic" doc:"Where the visit came from, with its landing page, channel and device."`
	VisitorIDs     map[string]string `json:"visitor_ids,omitempty" doc:"Third parties' ids that were seen during it."`
	Storage        string            `json:"storage" doc:"Where the browser keeps the visitor's id; memory: it keeps none, and the next page is another visitor's." enum:"cookie,storage,memory"`
	Views          int               `json:"views" doc:"Page views."`
	Leads          int               `json:"leads" doc:"Forms that were sent."`
}

func viewSession(m models.Session) sessionView {
	return sessionView{
		ID: m.ID, SiteID: m.SiteID, VisitorID: m.VisitorID, StartedAt: m.StartedAt, LastActivityAt: m.LastActivityAt,
		Why: m.StartedBecause, Carried: m.ChannelCarriedOver, Traffic: viewTraffic(&m.Traffic), VisitorIDs: m.VisitorIDs,
		Storage: m.Storage, Views: m.Views, Leads: m.Leads,
	}
}

// pageViewView is one activity of a session.
type pageViewView struct {
	ID         string      `json:"id" doc:"Made by the script: a repeat is the same view."`
	Kind       visits.Kind `json:"kind" enum:"navigate,reload,back,in_page,form" doc:"How the page came to be looked at; form: a form on it was sent." example:"navigate"`
	At         time.Time   `json:"at"`
	URL        string      `json:"url" doc:"Without what may be secret or personal." example:"https://www.example.com/contact"`
	Referrer   string      `json:"referrer,omitempty"`
	Script     string      `json:"script" doc:"The version of the script that reported it." example:"1a2b3c4d"`
	ReceivedAt time.Time   `json:"received_at"`
}

func viewPageView(m models.PageView) pageViewView {
	return pageViewView{
		ID: m.ID, Kind: m.Kind, At: m.At, URL: m.URL, Referrer: m.Referrer, Script: m.Script, ReceivedAt: m.ReceivedAt,
	}
}

// assignmentView says which session had a number of a pool from when until when.
type assignmentView struct {
	ID        string    `json:"id" example:"asg_01jdq00000000000000000000"`
	NumberID  string    `json:"number_id" example:"num_01jdq00000000000000000000"`
	PoolID    string    `json:"pool_id" example:"pool_01jdq00000000000000000000"`
	SessionID string    `json:"session_id" example:"ses_01jdq00000000000000000000"`
	VisitorID string    `json:"visitor_id"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until" doc:"In the future: if the visitor does nothing more."`
}

func viewAssignment(m models.Assignment) assignmentView {
	return assignmentView{
		ID: m.ID, NumberID: m.NumberID, PoolID: m.PoolID, SessionID: m.SessionID, VisitorID: m.VisitorID, From: m.From, Until: m.Until,
	}
}

func (s *server) listSessions(ctx context.Context, in *struct {
	InSite
	Paging
	Visitor string `query:"visitor" maxLength:"64" doc:"Only those of this visitor, by visitor_id."`
}) (*listing[sessionView], error) {
	sessions, next, err := s.Store.Sessions(ctx, reqctx.Account(ctx), in.Site, models.SessionFilter{VisitorID: in.Visitor}, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(sessions, next, viewSession), nil
}

func (s *server) listSessionViews(ctx context.Context, in *struct {
	InSite
	Paging
	ID string `path:"id" doc:"The session's id." example:"ses_01jdq00000000000000000000"`
}) (*listing[pageViewView], error) {
	activity, next, err := s.Store.SessionViews(ctx, reqctx.Account(ctx), in.Site, in.ID, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(activity, next, viewPageView), nil
}

func (s *server) listAssignments(ctx context.Context, in *struct {
	OfNumber
	Paging
}) (*listing[assignmentView], error) {
	filter := models.AssignmentFilter{NumberID: in.ID}
	assignments, next, err := s.Store.Assignments(ctx, reqctx.Account(ctx), in.Site, filter, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(assignments, next, viewAssignment), nil
}
