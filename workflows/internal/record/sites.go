package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"

	"ringback/internal/ids"
	"ringback/workflows"
	"ringback/workflows/workflowstest"
)

// reading reads in four parts: more, then up to date, then an error of the database, and
// at last the owner switches it off.
func reading() *workflowstest.Activities {
	var made atomic.Int32
	return &workflowstest.Activities{OnReadCRM: func(workflows.ReadingInput) (workflows.ReadCRM, error) {
		switch made.Add(1) {
		case 1:
			return workflows.ReadCRM{State: "running", Records: 2000, Changes: 1200}, nil
		case 2:
			return workflows.ReadCRM{State: "up_to_date", Wait: time.Hour, Records: 3}, nil
		case 3:
			return workflows.ReadCRM{}, errors.New("the database is away")
		default:
			return workflows.ReadCRM{Off: true, State: "off"}, nil
		}
	}}
}

// readCRM starts a reading, and asks for it again while it waits.
func readCRM(ctx context.Context, c client.Client) (client.WorkflowRun, error) {
	in := workflows.ReadingInput{IntegrationID: ids.New(ids.Integration), SiteID: "site_1"}
	id := workflows.ReadingID(in.SiteID, in.IntegrationID)
	run, err := c.SignalWithStartWorkflow(ctx, id, workflows.SignalRead, nil, workflows.ReadingStart(id, in), workflows.ReadCRMWorkflow, in)
	return after(ctx, c, run, err, []step{pause, func(ctx context.Context, c client.Client, run client.WorkflowRun) error {
		return c.SignalWorkflow(ctx, run.GetID(), run.GetRunID(), workflows.SignalRead, nil)
	}})
}

// recomputing computes in three parts.
func recomputing() *workflowstest.Activities {
	var made atomic.Int64
	return &workflowstest.Activities{OnRecompute: func(workflows.RecomputeInput) (workflows.Recomputed, error) {
		n := made.Add(1)
		return workflows.Recomputed{Done: 100 * n, Total: 300, More: n < 3}, nil
	}}
}

func recompute(ctx context.Context, c client.Client) (client.WorkflowRun, error) {
	in := workflows.RecomputeInput{SiteID: ids.New(ids.Site)}
	id := workflows.RecomputeID(in.SiteID)
	return c.SignalWithStartWorkflow(ctx, id, workflows.SignalRecompute, nil, workflows.RecomputeStart(id, in), workflows.RecomputeWorkflow, in)
}

// reconciling asks for calls in five parts: more, then up to date, then a provider that
// takes no more requests, then an error of the database, and at last it is off.
func reconciling() *workflowstest.Activities {
	var made atomic.Int32
	return &workflowstest.Activities{OnReconcile: func(workflows.ReconcileInput) (workflows.Reconciled, error) {
		switch made.Add(1) {
		case 1:
			return workflows.Reconciled{State: "running", Listed: 250, Found: 12}, nil
		case 2:
			return workflows.Reconciled{State: "up_to_date", Wait: time.Hour, Listed: 7}, nil
		case 3:
			return workflows.Reconciled{State: "paused", Wait: time.Second}, nil
		case 4:
			return workflows.Reconciled{}, errors.New("the database is away")
		default:
			return workflows.Reconciled{Off: true, State: "off"}, nil
		}
	}}
}

// reconcile starts a reconciliation, and asks for it again while it waits.
func reconcile(ctx context.Context, c client.Client) (client.WorkflowRun, error) {
	in := workflows.ReconcileInput{SiteID: ids.New(ids.Site), Source: "callrail"}
	id := workflows.ReconcileID(in.SiteID, in.Source)
	run, err := c.SignalWithStartWorkflow(ctx, id, workflows.SignalReconcile, nil, workflows.ReconcileStart(id, in), workflows.ReconcileWorkflow, in)
	return after(ctx, c, run, err, []step{pause, func(ctx context.Context, c client.Client, run client.WorkflowRun) error {
		return c.SignalWorkflow(ctx, run.GetID(), run.GetRunID(), workflows.SignalReconcile, nil)
	}})
}
