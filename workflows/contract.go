package workflows

import (
	"context"
	"fmt"
	"time"

	"ringback/conversion"
)

// The task queues.
const (
	QueueConversions = "conversions" // workflows and short local activities
	QueueDispatch    = "dispatch"    // HTTP to the outside, and long work; it is separate so that eager execution never bypasses its limits
)

// SignalEvent is the signal to a call's workflow that an event was stored.
const SignalEvent = "event"

// The registered names. Renaming Go code never breaks a history.
const (
	CallWorkflow          = "call"
	LeadWorkflow          = "lead"
	ResendWorkflow        = "resend"
	PlanActivity          = "plan"
	DecideActivity        = "decide"
	PrepareResendActivity = "prepare-resend"
	DispatchActivity      = "dispatch"
	GiveUpActivity        = "give-up"
	FinishActivity        = "finish"
	ReadCRMWorkflow       = "read-crm"
	ReadCRMActivity       = "read-crm"
	RecomputeWorkflow     = "recompute"
	RecomputeActivity     = "recompute"
	ReconcileWorkflow     = "reconcile"
	ReconcileActivity     = "reconcile"
)

// SignalRead is the signal to the workflow that reads a CRM that somebody asked for it.
const SignalRead = "read"

// SignalRetry is the signal to the workflow of a call, lead or resend that a delivery is
// to be tried now.
const SignalRetry = "retry"

// RetrySignal is the argument of SignalRetry.
type RetrySignal struct {
	DeliveryID string `json:"delivery_id"`
}

// SignalRecompute is the signal to the workflow that computes the figures of a site anew
// that the choices of the site, or its time zone, have changed again.
const SignalRecompute = "recompute"

// SignalReconcile is the signal to the workflow that reconciles a source that somebody
// asked for it.
const SignalReconcile = "reconcile"

// ConversionActivities are the local activities on QueueConversions: short,
// idempotent reads and writes of the database. Temporary errors (the database is
// away) are retried without end; permanent ones (the conversion does not exist) must
// be non-retryable. Neither sets the next delay: a delay of seconds would keep the
// workflow task open as long as the database is away, at three events every eight
// seconds.
type ConversionActivities interface {
	Plan(context.Context, PlanInput) (Plan, error)
	Decide(context.Context, DecideInput) (Decided, error)
	// PrepareResend returns what the dispatch of a resent delivery needs.
	PrepareResend(context.Context, ResendInput) (Delivery, error)
	// GiveUp ends a delivery as failed unless it has its end state, and returns how it ended.
	GiveUp(context.Context, GiveUpInput) (Dispatched, error)
	Finish(context.Context, FinishInput) error
}

// DispatchActivities are the activities on QueueDispatch.
type DispatchActivities interface {
	// Dispatch makes one attempt. It returns once the delivery has its end
	// state, or with DispatchPaused if it has to wait for another day; until then
	// it fails with a retryable error that carries the next delay. For a delivery that has its end state it sends nothing.
	Dispatch(context.Context, DispatchInput) (Dispatched, error)
}

// ReadingActivities are the activities on QueueDispatch that read CRMs.
type ReadingActivities interface {
	// ReadCRM reads a part of what has changed in an integration's CRM and stores it. It
	// fails only if the database is away.
	ReadCRM(context.Context, ReadingInput) (ReadCRM, error)
}

// RecomputingActivities are the activities on QueueDispatch that compute the figures of
// sites anew.
type RecomputingActivities interface {
	// Recompute computes a part of the figures of a site and stores it. It fails only if the
	// database is away.
	Recompute(context.Context, RecomputeInput) (Recomputed, error)
}

// ReconcilingActivities are the activities on QueueDispatch that ask providers for calls.
type ReconcilingActivities interface {
	// Reconcile reads a part of the calls that a source's provider lists, and stores what
	// is missing. It fails only if the database is away.
	Reconcile(context.Context, ReconcileInput) (Reconciled, error)
}

// CallID returns the workflow id of a call. External ids hold no "/" (checked at intake).
func CallID(siteID, source, externalID string) string {
	return fmt.Sprintf("call/%s/%s/%s", siteID, source, externalID)
}

// LeadID returns the workflow id of a lead.
func LeadID(siteID, externalID string) string { return fmt.Sprintf("lead/%s/%s", siteID, externalID) }

// ResendID returns the workflow id of the n-th resend of a delivery.
func ResendID(deliveryID string, n int) string { return fmt.Sprintf("resend/%s/%d", deliveryID, n) }

// ReadingID returns the id of the workflow that reads an integration's CRM.
func ReadingID(siteID, integrationID string) string {
	return fmt.Sprintf("read-crm/%s/%s", siteID, integrationID)
}

// RecomputeID returns the id of the workflow that computes the figures of a site anew.
func RecomputeID(siteID string) string { return "recompute/" + siteID }

// ReconcileID returns the id of the workflow that reconciles a site's source.
func ReconcileID(siteID, source string) string { return fmt.Sprintf("reconcile/%s/%s", siteID, source) }

// ConversionInput starts the workflow of a call or a lead.
type ConversionInput struct {
	ConversionID string          `json:"conversion_id"`
	SiteID       string          `json:"site_id"`
	Kind         conversion.Kind `json:"kind"`
}

// EventSignal is the argument of SignalEvent. The workflow reads the facts from the
// database, so that the signal holds nothing personal (G7).
type EventSignal struct {
	Seq  int64                `json:"seq"`
	Type conversion.EventType `json:"type"`
}

// ResendInput starts a resend.
type ResendInput struct {
	DeliveryID string `json:"delivery_id"`
	SiteID     string `json:"site_id"`
}

// PlanInput is the input of Plan, which also makes the decisions that can be made by then.
type PlanInput struct {
	ConversionID string `json:"conversion_id"`
}

