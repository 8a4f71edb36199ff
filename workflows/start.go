package workflows

import (
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"ringback/conversion"
)

// CallStart returns the options to start the workflow of a call whose first event is
// the given one. Start it with SignalEvent (SignalWithStart).
func CallStart(workflowID string, in ConversionInput, first conversion.EventType) client.StartWorkflowOptions {
	options := start(workflowID, in.SiteID, "Call "+in.ConversionID)
	options.TypedSearchAttributes = temporal.NewSearchAttributes(
		AttributeSite.ValueSet(in.SiteID),
		AttributeKind.ValueSet(string(conversion.KindCall)),
		AttributeState.ValueSet(StateWaiting),
		AttributeCallStatus.ValueSet(statusAfter(first)),
	)
	return options
}

// LeadStart returns the options to start the workflow of a lead.
func LeadStart(workflowID string, in ConversionInput) client.StartWorkflowOptions {
	options := start(workflowID, in.SiteID, "Lead "+in.ConversionID)
	options.TypedSearchAttributes = temporal.NewSearchAttributes(
		AttributeSite.ValueSet(in.SiteID),
		AttributeKind.ValueSet(string(conversion.KindLead)),
		AttributeState.ValueSet(StateDispatching),
	)
	return options
}

// ResendStart returns the options to start the workflow of a resend.
func ResendStart(workflowID string, in ResendInput) client.StartWorkflowOptions {
	options := start(workflowID, in.SiteID, "Resend of "+in.DeliveryID)
	options.TypedSearchAttributes = temporal.NewSearchAttributes(
		AttributeSite.ValueSet(in.SiteID),
		AttributeKind.ValueSet(KindResend),
		AttributeState.ValueSet(StateDispatching),
	)
	return options
}

// KindReading is the value of RingbackKind for the reading of a CRM.
const KindReading = "reading"

// ReadingStart returns the options to start the workflow that reads a CRM. Start it with
// SignalRead. It may run again after it has ended, because the owner can switch reading
// off and on.
func ReadingStart(workflowID string, in ReadingInput) client.StartWorkflowOptions {
	options := RestartOptions(start(workflowID, in.SiteID, "Reading of the CRM of "+in.IntegrationID))
	options.TypedSearchAttributes = temporal.NewSearchAttributes(
		AttributeSite.ValueSet(in.SiteID),
		AttributeKind.ValueSet(KindReading),
		AttributeIntegrations.ValueSet([]string{in.IntegrationID}),
	)
	return options
}

// KindRecompute is the value of RingbackKind for the computing of figures.
const KindRecompute = "recompute"

// RecomputeStart returns the options to start the workflow that computes the figures of a
// site anew. Start it with SignalRecompute. It runs again after each change.
func RecomputeStart(workflowID string, in RecomputeInput) client.StartWorkflowOptions {
	options := RestartOptions(start(workflowID, in.SiteID, "New figures of "+in.SiteID))
	options.TypedSearchAttributes = temporal.NewSearchAttributes(AttributeSite.ValueSet(in.SiteID), AttributeKind.ValueSet(KindRecompute))
	return options
}

// KindReconciliation is the value of RingbackKind for the reconciliation of a source.
const KindReconciliation = "reconciliation"

// ReconcileStart returns the options to start the workflow that reconciles a source.
// Start it with SignalReconcile. It may run again after it has ended, because the owner
// can switch reconciliation off and on.
func ReconcileStart(workflowID string, in ReconcileInput) client.StartWorkflowOptions {
	options := RestartOptions(start(workflowID, in.SiteID, "Reconciliation of "+in.Source))
	options.TypedSearchAttributes = temporal.NewSearchAttributes(
		AttributeSite.ValueSet(in.SiteID),
		AttributeKind.ValueSet(KindReconciliation),
	)
	return options
}

// RestartOptions returns the options to start a workflow whose work, according to
// the database, is not done long after its time. They allow a start even if a run
// has completed, because the database may have been restored from a backup that
// is older than that. A current run is kept, and a run that finds all work done
// does nothing.
func RestartOptions(options client.StartWorkflowOptions) client.StartWorkflowOptions {
	options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	return options
}

// start returns the options that all workflows have in common. An id runs to its end
// once (G2): a start that is repeated during the run finds that run, and one that is
// repeated afterwards is refused with serviceerror.WorkflowExecutionAlreadyStarted.
// If the run was terminated, or failed, another may start. Sites share the queue
// fairly on servers that support fairness.
func start(workflowID, siteID, summary string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                       workflowID,
		TaskQueue:                QueueConversions,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		StaticSummary:            summary,
		Priority:                 temporal.Priority{FairnessKey: siteID},
	}
}
