// Package alerting has the operations of the API about alerts: what needs a person, what is
// muted, and where messages about it are sent. It must not know how incidents are found,
// nor how messages are sent.
package alerting

import (
	"context"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/alerts"
	"ringback/destinations/webhook"
	"ringback/explanation"
	"ringback/internal/watch"
	"ringback/models"
	"ringback/models/alerting"
	"ringback/models/audit"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// orderAlerts is the place of the group in the document, after retrying.
const orderAlerts = 64

// Store is what the operations need of the database. Every method is scoped by account
// (G9).
type Store interface {
	Alerts(ctx context.Context, accountID string, f alerting.Filter, page models.Page) ([]alerting.Incident, string, error)
	MuteAlert(ctx context.Context, actor audit.Actor, id string, until *time.Time) (alerting.Incident, error)
	AlertSettings(ctx context.Context, accountID string) (alerting.Settings, error)
	ChangeAlertSettings(ctx context.Context, actor audit.Actor, change func(*alerting.Settings) error) (alerting.Settings, error)
}

// Options are what a Handler is built from. All are required.
type Options struct {
	Store      Store
	Sites      *sites.Directory
	Clock      clockwork.Clock
	SendsMails bool // whether the operator has set a server for e-mails
}

// Handler answers the operations.
type Handler struct {
	Options
	hook *webhook.Destination
}

// New returns a Handler.
func New(o Options) *Handler { return &Handler{Options: o, hook: webhook.New(o.Clock)} }

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "Alerts", Order: orderAlerts,
		Description: "What needs a person: a destination that fails, deliveries that ended as failed, a silent source, an exhausted pool, unreadable credentials, a limit that is nearly used up. " +
			"An alert begins once and ends once, and messages about both are sent by e-mail and to a webhook.",
	})
	add(g, openapi.Operation{ID: "list-alerts", Route: "GET /alerts", Access: auth.Viewer, Summary: "List the alerts of an account", Description: "Newest first. Alerts are kept for 90 days after their end."}, h.list)
	add(g, openapi.Operation{ID: "list-site-alerts", Route: "GET /sites/{site}/alerts", Access: auth.Viewer, Summary: "List the alerts of a site", Description: "Newest first."}, h.listOfSite)
	add(g, openapi.Operation{
		ID: "mute-alert", Route: "POST /alerts/{id}/mute", Access: auth.Admin, Summary: "Send nothing about an alert for a time",
		Description: "Also nothing about later alerts of the same kind about the same thing. An end is sent if the beginning was.",
	}, h.mute)
	add(g, openapi.Operation{ID: "unmute-alert", Route: "DELETE /alerts/{id}/mute", Access: auth.Admin, Summary: "Send messages about an alert again", Status: http.StatusOK}, h.unmute)
	add(g, openapi.Operation{ID: "read-alert-settings", Route: "GET /alert-settings", Access: auth.Admin, Summary: "Read where alerts are sent"}, h.readSettings)
	add(g, openapi.Operation{
		ID: "change-alert-settings", Route: "PATCH /alert-settings", Access: auth.Admin, Summary: "Change where alerts are sent",
		Description: "Fields that are left out keep their values.",
	}, h.changeSettings)
}

// examples are bodies by route and name that the operations take as they are.
var examples = map[string]map[string]string{
	"PATCH /alert-settings": {
		"e-mail": `{"emails": ["owner@example.com"], "language": "en"}`,
	},
}

// add adds an operation with the examples of its body.
func add[I, O any](g openapi.Group, o openapi.Operation, handle func(context.Context, *I) (*O, error)) {
	o.Examples = examples[o.Route]
	openapi.Add(g, o, handle)
}

