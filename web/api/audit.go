package api

import (
	"context"
	"encoding/json"
	"time"

	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/models/audit"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// auditView is one change of settings. Secrets stand in it as "set" or "changed".
type auditView struct {
	ID          string                  `json:"id" example:"aud_01jdq00000000000000000000"`
	At          time.Time               `json:"at"`
	ActorName   string                  `json:"actor_name,omitempty" doc:"The name that the user had then. Missing if the actor is no user." example:"Sample Person"`
	Actor       string                  `json:"actor" doc:"Id of the user or the token; admin for the operator's, ringback for the service itself." example:"admin"`
	Action      string                  `json:"action" example:"updated"`
	Entity      string                  `json:"entity" example:"integration"`
	EntityID    string                  `json:"entity_id" example:"int_01jdq00000000000000000000"`
	SiteID      string                  `json:"site_id,omitempty"`
	Changes     map[string]audit.Change `json:"changes" doc:"What each field was and became. Credentials are named, never shown."`
	RequestID   string                  `json:"request_id,omitempty"`
	Explanation string                  `json:"explanation,omitempty" doc:"Why the service itself switched an integration off, for people. The same as data is in changes.reason.to." example:"5 deliveries in a row failed; the last: answered 400"`
}

func viewAudit(w explanation.Writer, m audit.Entry) auditView {
	if m.Changes == nil {
		m.Changes = map[string]audit.Change{}
	}
	return auditView{
		ID: m.ID, At: m.CreatedAt, Actor: m.Actor, ActorName: m.ActorName, Action: m.Action, Entity: m.Entity,
		EntityID: m.EntityID, SiteID: m.SiteID, Changes: m.Changes, RequestID: m.RequestID, Explanation: explainChange(w, m),
	}
}

// explainChange writes why an integration was switched off by the service itself,
// empty for other changes.
func explainChange(w explanation.Writer, m audit.Entry) string {
	if m.Action != audit.ActionSwitchedOff {
		return ""
	}
	stored, err := json.Marshal(m.Changes["reason"].To)
	if err != nil {
		return ""
	}
	var reason delivery.Reason
	if err := json.Unmarshal(stored, &reason); err != nil {
		return ""
	}
	return w.Reason(reason)
}

func (h *Handler) listAudit(ctx context.Context, in *struct {
	wire.Paging
	SiteID   string `query:"site_id" maxLength:"64" doc:"Only changes of this site."`
	Entity   string `query:"entity" enum:"site,pool,number,integration,source,unread_message,token,account,delivery,attribution,currency_rates,person,retention,user,invitation,reset,sign_in,alerts,alert" doc:"Only changes of this kind of thing."`
	EntityID string `query:"entity_id" maxLength:"64" doc:"Only changes of this one."`
}) (*wire.Listing[auditView], error) {
	filter := audit.Filter{SiteID: in.SiteID, Entity: in.Entity, EntityID: in.EntityID}
	entries, next, err := h.store.Audit(ctx, reqctx.Account(ctx), filter, in.Page())
	if err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	return wire.List(entries, next, func(m audit.Entry) auditView { return viewAudit(w, m) }), nil
}
