package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/accept"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/sourcestatus"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/models/reconciliations"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/sources/listing"
	"ringback/workflows"
)

var _ workflows.ReconcilingActivities = (*Reconciling)(nil)

// ReconcilingStore is what Reconciling needs of the database. models.Store implements it.
type ReconcilingStore interface {
	AccountOfSite(ctx context.Context, siteID string) (string, error)
	Site(ctx context.Context, accountID, id string) (websites.Site, error)
	Source(ctx context.Context, accountID, siteID, source string) (websites.Source, error)
	KnownCalls(ctx context.Context, siteID, source string, externalIDs []string) (map[string]reconciliations.KnownCall, error)
	BeginReconciliation(ctx context.Context, b reconciliations.Beginning) (reconciliations.Reconciliation, error)
	CountListRequest(ctx context.Context, run *reconciliations.Reconciliation, limit int) (wait time.Duration, err error)
	PlanListedPage(ctx context.Context, run *reconciliations.Reconciliation, unknown int) error
	StoreListedPage(ctx context.Context, run *reconciliations.Reconciliation, p reconciliations.Page) error
	EndReconciliation(ctx context.Context, run *reconciliations.Reconciliation, o reconciliations.Outcome) error
}

// Messages reads the messages of providers and stores what they report.
// accept.Messages implements it.
type Messages interface {
	Read(ctx context.Context, in accept.Message) (sources.Reading, *unread.Defect)
	Store(ctx context.Context, in accept.Message, reading sources.Reading) (accept.Outcome, error)
	Keep(ctx context.Context, in accept.Message, why unread.Defect) error
}

// Reconciling asks providers for calls whose messages never came. Every field is
// required.
type Reconciling struct {
	Store    ReconcilingStore
	Messages Messages
	Sources  *sources.Registry
	Outbound delivery.Doer  // guarded and bounded
	Gate     *delivery.Gate // that of the deliveries
	Clock    clockwork.Clock
	Jitter   delivery.Jitter
	Logger   *slog.Logger
	Metrics  ReconcilingMetrics
}

// ReconcilingMetrics counts what came of asking providers. telemetry.Metrics implements
// it.
type ReconcilingMetrics interface {
	// Reconciled counts the calls of a page: how many were listed, how many of these no
	// message had brought, and of how many the list had more.
	Reconciled(source string, listed, found, completed int)
	// NotReconciled counts an answer that was not a list.
	NotReconciled(source, reason string)
}

// afterCall is how long after its end a call may appear in a provider's list.
const afterCall = 30 * time.Minute

// reconciling is one run.
type reconciling struct {
	*Reconciling
	provider listing.Source
	stored   websites.Source
	site     websites.Site
	settings sources.Settings
	plan     listing.Plan
	run      reconciliations.Reconciliation
	began    time.Time
	result   workflows.Reconciled
	leave    func() // the gate; nil if nothing is read
}

// Reconcile reads what a source's provider lists and stores the calls that are missing,
// page by page, until the end of the list or until a minute has passed. What the
// provider refuses is no error: it is stored for the owner to see.
func (r *Reconciling) Reconcile(ctx context.Context, in workflows.ReconcileInput) (workflows.Reconciled, error) {
	defer keepAlive(ctx, r.Clock)()
	ctx = models.Later(ctx)
	run, err := r.begin(ctx, in)
	if run != nil && run.leave != nil {
		defer run.leave()
	}
	if err == nil {
		var outcome reconciliations.Outcome
		if outcome, err = run.reconcile(ctx); err == nil {
			err = run.end(ctx, outcome)
		}
	}
	if errors.Is(err, reconciliations.ErrOvertaken) { // the other run goes on, and its workflow waits for it
		return workflows.Reconciled{State: string(reconciliations.Running), Wait: readEvery}, nil
	}
	if full := deferred(err); full != nil {
		return workflows.Reconciled{}, full
	}
	if err != nil {
		return workflows.Reconciled{}, stageError(ctx, r.Logger, ErrorReconciling, in.SiteID+"/"+in.Source, err)
	}
	return run.result, nil
}