// alertView is one alert.
type alertView struct {
	ID          string      `json:"id" example:"alt_01jdq00000000000000000000"`
	Kind        alerts.Kind `json:"kind" enum:"breaker_open,sign_in_needed,deliveries_failed,credentials_unreadable,source_silent,source_clock_fast,source_clock_slow,pool_exhausted,quota_near" example:"breaker_open"`
	SiteID      string      `json:"site_id,omitempty" doc:"Missing if it belongs to no site." example:"site_01jdq00000000000000000000"`
	Site        string      `json:"site,omitempty" doc:"The name of the site." example:"Shop"`
	Subject     string      `json:"subject" doc:"The id of the integration or pool; the name of the source or limit." example:"int_01jdq00000000000000000000"`
	Name        string      `json:"name" doc:"Its name when the alert began." example:"RTB House"`
	Since       time.Time   `json:"since" doc:"Since when the condition has been there."`
	BeganAt     time.Time   `json:"began_at" doc:"When it was noticed."`
	EndedAt     *time.Time  `json:"ended_at,omitempty" doc:"Missing if it has not ended."`
	Sent        bool        `json:"sent" doc:"Whether messages about it are sent."`
	MutedUntil  *time.Time  `json:"muted_until,omitempty" doc:"Until when nothing is sent about it."`
	Explanation string      `json:"explanation" doc:"What it is and what can be done, for people." example:"RTB House (Shop): the destination has been failing since 2 Mar 2026 09:00 UTC. Deliveries wait and are tried again."`
}

func viewAlert(w explanation.Writer, i alerting.Incident) alertView {
	return alertView{
		ID: i.ID, Kind: i.Kind, SiteID: i.SiteID, Site: i.Site, Subject: i.Subject, Name: i.Name, Since: i.Since, BeganAt: i.BeganAt,
		EndedAt: i.EndedAt, Sent: i.Sent, MutedUntil: i.MutedUntil, Explanation: watch.Sentence(w, i),
	}
}

// Selection is which alerts are listed.
type Selection struct {
	wire.Paging
	Open bool `query:"open" doc:"Only alerts that have not ended."`
}

func (h *Handler) list(ctx context.Context, in *Selection) (*wire.Listing[alertView], error) {
	return h.listed(ctx, alerting.Filter{Open: in.Open}, in.Page())
}

func (h *Handler) listOfSite(ctx context.Context, in *struct {
	sites.InSite
	Selection
}) (*wire.Listing[alertView], error) {
	if _, err := h.Sites.Site(ctx, in.Site); err != nil {
		return nil, err
	}
	return h.listed(ctx, alerting.Filter{SiteID: in.Site, Open: in.Open}, in.Page())
}

func (h *Handler) listed(ctx context.Context, f alerting.Filter, page models.Page) (*wire.Listing[alertView], error) {
	incidents, next, err := h.Store.Alerts(ctx, reqctx.Account(ctx), f, page)
	if err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	return wire.List(incidents, next, func(i alerting.Incident) alertView { return viewAlert(w, i) }), nil
}

// OfAlert is the parameter of operations on an alert.
type OfAlert struct {
	ID string `path:"id" doc:"The alert's id." example:"alt_01jdq00000000000000000000"`
}

func (h *Handler) mute(ctx context.Context, in *struct {
	OfAlert
	ForMinutes int `query:"for_minutes" default:"60" minimum:"1" maximum:"525600" doc:"For how many minutes from now." example:"60"`
}) (*wire.Answer[alertView], error) {
	until := h.Clock.Now().Add(time.Duration(in.ForMinutes) * time.Minute).UTC()
	return h.setMuted(ctx, in.ID, &until)
}

func (h *Handler) unmute(ctx context.Context, in *OfAlert) (*wire.Answer[alertView], error) {
	return h.setMuted(ctx, in.ID, nil)
}

func (h *Handler) setMuted(ctx context.Context, id string, until *time.Time) (*wire.Answer[alertView], error) {
	incident, err := h.Store.MuteAlert(ctx, reqctx.Actor(ctx), id, until)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewAlert(reqctx.Writer(ctx), incident)), nil
}
