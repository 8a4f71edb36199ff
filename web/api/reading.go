package api

import (
	"context"
	"net/http"
	"time"

	"ringback/destinations"
	"ringback/internal/fault"
	"ringback/models/integrations"
	"ringback/models/readings"
	"ringback/web/internal/auth"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
	"ringback/workflows"
)

type readingStore interface {
	CRMReading(ctx context.Context, accountID, siteID, integrationID string) (readings.Reading, []readings.Object, error)
	RequestReading(ctx context.Context, accountID, siteID, integrationID string, workflowID func(siteID, integrationID string) string) error
}

func (h *Handler) readingRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "read-crm-reading", Route: "GET /sites/{site}/integrations/{id}/reading", Access: auth.Viewer, Summary: "See how the CRM is read",
		Description: "When people, Tasks and opportunities were last read from the integration's CRM, how many, and what is wrong. Reading is switched on by an option of the integration, such as read of salesforce.",
	}, h.readReading)
	add(g, openapi.Operation{
		ID: "request-crm-reading", Route: "POST /sites/{site}/integrations/{id}/reading", Access: auth.Editor, Summary: "Read the CRM now",
		Description: "Reads what has changed in the CRM without waiting for the next time. The answer comes at once; GET shows how it goes on.",
		Status:      http.StatusAccepted, Failures: []int{http.StatusConflict},
	}, h.requestReading)
}

type readingView struct {
	State readings.State `json:"state" enum:"waiting,running,up_to_date,paused,needs_sign_in,failing,off" doc:"waiting: it has not begun. up_to_date: everything was read. paused: the CRM takes no more requests for a while. needs_sign_in: the CRM refuses the sign-in. failing: something could not be read; it is tried again. off: it is switched off." example:"up_to_date"`
	conversionview.ReasonView
	LastReadAt  *time.Time          `json:"last_read_at,omitempty" doc:"When everything was last read."`
	NextReadAt  *time.Time          `json:"next_read_at,omitempty" doc:"When it goes on at the latest. A change of the integration makes it go on at once."`
	RequestedAt *time.Time          `json:"requested_at,omitempty" doc:"When somebody last asked for it."`
	Objects     []readingObjectView `json:"objects" doc:"The kinds of records."`
}

type readingObjectView struct {
	Object     string     `json:"object" doc:"The name that the CRM has for it." example:"Task"`
	Records    int64      `json:"records" doc:"How many records were read. A record is read again after each change, and a few are read again in any case." example:"1200"`
	Changes    int64      `json:"changes" doc:"How many of them were new or different, or deleted." example:"340"`
	Deletions  int64      `json:"deletions" doc:"How many people or opportunities were deleted in the CRM and so here." example:"2"`
	ReadUntil  *time.Time `json:"read_until,omitempty" doc:"The last change that was read, by the CRM's clock."`
	LastReadAt *time.Time `json:"last_read_at,omitempty" doc:"When it was last read to the end."`
	conversionview.ReasonView
}

func (h *Handler) readReading(ctx context.Context, in *struct {
	OfIntegration
}) (*wire.Answer[readingView], error) {
	reading, objects, err := h.store.CRMReading(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	view := readingView{
		State: reading.State, ReasonView: conversionview.ViewReason(w, reading.Reason),
		LastReadAt: reading.ReadAt, NextReadAt: reading.NextAt, RequestedAt: reading.RequestedAt, Objects: []readingObjectView{},
	}
	for _, o := range objects {
		view.Objects = append(view.Objects, readingObjectView{
			Object: o.Object, Records: o.Records, Changes: o.Changes, Deletions: o.Deletions,
			ReadUntil: o.ChangedAt, LastReadAt: o.ReadAt, ReasonView: conversionview.ViewReason(w, o.Reason),
		})
	}
	return wire.Body(view), nil
}

func (h *Handler) requestReading(ctx context.Context, in *OfIntegration) (*wire.NoBody, error) {
	integration, err := h.store.Integration(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	if !h.reads(integration) {
		return nil, fault.New(fault.Conflict, "reads_no_crm")
	}
	return nil, h.store.RequestReading(ctx, reqctx.Account(ctx), in.Site, in.ID, workflows.ReadingID)
}

// reads reports whether the integration's CRM is to be read.
func (h *Handler) reads(i integrations.Integration) bool {
	destination, _ := h.destinations.Get(i.Type)
	reader, is := destination.(destinations.CRMReader)
	return is && i.Enabled && reader.Reads(i.Values())
}

// beginReading makes the CRM of an integration that was created or changed be read at
// once: what was wrong may be repaired. If its reading is off, the workflow ends by
// itself.
func (h *Handler) beginReading(ctx context.Context, i integrations.Integration) error {
	if !h.reads(i) {
		return nil
	}
	return h.store.RequestReading(ctx, reqctx.Account(ctx), i.SiteID, i.ID, workflows.ReadingID)
}
