package web

import (
	"context"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/web/internal/reqctx"
	"ringback/workflows"
)

// deliveryView is a delivery, with its attempts where one is read.
type deliveryView struct {
	ID              string               `json:"id" doc:"The same on every attempt: the destination may know repeats by it." example:"dlv_01jdq00000000000000000000"`
	SiteID          string               `json:"site_id"`
	ConversionID    string               `json:"conversion_id" example:"cnv_01jdq00000000000000000000"`
	IntegrationID   string               `json:"integration_id" example:"int_01jdq00000000000000000000"`
	IntegrationType string               `json:"integration_type" example:"rtbhouse"`
	N               int                  `json:"n" doc:"0: the decision's own; 1, 2, ...: resends that a person asked for."`
	ResendOf        string               `json:"resend_of,omitempty"`
	ResentAs        string               `json:"resent_as,omitempty" doc:"The resend that followed it."`
	RequestedBy     string               `json:"requested_by,omitempty" doc:"Id of the token that asked for the resend."`
	State           models.DeliveryState `json:"state" enum:"pending,waiting,retrying,delivered,failed"`
	Reason          string               `json:"reason,omitempty" doc:"Why it waits, retries or failed." example:"answered 503"`
	Class           delivery.Class       `json:"class,omitempty" doc:"How the last attempt went." example:"unavailable"`
	AttemptCount    int                  `json:"attempt_count" doc:"How many attempts were made."`
	NextTryAt       *time.Time           `json:"next_try_at,omitempty"`
	GiveUpAt        time.Time            `json:"give_up_at" doc:"What has not succeeded by then has failed."`
	CreatedAt       time.Time            `json:"created_at"`
	FinishedAt      *time.Time           `json:"finished_at,omitempty"`
	WorkflowURL     string               `json:"workflow_url,omitempty" doc:"Its workflow in the Temporal UI."`
	Attempts        []attemptView        `json:"attempts,omitempty" doc:"Each attempt, with what was sent and answered. Not in lists."`
}

// attemptView is one try: the request without secrets, the answer cut to length.
type attemptView struct {
	Number          int              `json:"number" example:"1"`
	StartedAt       time.Time        `json:"started_at"`
	DurationSeconds float64          `json:"duration_seconds" example:"0.042"`
	Class           delivery.Class   `json:"class" example:"delivered"`
	Status          int              `json:"status" doc:"HTTP status; 0: there was no answer." example:"200"`
	Reason          string           `json:"reason,omitempty"`
	Request         delivery.Message `json:"request" doc:"Secrets stand as [redacted]."`
	Response        delivery.Message `json:"response"`
	NextTryAt       *time.Time       `json:"next_try_at,omitempty" doc:"Missing: no other attempt follows by itself."`
}

func (s *server) viewDelivery(m models.Delivery, attempts []models.Attempt) deliveryView {
	return deliveryView{
		ID: m.ID, SiteID: m.SiteID, ConversionID: m.ConversionID, IntegrationID: m.IntegrationID,
		IntegrationType: m.IntegrationType, N: m.ResendNumber, ResendOf: m.ResendOf, ResentAs: m.ResentAs, RequestedBy: m.RequestedBy,
		State: m.State, Reason: m.Reason, Class: m.Class, AttemptCount: m.Attempts, NextTryAt: m.NextTryAt,
		GiveUpAt: m.GiveUpAt, CreatedAt: m.CreatedAt, FinishedAt: m.FinishedAt,
		WorkflowURL: s.workflowURL(m.WorkflowID), Attempts: views(attempts, viewAttempt),
	}
}

func viewAttempt(m models.Attempt) attemptView {
	return attemptView{
		Number: m.Number, StartedAt: m.StartedAt, DurationSeconds: m.Duration.Seconds(), Class: m.Class,
		Status: m.Status, Reason: m.Reason, Request: m.Request, Response: m.Response, NextTryAt: m.NextTryAt,
	}
}

// OfDelivery is the parameter of everything about one delivery.
type OfDelivery struct {
	ID string `path:"id" doc:"The delivery's id." example:"dlv_01jdq00000000000000000000"`
}

