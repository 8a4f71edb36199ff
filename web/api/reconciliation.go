package api

import (
	"context"

	"ringback/internal/accept"
	"ringback/models"
	"ringback/models/reconciliations"
	"ringback/sources"
	"ringback/sources/listing"
	"ringback/workflows"
)

type reconciliationStore interface {
	RequestReconciliation(ctx context.Context, accountID, siteID, source string, id reconciliations.WorkflowID) error
}

// beginReconciliation makes a source that was set up or changed be reconciled at once:
// what was wrong may be repaired. If nothing is to be reconciled any more, the workflow
// ends by itself.
func (h *Handler) beginReconciliation(ctx context.Context, of sources.Source, stored models.SiteSource, site models.Site) error {
	if !reconciles(of, stored, site) {
		return nil
	}
	return h.store.RequestReconciliation(ctx, site.AccountID, site.ID, stored.Source, workflows.ReconcileID)
}

// reconciles reports whether the provider of a source is to be asked for calls.
func reconciles(of sources.Source, stored models.SiteSource, site models.Site) bool {
	provider, is := of.(listing.Source)
	return is && stored.Enabled && provider.Account(accept.SettingsOf(stored, site)) != ""
}
