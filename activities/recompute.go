package activities

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/delivery"
	"ringback/models"
	"ringback/models/journeys"
	"ringback/models/websites"
	"ringback/workflows"
)

var _ workflows.RecomputingActivities = (*Recomputing)(nil)

// RecomputingStore is what Recomputing needs of the database. models.Store implements it.
type RecomputingStore interface {
	Rebuild(ctx context.Context, siteID string) (journeys.Progress, error)
	AccountOfSite(ctx context.Context, siteID string) (string, error)
	Site(ctx context.Context, accountID, id string) (websites.Site, error)
}

// Recomputing computes the figures of sites anew. Every field is required.
type Recomputing struct {
	Store  RecomputingStore
	Gate   *delivery.Gate // that of the deliveries
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// recomputeFor is how long one part is computed before it reports to the workflow.
const recomputeFor = 30 * time.Second

// Recompute computes the figures of a site, each piece stored with how far that is, until
// they are complete or half a minute has passed.
func (r *Recomputing) Recompute(ctx context.Context, in workflows.RecomputeInput) (workflows.Recomputed, error) {
	defer keepAlive(ctx, r.Clock)()
	leave, err := r.Gate.EnterComputation(in.SiteID)
	if err != nil {
		return workflows.Recomputed{}, deferred(err)
	}
	defer leave()
	ctx = models.Later(ctx)
	for began := now(r.Clock); ; {
		progress, err := r.Store.Rebuild(ctx, in.SiteID)
		if err != nil {
			return workflows.Recomputed{}, stageError(ctx, r.Logger, ErrorComputing, in.SiteID, err)
		}
		if !progress.More || now(r.Clock).Sub(began) >= recomputeFor || stopping(ctx) {
			return workflows.Recomputed{Done: progress.Done, Total: progress.Total, More: progress.More, SiteName: r.siteName(ctx, in.SiteID)}, nil
		}
	}
}

// siteName returns the name of a site to show, which is empty if it cannot be read: the
// figures count without it.
func (r *Recomputing) siteName(ctx context.Context, siteID string) string {
	account, err := r.Store.AccountOfSite(ctx, siteID)
	if err != nil {
		return ""
	}
	site, err := r.Store.Site(ctx, account, siteID)
	if err != nil {
		return ""
	}
	return shownName(site.Name)
}
