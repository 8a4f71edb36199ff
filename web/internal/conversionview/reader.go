package conversionview

import (
	"context"
	"net/url"

	"ringback/decision"
	"ringback/models"
	"ringback/web/internal/reqctx"
)

// Store is what a Reader reads.
type Store interface {
	ConversionDetail(ctx context.Context, accountID, id string) (models.Detail, error)
	decision.Store
}

// Links are what the addresses of workflows in the Temporal UI are made of.
type Links struct {
	TemporalUIURL string // without a slash at the end; empty if there is no UI to link to
	Namespace     string
}

// Reader reads conversions and makes their views.
type Reader struct {
	store   Store
	decider decision.Decider
	links   Links
}

// NewReader returns a Reader.
func NewReader(store Store, decider decision.Decider, links Links) *Reader {
	return &Reader{store: store, decider: decider, links: links}
}

// workflowURL returns the address of a workflow in the Temporal UI. It is empty if there
// is none, and in an answer to anybody but the operator: the UI shows the workflows of all
// accounts, and can end them (G9).
func (l Links) workflowURL(ctx context.Context, workflowID string) string {
	if l.TemporalUIURL == "" || workflowID == "" || !reqctx.Of(ctx).Principal.IsOperator {
		return ""
	}
	return l.TemporalUIURL + "/namespaces/" + url.PathEscape(l.Namespace) + "/workflows/" + url.PathEscape(workflowID)
}