// Names of integrations and sites are shown to operators beside the ids. They are those
// that the owners chose, shortened. No command depends on them, and histories that were
// recorded by earlier versions do not hold them.

// Plan is what a call's workflow needs to know while it waits.
type Plan struct {
	Decided    bool            `json:"decided,omitempty"` // an earlier run made all decisions; there is nothing to do
	StartKnown bool            `json:"start_known"`
	Ended      bool            `json:"ended"`
	Status     string          `json:"status"`                // ringing, answered, ended; when decided the same as Decided.Status: for the search attribute
	CloseAt    time.Time       `json:"close_at"`              // the site's deadline
	At         time.Time       `json:"planned_at,omitzero"`   // when it was made, by the clock that its times are of; zero in histories of versions without it
	Settle     time.Duration   `json:"settle"`                // wait after the end, for histories of versions without SettledAt
	SettledAt  time.Time       `json:"settled_at,omitzero"`   // until when what comes after the end is waited for; zero if the call goes on
	StartGrace time.Duration   `json:"start_grace"`           // how long to wait for a start that its end arrived before
	Early      []Delivery      `json:"early"`                 // open sends decided at the start, also those of earlier plans
	EndedEarly []EndedDelivery `json:"ended_early,omitempty"` // of the sends decided at the start, those that have ended
	Waiting    []Waiting       `json:"waiting"`               // integrations without a decision
	Skipped    []Skipped       `json:"skipped"`               // decided at the start: skip
	SiteName   string          `json:"site_name,omitempty"`
	Closed     *Decided        `json:"closed,omitempty"` // all decisions, if they were made now; the rest of the plan is empty then
}

// DecideInput is the input of Decide, which makes every decision that is still open.
type DecideInput struct {
	ConversionID string            `json:"conversion_id"`
	Moment       conversion.Moment `json:"moment"`
}

// Decided holds the decisions: all deliveries of the conversion, including those decided
// early. First attempts are made together with the decisions where that is possible.
type Decided struct {
	Status     string          `json:"status"`     // answered, missed, busy, failed, incomplete; empty for leads
	Deliveries []Delivery      `json:"deliveries"` // that have no end state yet
	Ended      []EndedDelivery `json:"ended,omitempty"`
	Skipped    []Skipped       `json:"skipped"`
	SiteName   string          `json:"site_name,omitempty"`
	Done       bool            `json:"done,omitempty"` // Finish has nothing to do
}

// EndedDelivery is a delivery that had its end state when it was read.
type EndedDelivery struct {
	Delivery   Delivery   `json:"delivery"`
	Dispatched Dispatched `json:"dispatched"`
}

// Delivery is a delivery that the workflow has to dispatch.
type Delivery struct {
	DeliveryID      string        `json:"delivery_id"`
	IntegrationID   string        `json:"integration_id"`
	IntegrationType string        `json:"integration_type"`
	RetryFor        time.Duration `json:"retry_for"`
	Timeout         time.Duration `json:"timeout"`    // of one attempt
	PerSecond       float64       `json:"per_second"` // 0 means no limit
	IntegrationName string        `json:"integration_name,omitempty"`
	SiteName        string        `json:"site_name,omitempty"`
	Begun           bool          `json:"begun,omitempty"` // an attempt was begun when it was decided on
}

// Skipped is a decision not to send.
type Skipped struct {
	IntegrationID   string            `json:"integration_id"`
	IntegrationType string            `json:"integration_type"`
	IntegrationName string            `json:"integration_name,omitempty"`
	Reason          conversion.Reason `json:"reason"`
}

// Waiting is an integration whose decision waits, usually for the end of the call.
// Histories that were recorded by earlier versions hold neither waits nor until.
type Waiting struct {
	IntegrationID   string            `json:"integration_id"`
	IntegrationType string            `json:"integration_type"`
	IntegrationName string            `json:"integration_name,omitempty"`
	Waits           []conversion.Wait `json:"waits,omitempty"` // what is waited for, and why
	Until           *time.Time        `json:"until,omitempty"` // at the latest
}

// DispatchInput is the input of Dispatch, which sends one delivery.
type DispatchInput struct {
	DeliveryID    string `json:"delivery_id"`
	IntegrationID string `json:"integration_id"`
	Begun         bool   `json:"begun,omitempty"` // a first attempt was begun elsewhere; what it came to is to be respected
}

// Dispatched is how a delivery ended, or that it goes on later.
type Dispatched struct {
	State    string        `json:"state"` // delivered, failed or DispatchPaused
	Class    string        `json:"class"` // of the last attempt
	Status   int           `json:"status"`
	Attempts int           `json:"attempts"`
	ResumeIn time.Duration `json:"resume_in,omitempty"` // when the delivery is dispatched again, if it is paused
}

// DispatchPaused is the state of a delivery whose account has made all of its sends of the
// day.
const DispatchPaused = "paused"

// GiveUpCause is why a delivery was given up outside its attempts.
type GiveUpCause string

// The causes of giving up.
const (
	CauseTimeRanOut GiveUpCause = "time_ran_out" // the integration's retry time is over
	CauseCancelled  GiveUpCause = "cancelled"    // an operator cancelled the workflow
	CauseBroken     GiveUpCause = "broken"       // the dispatch activity failed permanently
)

// GiveUpInput is the input of GiveUp, for a delivery whose activity ended without an end state.
type GiveUpInput struct {
	DeliveryID string      `json:"delivery_id"`
	Cause      GiveUpCause `json:"cause"`
}

// FinishInput is the input of Finish, for a conversion whose deliveries all have their end state.
type FinishInput struct {
	ConversionID string `json:"conversion_id"`
}
