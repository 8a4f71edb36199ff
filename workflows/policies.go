package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The limits that the contexts below set.
const (
	// databaseTry is how long one read or write of the database may take.
	databaseTry = 10 * time.Second

	// databaseBackoff is the longest wait between two tries. Tries that wait
	// longer than a workflow task may last (10 s) cost six events each: at two
	// minutes a history reaches the server's limit (51,200 events) after eleven
	// days without a database, at one minute after six.
	databaseBackoff = 2 * time.Minute

	// noEnd stands for "without end". It has to be written: the SDK takes a
	// local activity's StartToCloseTimeout for a ScheduleToCloseTimeout that is
	// left out, and would stop retrying after it.
	noEnd = 10 * 365 * 24 * time.Hour

	// aroundAttempt is what an attempt may spend besides its HTTP timeout:
	// waiting at the integration's gate, and recording how it went.
	aroundAttempt = 30 * time.Second

	// afterRetryFor lets the dispatch activity itself end a delivery whose time
	// has run out, with a reason. The server's own end is the fall-back.
	afterRetryFor = 10 * time.Minute

	// lostDelay is the longest wait after an attempt that died without a word.
	// It grows with all attempts, and those include every time that a delivery
	// was held back, so it must not grow far.
	lostDelay = time.Minute

	// aliveWithin is within what time the dispatch activity has to show that its
	// worker lives. What a killed worker had is given to another after that.
	aliveWithin = 10 * time.Second
)

// withDatabase returns the context of the local activities. A conversion must not
// be lost because the database is away, so they are retried without end; and
// what happened has to be recorded even if an operator cancels the workflow, so
// they are never cancelled.
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
// retries it, which costs no history. The activity names the delay before the
// next attempt itself; the policy is for attempts that died without a word.
// There is no limit on waiting in the queue: that would end a delivery because
// the workers were away.
//
// An activity that the server takes for dead, because its worker was killed or
// stalled, is begun anew. The delivery's lease keeps the two apart: the new one
// waits until the old one has ended or can be at it no longer.
//
// Cancelling waits for an attempt that is under way, so that its outcome is
// recorded and not overtaken by giving up.
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
		Summary:  d.IntegrationType + " " + d.IntegrationID,
	})
}

// fairShare keeps one integration's backlog from standing before the others',
// on servers that have fairness (guarantee 6). Ids are far below the 64 bytes a
// key may have.
func fairShare(d Delivery) temporal.Priority {
	return temporal.Priority{FairnessKey: d.IntegrationID, FairnessWeight: float32(d.PerSecond)}
}

// withTimer returns the options of a timer that says in the UI what it is for.
func withTimer(summary string) workflow.TimerOptions {
	return workflow.TimerOptions{Summary: summary}
}
