package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
	"go.temporal.io/sdk/activity"

	"ringback/crm"
	"ringback/decision"
	"ringback/destinations"
	"ringback/internal/backoff"
	"ringback/internal/delivery"
	"ringback/internal/settings"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/readings"
	"ringback/models/websites"
	"ringback/workflows"
)

var _ workflows.ReadingActivities = (*Reading)(nil)

// ReadingStore is what Reading needs of the database. models.Store implements it.
type ReadingStore interface {
	IntegrationOfAnyAccount(ctx context.Context, id string) (integrations.Integration, websites.Site, error)
	IntegrationTokens(integrationID string) settings.Tokens
	BeginRun(ctx context.Context, siteID, integrationID, key string, objects []string, alive time.Duration) (readings.Run, error)
	StorePage(ctx context.Context, run *readings.Run, object *readings.Object, page readings.Page, alive time.Duration) (changed int, err error)
	EndObject(ctx context.Context, run *readings.Run, object *readings.Object, began time.Time, reason delivery.Reason) error
	EndRun(ctx context.Context, run *readings.Run, o readings.Outcome) error
}

// Reading reads CRMs. Every field is required.
type Reading struct {
	Store        ReadingStore
	Destinations decision.Destinations
	Outbound     delivery.Doer  // guarded and bounded
	Gate         *delivery.Gate // that of the deliveries
	Clock        clockwork.Clock
	Jitter       delivery.Jitter
	Logger       *slog.Logger
}

const (
	// readEvery is how often a CRM is read (docs/facts/salesforce.md#reading).
	readEvery = 5 * time.Minute
	// readFor is how long one run reads before it reports to the workflow.
	readFor = time.Minute
	// readAlive is how long a run may take until it stores something.
	readAlive = 5 * time.Minute
)

// readRetries is when a CRM that could not be read is tried again.
var readRetries = backoff.Doubling{First: time.Minute, Max: 15 * time.Minute}

// crmReading is one run.
type crmReading struct {
	*Reading
	reader destinations.CRMReader
	values settings.Values
	site   websites.Site
	run    readings.Run
	began  time.Time
	result workflows.ReadCRM
	leave  func() // the gate; nil if nothing is read
}

// ReadCRM reads what has changed in an integration's CRM, each page stored with how far
// it was read, until there is no more or a minute has passed. What the CRM refuses is no
// error: it is stored for the owner to see.
func (r *Reading) ReadCRM(ctx context.Context, in workflows.ReadingInput) (workflows.ReadCRM, error) {
	defer keepAlive(ctx, r.Clock)()
	ctx = models.Later(ctx)
	run, err := r.begin(ctx, in)
	if run != nil && run.leave != nil {
		defer run.leave()
	}
	if err == nil {
		var outcome readings.Outcome
		if outcome, err = run.read(ctx); err == nil {
			err = run.end(ctx, outcome)
		}
	}
	if errors.Is(err, readings.ErrOvertaken) { // the other run goes on, and its workflow waits for it
		return workflows.ReadCRM{State: string(readings.Running), Wait: readEvery}, nil
	}
	if full := deferred(err); full != nil {
		return workflows.ReadCRM{}, full
	}
	if err != nil {
		return workflows.ReadCRM{}, stageError(ctx, r.Logger, ErrorReadingCRM, in.IntegrationID, err)
	}
	return run.result, nil
}

func (r *Reading) begin(ctx context.Context, in workflows.ReadingInput) (*crmReading, error) {
	integration, site, err := r.Store.IntegrationOfAnyAccount(ctx, in.IntegrationID)
	if err != nil {
		return nil, err
	}
	run := &crmReading{Reading: r, site: site, values: integration.Values(), began: now(r.Clock)}
	run.values.Tokens = r.Store.IntegrationTokens(integration.ID)
	run.result = workflows.ReadCRM{IntegrationType: integration.Type, IntegrationName: shownName(integration.Name), SiteName: shownName(site.Name)}
	destination, _ := r.Destinations.Get(integration.Type)
	reader, is := destination.(destinations.CRMReader)
	wanted := is && integration.DeletedAt == nil && site.DeletedAt == nil && integration.Enabled && reader.Reads(run.values)
	key, objects := "", []string(nil)
	if wanted {
		run.reader, key, objects = reader, reader.ReadingKey(run.values), reader.Objects()
		if run.leave, err = r.Gate.EnterReading(integration.ID, destination.Describe().Host(run.values)); err != nil {
			return nil, err
		}
	}
	run.run, err = r.Store.BeginRun(ctx, site.ID, integration.ID, key, objects, readAlive)
	if integration.CredentialsUnreadable {
		run.values.Credentials = nil
	}
	return run, err
}

