package tracking

import (
	"context"
	"time"

	"ringback/models"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/visits"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

type visitStore interface {
	Sessions(ctx context.Context, accountID, siteID string, filter visitors.SessionFilter, page models.Page) ([]visitors.Session, string, error)
	Session(ctx context.Context, accountID, siteID, id string) (visitors.Session, error)
	SessionResults(ctx context.Context, accountID, siteID string, sessionIDs []string) (map[string]models.SessionResult, error)
	SessionViews(ctx context.Context, accountID, siteID, sessionID string, page models.Page) ([]visitors.PageView, string, error)
	Assignments(ctx context.Context, accountID, siteID string, filter tracking.AssignmentFilter, page models.Page) ([]tracking.Assignment, string, error)
}

// pageViewView is one activity of a session.
type pageViewView struct {
	ID         string      `json:"id" doc:"The id of the page view, made by the script. A view that is reported again has the same id."`
	Kind       visits.Kind `json:"kind" enum:"navigate,reload,back,in_page,form" doc:"How the page was opened. The value form means that a form on the page was sent." example:"navigate"`
	At         time.Time   `json:"at"`
	URL        string      `json:"url" doc:"Without what may be secret or personal." example:"https://www.example.com/contact"`
	Referrer   string      `json:"referrer,omitempty"`
	Script     string      `json:"script" doc:"The version of the script that reported it." example:"1a2b3c4d"`
	ReceivedAt time.Time   `json:"received_at"`
}

func viewPageView(m visitors.PageView) pageViewView {
	return pageViewView{
		ID: m.ID, Kind: m.Kind, At: m.At, URL: m.URL, Referrer: m.Referrer, Script: m.Script, ReceivedAt: m.ReceivedAt,
	}
}

// assignmentView is the time during which a session had a number of a pool.
type assignmentView struct {
	ID        string    `json:"id" example:"asg_01jdq00000000000000000000"`
	NumberID  string    `json:"number_id" example:"num_01jdq00000000000000000000"`
	PoolID    string    `json:"pool_id" example:"pool_01jdq00000000000000000000"`
	SessionID string    `json:"session_id" example:"ses_01jdq00000000000000000000"`
	VisitorID string    `json:"visitor_id"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until" doc:"The end of the assignment. A time in the future is the end if the visitor does nothing more."`
}

func viewAssignment(m tracking.Assignment) assignmentView {
	return assignmentView{
		ID: m.ID, NumberID: m.NumberID, PoolID: m.PoolID, SessionID: m.SessionID, VisitorID: m.VisitorID, From: m.From, Until: m.Until,
	}
}

func (h *Handler) listSessionViews(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	ID string `path:"id" doc:"The session's id." example:"ses_01jdq00000000000000000000"`
}) (*wire.Listing[pageViewView], error) {
	activity, next, err := h.store.SessionViews(ctx, reqctx.Account(ctx), in.Site, in.ID, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(activity, next, viewPageView), nil
}

func (h *Handler) listAssignments(ctx context.Context, in *struct {
	OfNumber
	wire.Paging
}) (*wire.Listing[assignmentView], error) {
	filter := tracking.AssignmentFilter{NumberID: in.ID}
	assignments, next, err := h.store.Assignments(ctx, reqctx.Account(ctx), in.Site, filter, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(assignments, next, viewAssignment), nil
}
