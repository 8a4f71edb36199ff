package upkeep

import (
	"context"
	"net/http"

	"ringback/models/audit"
	"ringback/models/outbox"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// orderRetrying is the place of the group in the document, after the conversions and
// deliveries.
const orderRetrying = 62

type retryStore interface {
	RetryDelivery(ctx context.Context, actor audit.Actor, accountID, deliveryID string) (outbox.Signal, error)
	RetryIntegration(ctx context.Context, actor audit.Actor, accountID, integrationID string) (retried int, err error)
}

func (h *Handler) retryRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "retry-delivery", Route: "POST /deliveries/{id}/retry", Access: auth.Editor, Summary: "Try a delivery now", Status: http.StatusAccepted,
		Description: "For a delivery that waits. It does not wait for its next_try_at, and not for an open breaker either. If it fails, it waits again.",
		Failures:    []int{http.StatusConflict},
	}, h.retryDelivery)
	add(g, openapi.Operation{
		ID: "retry-integration", Route: "POST /integrations/{id}/retry", Access: auth.Editor, Summary: "Try all deliveries of an integration now", Large: true, Status: http.StatusAccepted,
		Description: "Tries the deliveries that wait, at most 10000, one after the other. If the breaker is open, one of them is sent first, and the others follow once it was answered.",
	}, h.retryIntegration)
}

type retryView struct {
	Retried int `json:"retried" doc:"How many deliveries are tried." example:"1"`
}

func (h *Handler) retryDelivery(ctx context.Context, in *struct {
	ID string `path:"id" doc:"The delivery's id." example:"dlv_01jdq00000000000000000000"`
}) (*wire.Answer[retryView], error) {
	signal, err := h.store.RetryDelivery(ctx, reqctx.Actor(ctx), reqctx.Account(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	h.relay.Offer(signal)
	return wire.Body(retryView{Retried: 1}), nil
}

func (h *Handler) retryIntegration(ctx context.Context, in *struct {
	ID string `path:"id" doc:"The integration's id." example:"int_01jdq00000000000000000000"`
}) (*wire.Answer[retryView], error) {
	retried, err := h.store.RetryIntegration(ctx, reqctx.Actor(ctx), reqctx.Account(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return wire.Body(retryView{Retried: retried}), nil
}