func (s *server) listDeliveries(ctx context.Context, in *struct {
	InSite
	Paging
	Period
	IntegrationID string               `query:"integration_id" maxLength:"64" doc:"Only those of this integration."`
	ConversionID  string               `query:"conversion_id" maxLength:"64" doc:"Only those of this conversion."`
	State         models.DeliveryState `query:"state" enum:"pending,waiting,retrying,delivered,failed" doc:"Only those in this state."`
	Resent        string               `query:"resent" enum:"true,false" doc:"false: only those that no resend has followed, such as what failed and is still to be resent; true: only the others."`
}) (*listing[deliveryView], error) {
	if _, err := s.site(ctx, in.Site); err != nil {
		return nil, err
	}
	filter := models.DeliveryFilter{
		AccountID: reqctx.Account(ctx), SiteID: in.Site, IntegrationID: in.IntegrationID,
		ConversionID: in.ConversionID, State: in.State,
	}
	if in.Resent != "" {
		filter.Resent = new(in.Resent == "true")
	}
	filter.From, filter.To = in.bounds()
	deliveries, next, err := s.Store.Deliveries(ctx, filter, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(deliveries, next, func(m models.Delivery) deliveryView { return s.viewDelivery(m, nil) }), nil
}

func (s *server) readDelivery(ctx context.Context, in *OfDelivery) (*answer[deliveryView], error) {
	delivery, attempts, err := s.Store.Delivery(ctx, reqctx.Account(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return answerOf(s.viewDelivery(delivery, attempts)), nil
}

func (s *server) resendDelivery(ctx context.Context, in *OfDelivery) (*answer[deliveryView], error) {
	delivery, signal, err := s.Store.Resend(ctx, reqctx.Actor(ctx), reqctx.Account(ctx), in.ID, workflows.ResendID)
	if err != nil {
		return nil, err
	}
	s.Relay.Offer(signal)
	return answerOf(s.viewDelivery(delivery, nil)), nil
}

// bulkBody picks the deliveries of a bulk resend.
type bulkBody struct {
	Filter        bulkFilter `json:"filter,omitzero" doc:"Which deliveries. Only final ones are ever resent."`
	ExpectedCount *int64     `json:"expected_count,omitempty" minimum:"0" maximum:"10000" doc:"The count that an earlier answer gave. Left out: nothing is sent, only counted."`
}

type bulkFilter struct {
	IntegrationID string               `json:"integration_id,omitempty" maxLength:"64" example:"int_01jdq00000000000000000000"`
	ConversionID  string               `json:"conversion_id,omitempty" maxLength:"64"`
	State         models.DeliveryState `json:"state,omitempty" enum:"failed,delivered" doc:"Default failed." example:"failed"`
	From          *time.Time           `json:"from,omitempty" doc:"Created from this time on."`
	To            *time.Time           `json:"to,omitempty" doc:"Created before this time."`
}

type bulkView struct {
	Count  int64 `json:"count" doc:"How many deliveries the filter picks." example:"12"`
	Resent int   `json:"resent" doc:"How many resends were started: 0 when it was only counted."`
}

func (s *server) resendMany(ctx context.Context, in *struct {
	InSite
	Body bulkBody
}) (*answer[bulkView], error) {
	if _, err := s.site(ctx, in.Site); err != nil {
		return nil, err
	}
	filter := in.Body.Filter.of(reqctx.Account(ctx), in.Site)
	if in.Body.ExpectedCount == nil {
		count, err := s.Store.CountDeliveries(ctx, filter)
		return answerOf(bulkView{Count: count}), err
	}
	signals, err := s.Store.ResendMany(ctx, reqctx.Actor(ctx), filter, *in.Body.ExpectedCount, workflows.ResendID)
	if fault.CodeOf(err) == fault.Conflict {
		return nil, fault.New(fault.Conflict, "the filter picks another number of deliveries now; count again and say that number as expected_count")
	}
	if err != nil {
		return nil, err
	}
	for _, signal := range signals {
		s.Relay.Offer(signal)
	}
	return answerOf(bulkView{Count: *in.Body.ExpectedCount, Resent: len(signals)}), nil
}

func (f bulkFilter) of(accountID, siteID string) models.DeliveryFilter {
	if f.State == "" {
		f.State = models.DeliveryFailed
	}
	return models.DeliveryFilter{
		AccountID: accountID, SiteID: siteID, IntegrationID: f.IntegrationID,
		ConversionID: f.ConversionID, State: f.State, From: f.From, To: f.To,
	}
}