func (r *Reconciling) begin(ctx context.Context, in workflows.ReconcileInput) (*reconciling, error) {
	stored, site, err := r.source(ctx, in)
	if err != nil {
		return nil, err
	}
	run := &reconciling{Reconciling: r, stored: stored, site: site, settings: accept.SettingsOf(stored, site), began: now(r.Clock)}
	run.result.SiteName = shownName(site.Name)
	b := reconciliations.Beginning{SiteID: in.SiteID, Source: in.Source, Alive: readAlive}
	source, _ := r.Sources.Get(in.Source)
	if provider, is := source.(listing.Source); is && stored.Enabled {
		run.provider = provider
		form := provider.Describe().Form
		if run.leave, err = r.Gate.EnterReading(in.SiteID+"/"+in.Source, form.Host(run.settings.Values)); err != nil {
			return nil, err
		}
		run.plan = listing.PlanOf(form, run.settings.Values)
		b.Since, b.Overlap = run.plan.Since, run.maxCall()+run.plan.Delay+afterCall
		b.Account = provider.Account(run.settings)
		if b.Account != "" && !run.plan.Since.IsZero() {
			b.Account += " since " + run.plan.Since.UTC().Format(time.RFC3339)
		}
	}
	b.Keep = stored.CredentialsUnreadable && run.provider != nil
	run.run, err = r.Store.BeginReconciliation(ctx, b)
	return run, err
}

// source returns the source and its site. One that was deleted, or whose site was, is
// not enabled.
func (r *Reconciling) source(ctx context.Context, in workflows.ReconcileInput) (stored websites.Source, site websites.Site, err error) {
	accountID, err := r.Store.AccountOfSite(ctx, in.SiteID)
	if err != nil {
		return stored, site, err
	}
	site, err = r.Store.Site(ctx, accountID, in.SiteID)
	if err == nil {
		stored, err = r.Store.Source(ctx, accountID, in.SiteID, in.Source)
	}
	if fault.CodeOf(err) == fault.NotFound {
		return websites.Source{SiteID: in.SiteID, Source: in.Source}, site, nil
	}
	return stored, site, err
}

// maxCall is how long a call may last.
func (r *reconciling) maxCall() time.Duration {
	return time.Duration(r.site.MaxCallMinutes) * time.Minute
}

// reconcile reads page after page.
func (r *reconciling) reconcile(ctx context.Context) (reconciliations.Outcome, error) {
	switch {
	case r.provider != nil && r.stored.CredentialsUnreadable:
		return r.outcome(&listing.Error{Problem: sourcestatus.Problem{Code: sourcestatus.KeyUnopened}}), nil
	case r.provider == nil || r.run.Account == "":
		return reconciliations.Outcome{State: reconciliations.Off}, nil
	}
	for r.run.RoundFrom != nil {
		wait, err := r.Store.CountListRequest(ctx, &r.run, r.plan.RequestsPerMinute)
		if err != nil {
			return reconciliations.Outcome{}, err
		}
		if wait > 0 {
			return reconciliations.Outcome{State: reconciliations.Running, Next: now(r.Clock).Add(wait)}, nil
		}
		var failed *listing.Error
		switch err := r.page(ctx); {
		case errors.As(err, &failed):
			return r.outcome(failed), ctx.Err()
		case err != nil:
			return reconciliations.Outcome{}, err
		}
		if r.run.RoundFrom != nil && (now(r.Clock).Sub(r.began) >= readFor || stopping(ctx)) {
			return reconciliations.Outcome{State: reconciliations.Running, Next: now(r.Clock)}, nil
		}
	}
	return reconciliations.Outcome{State: reconciliations.Done, Next: now(r.Clock).Add(delivery.Spread(r.plan.Every, r.Jitter))}, nil
}

// outcome returns how a run ends after a failure.
func (r *reconciling) outcome(failed *listing.Error) reconciliations.Outcome {
	o := reconciliations.Outcome{State: reconciliations.Failing, Problem: failed.Problem}
	r.Metrics.NotReconciled(r.stored.Source, string(failed.Code))
	if failed.Code == sourcestatus.Limited {
		o.State = reconciliations.Paused
	}
	wait := max(readRetries.Delay(r.run.Failures+1), failed.RetryAfter)
	o.Next = now(r.Clock).Add(delivery.Spread(wait, r.Jitter))
	return o
}

// end stores how the run ended.
func (r *reconciling) end(ctx context.Context, o reconciliations.Outcome) error {
	r.result.State, r.result.Off = string(o.State), o.State == reconciliations.Off
	if !o.Next.IsZero() {
		r.result.Wait = max(o.Next.Sub(now(r.Clock)), 0)
	}
	if o.State == reconciliations.Failing {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "source.not_reconciled", slog.String("site_id", r.site.ID), slog.String("source", r.stored.Source),
			slog.String("reason", string(o.Problem.Code)), slog.Int("status", o.Problem.Status))
	}
	return r.Store.EndReconciliation(ctx, &r.run, o)
}
