package conversionview

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/models"
	"ringback/web/internal/wire"
)

// ConversionView is a call or a lead in a list.
type ConversionView struct {
	ID             string                 `json:"id" example:"cnv_01jdq00000000000000000000"`
	SiteID         string                 `json:"site_id" example:"site_01jdq00000000000000000000"`
	Kind           conversion.Kind        `json:"kind" enum:"call,lead" example:"call"`
	Source         string                 `json:"source" example:"api"`
	ExternalID     string                 `json:"external_id" example:"call-1"`
	State          models.ConversionState `json:"state" enum:"waiting,dispatching,done" doc:"waiting: for the end of the call or for late data. dispatching: the decisions are made and deliveries are in progress. done: every delivery that was decided on has ended. A resend does not change the state."`
	At             time.Time              `json:"at" doc:"The start of the call, or the arrival of the lead."`
	Phone          string                 `json:"phone,omitempty" example:"+12025550123"`
	Anonymous      bool                   `json:"anonymous,omitempty" doc:"The caller withheld the number."`
	Name           string                 `json:"name,omitempty"`
	Email          string                 `json:"email,omitempty"`
	TrackingNumber string                 `json:"tracking_number,omitempty"`
	Extension      string                 `json:"extension,omitempty"`
	SessionID      string                 `json:"session_id,omitempty"`
	VisitorIDs     map[string]string      `json:"visitor_ids,omitempty"`
	Traffic        *wire.TrafficBody      `json:"traffic,omitempty"`
	AnsweredAt     *time.Time             `json:"answered_at,omitempty"`
	EndedAt        *time.Time             `json:"ended_at,omitempty"`
	Outcome        conversion.Outcome     `json:"outcome,omitempty"`
	TalkSeconds    *int                   `json:"talk_seconds,omitempty"`
	WaitSeconds    *int                   `json:"wait_seconds,omitempty"`
	Incomplete     bool                   `json:"incomplete,omitempty" doc:"True if the end of the call was never reported. The call was closed at max_call_minutes of the site."`
	Unique         *bool                  `json:"unique,omitempty" doc:"Missing as long as it is not known."`
	Target         *bool                  `json:"target,omitempty"`
	UniqueTarget   *bool                  `json:"unique_target,omitempty"`
	Form           string                 `json:"form,omitempty"`
	PageURL        string                 `json:"page_url,omitempty"`
	Fields         map[string]string      `json:"fields,omitempty"`
	CreatedAt      time.Time              `json:"created_at" doc:"The time at which it was accepted."`
	DecidedAt      *time.Time             `json:"decided_at,omitempty" doc:"The time at which all decisions were made. What comes later is late."`
	DoneAt         *time.Time             `json:"done_at,omitempty"`
	WorkflowURL    string                 `json:"workflow_url,omitempty" doc:"Its workflow in the Temporal UI. Only the operator gets it."`
}

// Conversion returns the view of a conversion in a list.
func (r *Reader) Conversion(ctx context.Context, m models.Conversion) ConversionView {
	return ConversionView{
		ID: m.ID, SiteID: m.SiteID, Kind: m.Kind, Source: m.Source, ExternalID: m.ExternalID, State: m.State,
		At: m.At, Phone: m.Phone, Anonymous: m.Anonymous, Name: m.Name, Email: m.Email,
		TrackingNumber: m.TrackingNumber, Extension: m.Extension, SessionID: m.SessionID,
		VisitorIDs: m.VisitorIDs, Traffic: wire.ViewTraffic(m.Traffic), AnsweredAt: m.AnsweredAt, EndedAt: m.EndedAt,
		Outcome: m.Outcome, TalkSeconds: m.TalkSeconds, WaitSeconds: m.WaitSeconds, Incomplete: m.Incomplete,
		Unique: m.Unique, Target: m.Target, UniqueTarget: m.UniqueTarget,
		Form: m.Form, PageURL: m.PageURL, Fields: m.Fields,
		CreatedAt: m.CreatedAt, DecidedAt: m.DecidedAt, DoneAt: m.DoneAt, WorkflowURL: r.links.workflowURL(ctx, m.WorkflowID),
	}
}
