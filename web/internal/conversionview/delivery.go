package conversionview

import (
	"context"
	"time"

	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// DeliveryView is a delivery. It has its last attempts unless it is in a list.
type DeliveryView struct {
	ID              string           `json:"id" doc:"The same in every attempt, so that the destination can recognise repeats." example:"dlv_01jdq00000000000000000000"`
	SiteID          string           `json:"site_id"`
	ConversionID    string           `json:"conversion_id" example:"cnv_01jdq00000000000000000000"`
	IntegrationID   string           `json:"integration_id" example:"int_01jdq00000000000000000000"`
	IntegrationType string           `json:"integration_type" example:"rtbhouse"`
	ResendNumber    int              `json:"resend_number" doc:"0 for the first delivery of the decision; 1, 2, ... for its resends."`
	ResendOf        string           `json:"resend_of,omitempty"`
	ResentAs        string           `json:"resent_as,omitempty" doc:"The id of the resend that followed it."`
	RequestedBy     string           `json:"requested_by,omitempty" doc:"The id of the token that requested the resend."`
	State           deliveries.State `json:"state" enum:"pending,waiting,retrying,delivered,failed"`
	ReasonView
	Class        delivery.Class `json:"class,omitempty" doc:"The outcome of the last attempt." example:"unavailable"`
	AttemptCount int            `json:"attempt_count" doc:"The number of attempts that were made."`
	NextTryAt    *time.Time     `json:"next_try_at,omitempty"`
	GiveUpAt     time.Time      `json:"give_up_at" doc:"The time at which it fails if no attempt has succeeded."`
	CreatedAt    time.Time      `json:"created_at"`
	FinishedAt   *time.Time     `json:"finished_at,omitempty"`
	WorkflowURL  string         `json:"workflow_url,omitempty" doc:"Its workflow in the Temporal UI. Only the operator gets it."`
	Attempts     []AttemptView  `json:"attempts,omitempty" doc:"The last 20 attempts, each with its request and its response. Not in lists of deliveries. The operation list-attempts has all of them."`
}

// AttemptView is one attempt: the request without secrets, the response cut to length.
type AttemptView struct {
	Number          int            `json:"number" example:"1"`
	StartedAt       time.Time      `json:"started_at"`
	DurationSeconds float64        `json:"duration_seconds" example:"0.042"`
	Class           delivery.Class `json:"class" example:"delivered"`
	Status          int            `json:"status" doc:"The HTTP status, 0 if there was no response." example:"200"`
	ReasonView
	Request   delivery.Message `json:"request" doc:"The request, with [redacted] in place of secrets."`
	Response  delivery.Message `json:"response"`
	NextTryAt *time.Time       `json:"next_try_at,omitempty" doc:"Missing if no automatic attempt follows."`
}

// Delivery returns the view of a delivery with some attempts.
func (r *Reader) Delivery(ctx context.Context, m deliveries.Delivery, attempts []deliveries.Attempt) DeliveryView {
	w := reqctx.Writer(ctx)
	return DeliveryView{
		ID: m.ID, SiteID: m.SiteID, ConversionID: m.ConversionID, IntegrationID: m.IntegrationID,
		IntegrationType: m.IntegrationType, ResendNumber: m.ResendNumber, ResendOf: m.ResendOf, ResentAs: m.ResentAs, RequestedBy: m.RequestedBy,
		State: m.State, ReasonView: ViewReason(w, m.Reason), Class: m.Class, AttemptCount: m.Attempts, NextTryAt: m.NextTryAt,
		GiveUpAt: m.GiveUpAt, CreatedAt: m.CreatedAt, FinishedAt: m.FinishedAt,
		WorkflowURL: r.links.workflowURL(ctx, m.WorkflowID), Attempts: wire.Views(attempts, func(a deliveries.Attempt) AttemptView { return ViewAttempt(w, a) }),
	}
}

// ViewAttempt returns the view of an attempt.
func ViewAttempt(w explanation.Writer, m deliveries.Attempt) AttemptView {
	return AttemptView{
		Number: m.Number, StartedAt: m.StartedAt, DurationSeconds: m.Duration.Seconds(), Class: m.Class,
		Status: m.Status, ReasonView: ViewReason(w, m.Reason), Request: m.Request, Response: m.Response, NextTryAt: m.NextTryAt,
	}
}
