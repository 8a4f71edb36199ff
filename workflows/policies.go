package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The limits of the contexts below.
const (
	// databaseTry is how long one read or write of the database may take.
	databaseTry = 10 * time.Second

	// databaseBackoff is the longest wait between two tries. Tries that wait
	// longer than a workflow task may last (10 s) cost six events each: at two
	// minutes a history reaches the server's limit (51,200 events) after eleven
	// days without a database, at one minute after six.
	databaseBackoff = 2 * time.Minute

	// noEnd stands for "without end". It must be set: if a local activity has no
	// ScheduleToCloseTimeout, the SDK uses its StartToCloseTimeout instead, and
	// stops retrying after that.
	noEnd = 10 * 365 * 24 * time.Hour

	// aroundAttempt is how long an attempt may take in addition to its HTTP timeout:
	// waiting at the integration's gate, and storing the outcome.
	aroundAttempt = 30 * time.Second

	// afterRetryFor is how much later than a delivery's deadline the server ends the
	// dispatch activity. The activity itself ends it before that, with a reason.
	afterRetryFor = 10 * time.Minute

	// lostDelay is the longest wait after an attempt that died without an error. It
	// grows with every attempt, including those that only deferred the delivery, so
	// it must not grow far.
	lostDelay = time.Minute

	// aliveWithin is how long the dispatch activity may go without a heartbeat. After
	// that the server assigns the deliveries of a killed worker to another.
	aliveWithin = 10 * time.Second
)

// withDatabase returns the context of the local activities. A conversion must not be
// lost because the database is away, so they are retried without end. What happened
// must be recorded even if an operator cancels the workflow, so they are never
// cancelled.
func withDatabase(ctx workflow.Context) workflow.Context {
	kept, _ := workflow.NewDisconnectedContext(ctx)
	return workflow.WithLocalActivityOptions(kept, workflow.LocalActivityOptions{
		StartToCloseTimeout:    databaseTry,
		ScheduleToCloseTimeout: noEnd,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    databaseBackoff,
		},
	})
}

// withDestination returns the context of one delivery's dispatch. The server
// retries it, which costs no history. The activity itself sets the delay before the
// next attempt; the policy is for attempts that died without an error. There is no
// limit on the time in the queue: that would end a delivery because the workers
// were down.
//
// An activity that the server considers dead, because its worker was killed or
// stalled, is started again. The delivery's lease keeps the two apart: the new one
// waits until the old one has ended or must have ended.
//
// Cancelling waits for an attempt in progress, so that its outcome is recorded
// before the delivery is given up.
func withDestination(ctx workflow.Context, d Delivery) workflow.Context {
	attempt := d.Timeout + aroundAttempt
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              QueueDispatch,
		StartToCloseTimeout:    attempt,
		HeartbeatTimeout:       aliveWithin,
		ScheduleToCloseTimeout: d.RetryFor + attempt + afterRetryFor,
		WaitForCancellation:    true,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    lostDelay,
		},
		Priority: fairShare(d),
		Summary:  summaryOf(d),
	})
}

// summaryOf returns what the UI shows of the dispatch of a delivery. Temporal
// stores at most 400 bytes of it.
func summaryOf(d Delivery) string {
	return atSite(integrationLabel(d.IntegrationType, d.IntegrationID, d.IntegrationName), d.SiteName)
}

// atSite returns a text with the name of its site, unless that is empty.
func atSite(text, siteName string) string {
	if siteName == "" {
		return text
	}
	return text + ", " + siteName
}

// fairShare keeps one integration's backlog from delaying the others, on servers that
// support fairness (G6). Every integration has the same weight: a limit on requests
// per second must not become a right of way. Ids are far shorter than the 64 bytes
// that a key may have.
func fairShare(d Delivery) temporal.Priority {
	return temporal.Priority{FairnessKey: d.IntegrationID, FairnessWeight: 1}
}

// withTimer returns the options of a timer with a summary for the UI.
func withTimer(summary string) workflow.TimerOptions {
	return workflow.TimerOptions{Summary: summary}
}
