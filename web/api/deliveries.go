package api

import (
	"context"
	"net/http"
	"time"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/deliveries"
	"ringback/models/outbox"
	"ringback/web/internal/auth"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
	"ringback/workflows"
)

type deliveryStore interface {
	Deliveries(ctx context.Context, filter deliveries.Filter, page models.Page) ([]deliveries.Delivery, string, error)
	Delivery(ctx context.Context, accountID, id string) (deliveries.Delivery, []deliveries.Attempt, error)
	Attempts(ctx context.Context, accountID, deliveryID string, page models.Page) (deliveries.Delivery, []deliveries.Attempt, string, error)
	Resend(ctx context.Context, actor audit.Actor, accountID, deliveryID string, workflowID func(deliveryID string, n int) string) (deliveries.Delivery, outbox.Signal, error)
	CountDeliveries(ctx context.Context, filter deliveries.Filter) (int64, error)
	ResendMany(ctx context.Context, actor audit.Actor, filter deliveries.Filter, expect int64, workflowID func(deliveryID string, n int) string) ([]outbox.Signal, error)
}

func (h *Handler) deliveryRoutes(g openapi.Group) {
	add(g, openapi.Operation{ID: "list-deliveries", Route: "GET /sites/{site}/deliveries", Access: auth.Viewer, Summary: "List the deliveries"}, h.listDeliveries)
	add(g, openapi.Operation{
		ID: "read-delivery", Route: "GET /deliveries/{id}", Access: auth.Viewer, AnySite: true, Summary: "Read a delivery",
		Description: "Includes the last 20 attempts: the request, without secrets, and the response.",
	}, h.readDelivery)
	add(g, openapi.Operation{
		ID: "list-attempts", Route: "GET /deliveries/{id}/attempts", Access: auth.Viewer, AnySite: true, Summary: "List the attempts of a delivery",
		Description: "Each with the request, without secrets, and the response, the last attempt first.",
	}, h.listAttempts)
	add(g, openapi.Operation{
		ID: "resend-delivery", Route: "POST /deliveries/{id}/resend", Access: auth.Editor, AnySite: true, Summary: "Resend a delivery", Status: http.StatusAccepted,
		Description: "Sends the same event again as a new delivery. Only a delivery that was delivered or has failed can be resent.", Failures: []int{http.StatusConflict},
	}, h.resendDelivery)
	add(g, openapi.Operation{
		ID: "resend-deliveries", Route: "POST /sites/{site}/deliveries/resend", Access: auth.Editor, Summary: "Resend many deliveries", Large: true,
		Description: "Takes two requests. Without expected_count, the answer is the number of deliveries that match the filter. With that number as expected_count, they are resent, at most 10000 of them. If the number has changed in between, the answer is 409.",
		Failures:    []int{http.StatusConflict},
	}, h.resendMany)
}

// OfDelivery is the parameter of everything about one delivery.
type OfDelivery struct {
	ID string `path:"id" doc:"The delivery's id." example:"dlv_01jdq00000000000000000000"`
}

