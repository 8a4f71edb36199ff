package api

import (
	"context"

	"ringback/internal/accept"
	"ringback/models/reconciliations"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/sources/listing"
)

type reconciliationStore interface {
	RequestReconciliation(ctx context.Context, accountID, siteID, source string, id reconciliations.WorkflowID) error
}

// reconciles reports whether the provider of a source is to be asked for calls.
func reconciles(of sources.Source, stored websites.Source, site websites.Site) bool {
	provider, is := of.(listing.Source)
	return is && stored.Enabled && provider.Account(accept.SettingsOf(stored, site)) != ""
}