// read reads one object after the other. An object that the user may not see keeps no
// other from being read.
func (r *crmReading) read(ctx context.Context) (readings.Outcome, error) {
	switch {
	case r.reader == nil:
		return readings.Outcome{State: readings.Off}, nil
	case r.values.Credentials == nil:
		return r.outcome(&destinations.ReadFailure{Result: delivery.Result{Class: delivery.ClassInvalid, Reason: delivery.Reason{Code: delivery.ReasonUnreadable}}}), nil
	}
	outcome := readings.Outcome{State: readings.Done, Next: now(r.Clock).Add(delivery.Spread(readEvery, r.Jitter))}
	for i := range r.run.Objects {
		object := &r.run.Objects[i]
		more, failed, err := r.changes(ctx, object)
		if err != nil {
			return readings.Outcome{}, err
		}
		if more {
			return readings.Outcome{State: readings.Running, Next: now(r.Clock)}, nil
		}
		reason := delivery.Reason{}
		if failed != nil {
			reason = failed.Reason
		}
		if err := r.Store.EndObject(ctx, &r.run, object, r.began, reason); err != nil {
			return readings.Outcome{}, err
		}
		if failed != nil {
			if !concernsObject(failed) {
				return r.outcome(failed), nil
			}
			outcome.State, outcome.Reason = readings.Failing, failed.Reason
		}
	}
	return outcome, nil
}

// concernsObject reports whether a failure is about one object alone.
func concernsObject(failed *destinations.ReadFailure) bool {
	return failed.Class == delivery.ClassRefused || failed.Class == delivery.ClassInvalid
}

// outcome returns how a run ends after a failure.
func (r *crmReading) outcome(failed *destinations.ReadFailure) readings.Outcome {
	o := readings.Outcome{State: readings.Failing, Reason: failed.Reason}
	wait := readRetries.Delay(r.run.Reading.Failures + 1)
	switch failed.Class {
	case delivery.ClassNotLetIn:
		o.State = readings.SignIn
	case delivery.ClassThrottled:
		o.State = readings.Paused
	default:
	}
	o.Next = now(r.Clock).Add(delivery.Spread(max(wait, failed.RetryAfter), r.Jitter))
	return o
}

// changes reads what has changed of an object. It reports whether there is more to read
// than one run has time for.
func (r *crmReading) changes(ctx context.Context, object *readings.Object) (more bool, failed *destinations.ReadFailure, err error) {
	for page, err := range r.reader.Changes(ctx, r.Outbound, r.values, object.Object, object.Start()) {
		if errors.As(err, &failed) {
			return false, failed, ctx.Err()
		}
		if err != nil {
			return false, nil, err
		}
		changed, err := r.Store.StorePage(ctx, &r.run, object, r.stored(page), readAlive)
		if err != nil {
			return false, nil, err
		}
		r.result.Records += page.Rows
		r.result.Changes += changed
		if now(r.Clock).Sub(r.began) >= readFor || stopping(ctx) {
			return page.Rows > 0, nil, nil
		}
	}
	return false, nil, nil
}

// stopping reports whether the worker is about to stop.
func stopping(ctx context.Context) bool {
	select {
	case <-activity.GetWorkerStopChannel(ctx):
		return true
	default:
		return false
	}
}

// end stores how the run ended.
func (r *crmReading) end(ctx context.Context, o readings.Outcome) error {
	r.result.State, r.result.Off = string(o.State), o.State == readings.Off
	if o.State != readings.Off && o.State != readings.Running {
		r.result.Wait = max(o.Next.Sub(now(r.Clock)), time.Second)
	}
	if o.State == readings.Failing || o.State == readings.SignIn {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "crm.not_read", slog.String("integration_id", r.run.Reading.IntegrationID),
			slog.String("state", string(o.State)), slog.String("reason", string(o.Reason.Code)))
	}
	return r.Store.EndRun(ctx, &r.run, o)
}

// stored returns a page in the form in which it is stored.
func (r *crmReading) stored(page crm.Page) readings.Page {
	p := readings.Page{Page: page}
	for _, person := range page.People {
		if person.Deleted {
			p.GonePeople = append(p.GonePeople, person.ID)
			continue
		}
		p.People = append(p.People, storedPerson(r.site, person))
	}
	for _, o := range page.Opportunities {
		if o.Deleted {
			p.GoneOpportunities = append(p.GoneOpportunities, o.ID)
			continue
		}
		p.Opportunities = append(p.Opportunities, storedOpportunity(r.site, o))
	}
	for _, task := range page.Tasks {
		if task.IsOfCall() {
			p.Tasks = append(p.Tasks, storedTask(task))
			continue
		}
		p.OtherTasks = append(p.OtherTasks, storedTask(task))
	}
	return p
}