func (h *Handler) listDeliveries(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	wire.Period
	IntegrationID string           `query:"integration_id" maxLength:"64" doc:"Only those of this integration."`
	ConversionID  string           `query:"conversion_id" maxLength:"64" doc:"Only those of this conversion."`
	State         deliveries.State `query:"state" enum:"pending,waiting,retrying,delivered,failed" doc:"Only those in this state."`
	Resent        string           `query:"resent" enum:"true,false" doc:"Whether a resend followed the delivery. With false, the list has only deliveries without a resend, such as those that failed and can still be resent."`
}) (*wire.Listing[conversionview.DeliveryView], error) {
	if _, err := h.sites.Site(ctx, in.Site); err != nil {
		return nil, err
	}
	filter := deliveries.Filter{
		AccountID: reqctx.Account(ctx), SiteID: in.Site, IntegrationID: in.IntegrationID,
		ConversionID: in.ConversionID, State: in.State,
	}
	if in.Resent != "" {
		filter.Resent = new(in.Resent == "true")
	}
	filter.From, filter.To = in.Bounds()
	if openapi.OnlyChecked(ctx) {
		return &wire.Listing[conversionview.DeliveryView]{}, nil
	}
	listed, next, err := h.store.Deliveries(ctx, filter, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(listed, next, func(m deliveries.Delivery) conversionview.DeliveryView {
		return h.view.Delivery(ctx, m, nil)
	}), nil
}

func (h *Handler) readDelivery(ctx context.Context, in *OfDelivery) (*wire.Answer[conversionview.DeliveryView], error) {
	delivery, attempts, err := h.store.Delivery(ctx, reqctx.Account(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	if err := reqctx.Require(ctx, delivery.SiteID, auth.Viewer, fault.New(fault.NotFound, "no_such_delivery")); err != nil {
		return nil, err
	}
	return wire.Body(h.view.Delivery(ctx, delivery, attempts)), nil
}

func (h *Handler) listAttempts(ctx context.Context, in *struct {
	OfDelivery
	wire.Paging
}) (*wire.Listing[conversionview.AttemptView], error) {
	of, listed, next, err := h.store.Attempts(ctx, reqctx.Account(ctx), in.ID, in.Page())
	if err != nil {
		return nil, err
	}
	if err := reqctx.Require(ctx, of.SiteID, auth.Viewer, fault.New(fault.NotFound, "no_such_delivery")); err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	return wire.List(listed, next, func(m deliveries.Attempt) conversionview.AttemptView { return conversionview.ViewAttempt(w, m) }), nil
}

func (h *Handler) resendDelivery(ctx context.Context, in *OfDelivery) (*wire.Answer[conversionview.DeliveryView], error) {
	old, _, err := h.store.Delivery(ctx, reqctx.Account(ctx), in.ID)
	if err == nil {
		err = reqctx.Require(ctx, old.SiteID, auth.Editor, fault.New(fault.NotFound, "no_such_delivery"))
	}
	if err != nil {
		return nil, err
	}
	delivery, signal, err := h.store.Resend(ctx, reqctx.Actor(ctx), reqctx.Account(ctx), in.ID, workflows.ResendID)
	if err != nil {
		return nil, err
	}
	h.relay.Offer(signal)
	return wire.Body(h.view.Delivery(ctx, delivery, nil)), nil
}

// bulkBody picks the deliveries of a bulk resend.
type bulkBody struct {
	Filter        bulkFilter `json:"filter,omitzero" doc:"Which deliveries. Only final ones are ever resent."`
	ExpectedCount *int64     `json:"expected_count,omitempty" minimum:"0" maximum:"10000" doc:"The count from an earlier answer. If it is left out, deliveries are only counted and nothing is sent."`
}

type bulkFilter struct {
	IntegrationID string           `json:"integration_id,omitempty" maxLength:"64" example:"int_01jdq00000000000000000000"`
	ConversionID  string           `json:"conversion_id,omitempty" maxLength:"64"`
	DeliveryIDs   []string         `json:"delivery_ids,omitempty" minItems:"1" maxItems:"200" doc:"Only these deliveries. Those that cannot be resent are not counted."`
	State         deliveries.State `json:"state,omitempty" enum:"failed,delivered" doc:"The state of the deliveries to resend. Default failed, or both with delivery_ids." example:"failed"`
	From          *time.Time       `json:"from,omitempty" doc:"Created from this time on."`
	To            *time.Time       `json:"to,omitempty" doc:"Created before this time."`
}

type bulkView struct {
	Count  int64 `json:"count" doc:"How many deliveries the filter picks, at most 10000." example:"12"`
	More   bool  `json:"more,omitempty" doc:"There are more than 10000: a narrower filter is needed, such as a shorter time."`
	Resent int   `json:"resent" doc:"How many resends were started: 0 when it was only counted."`
}

func (h *Handler) resendMany(ctx context.Context, in *struct {
	sites.InSite
	Body bulkBody
}) (*wire.Answer[bulkView], error) {
	if _, err := h.sites.Site(ctx, in.Site); err != nil {
		return nil, err
	}
	filter := in.Body.Filter.of(reqctx.Account(ctx), in.Site)
	if in.Body.ExpectedCount == nil {
		count, err := h.store.CountDeliveries(ctx, filter)
		return wire.Body(bulkView{Count: min(count, deliveries.MaxResend), More: count > deliveries.MaxResend}), err
	}
	signals, err := h.store.ResendMany(ctx, reqctx.Actor(ctx), filter, *in.Body.ExpectedCount, workflows.ResendID)
	if err != nil {
		return nil, err
	}
	// They are not offered to the relay: the outbox spreads them over time, so that
	// a bulk delays nobody's new calls and leads (G6).
	return wire.Body(bulkView{Count: *in.Body.ExpectedCount, Resent: len(signals)}), nil
}

func (f bulkFilter) of(accountID, siteID string) deliveries.Filter {
	if f.State == "" && f.DeliveryIDs == nil {
		f.State = deliveries.Failed
	}
	return deliveries.Filter{
		AccountID: accountID, SiteID: siteID, IntegrationID: f.IntegrationID,
		ConversionID: f.ConversionID, State: f.State, From: f.From, To: f.To, IDs: f.DeliveryIDs,
	}
}
