package web

import (
	"context"
	"net/url"
	"time"

	"ringback/conversion"
	"ringback/internal/instant"
	"ringback/models"
	"ringback/web/internal/reqctx"
)

// ConversionView is a call or a lead in a list.
type ConversionView struct {
	ID             string                 `json:"id" example:"cnv_01jdq00000000000000000000"`
	SiteID         string                 `json:"site_id" example:"site_01jdq00000000000000000000"`
	Kind           conversion.Kind        `json:"kind" enum:"call,lead" example:"call"`
	Source         string                 `json:"source" example:"api"`
	ExternalID     string                 `json:"external_id" example:"call-1"`
	State          models.ConversionState `json:"state" enum:"waiting,dispatching,done" doc:"waiting: for the call's end or late data. dispatching: decided, deliveries are under way. done: every integration has its end state."`
	At             time.Time              `json:"at" doc:"Start of the call, arrival of the lead."`
	Phone          string                 `json:"phone,omitempty" example:"+12025550123"`
	Anonymous      bool                   `json:"anonymous,omitempty" doc:"The caller withheld the number."`
	Name           string                 `json:"name,omitempty"`
	Email          string                 `json:"email,omitempty"`
	TrackingNumber string                 `json:"tracking_number,omitempty"`
	Extension      string                 `json:"extension,omitempty"`
	SessionID      string                 `json:"session_id,omitempty"`
	VisitorIDs     map[string]string      `json:"visitor_ids,omitempty"`
	Traffic        *trafficBody           `json:"traffic,omitempty"`
	AnsweredAt     *time.Time             `json:"answered_at,omitempty"`
	EndedAt        *time.Time             `json:"ended_at,omitempty"`
	Outcome        conversion.Outcome     `json:"outcome,omitempty"`
	TalkSeconds    *int                   `json:"talk_seconds,omitempty"`
	WaitSeconds    *int                   `json:"wait_seconds,omitempty"`
	Incomplete     bool                   `json:"incomplete,omitempty" doc:"The call never reported its end; it was closed at the site's limit."`
	Unique         *bool                  `json:"unique,omitempty" doc:"Missing: not known yet."`
	Target         *bool                  `json:"target,omitempty"`
	UniqueTarget   *bool                  `json:"unique_target,omitempty"`
	Form           string                 `json:"form,omitempty"`
	PageURL        string                 `json:"page_url,omitempty"`
	Fields         map[string]string      `json:"fields,omitempty"`
	CreatedAt      time.Time              `json:"created_at" doc:"When it was accepted."`
	DecidedAt      *time.Time             `json:"decided_at,omitempty" doc:"When all decisions were made: what comes later is late."`
	DoneAt         *time.Time             `json:"done_at,omitempty"`
	WorkflowURL    string                 `json:"workflow_url,omitempty" doc:"Its workflow in the Temporal UI."`
}

func (s *server) viewConversion(m models.Conversion) ConversionView {
	return ConversionView{
		ID: m.ID, SiteID: m.SiteID, Kind: m.Kind, Source: m.Source, ExternalID: m.ExternalID, State: m.State,
		At: m.At, Phone: m.Phone, Anonymous: m.Anonymous, Name: m.Name, Email: m.Email,
		TrackingNumber: m.TrackingNumber, Extension: m.Extension, SessionID: m.SessionID,
		VisitorIDs: m.VisitorIDs, Traffic: viewTraffic(m.Traffic), AnsweredAt: m.AnsweredAt, EndedAt: m.EndedAt,
		Outcome: m.Outcome, TalkSeconds: m.TalkSeconds, WaitSeconds: m.WaitSeconds, Incomplete: m.Incomplete,
		Unique: m.Unique, Target: m.Target, UniqueTarget: m.UniqueTarget,
		Form: m.Form, PageURL: m.PageURL, Fields: m.Fields,
		CreatedAt: m.CreatedAt, DecidedAt: m.DecidedAt, DoneAt: m.DoneAt, WorkflowURL: s.workflowURL(m.WorkflowID),
	}
}

func viewTraffic(t *conversion.Traffic) *trafficBody {
	if t == nil {
		return nil
	}
	body := trafficBody(*t)
	return &body
}

// workflowURL is the address of a workflow in the Temporal UI; empty where there is none.
func (s *server) workflowURL(workflowID string) string {
	if s.TemporalUIURL == "" || workflowID == "" {
		return ""
	}
	return s.TemporalUIURL + "/namespaces/" + url.PathEscape(s.Namespace) + "/workflows/" + url.PathEscape(workflowID)
}

// Period are the parameters of lists that can be cut to a span of time.
type Period struct {
	From time.Time `query:"from" doc:"Only from this time on (RFC 3339)." example:"2026-01-01T00:00:00Z"`
	To   time.Time `query:"to" doc:"Only before this time (RFC 3339)." example:"2026-02-01T00:00:00Z"`
}

func (p Period) bounds() (from, to *time.Time) { return given(p.From), given(p.To) }

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = instant.Of(t)
	return &t
}

func (s *server) listConversions(ctx context.Context, in *struct {
	InSite
	Paging
	Period
	Kind       conversion.Kind        `query:"kind" enum:"call,lead" doc:"Only calls or only leads."`
	State      models.ConversionState `query:"state" enum:"waiting,dispatching,done" doc:"Only those in this state."`
	Tag        string                 `query:"tag" maxLength:"100" doc:"Only those with this tag."`
	ExternalID string                 `query:"external_id" maxLength:"200" doc:"Only the one with this id of yours."`
}) (*listing[ConversionView], error) {
	filter := models.ConversionFilter{
		AccountID: reqctx.Account(ctx), SiteID: in.Site, Kind: in.Kind, State: in.State, Tag: in.Tag, ExternalID: in.ExternalID,
	}
	filter.From, filter.To = in.bounds()
	if _, err := s.site(ctx, in.Site); err != nil {
		return nil, err
	}
	conversions, next, err := s.Store.Conversions(ctx, filter, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(conversions, next, s.viewConversion), nil
}
