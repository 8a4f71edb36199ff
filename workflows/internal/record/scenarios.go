package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/workflows"
	"ringback/workflows/workflowstest"
)

// scenario is one way through a workflow: what the activities answer, and what
// happens from outside.
type scenario struct {
	name       string
	activities *workflowstest.Activities
	play       func(context.Context, client.Client) (client.WorkflowRun, error)
}

// scenarios returns one scenario for each branch of the workflows.
func scenarios() []scenario {
	soon := time.Now().Add(2 * time.Second)
	later := time.Now().Add(4 * time.Hour)
	open := workflows.Plan{StartKnown: true, Status: "ringing", CloseAt: later, Waiting: waits("b")}
	early := workflows.Plan{StartKnown: true, Status: "answered", CloseAt: later, Early: sends("a"), Waiting: waits("b")}
	ended := workflows.Plan{StartKnown: true, Ended: true, Status: "ended", CloseAt: later, Early: sends("a"), Waiting: waits("b")}

	closed := workflows.Plan{Ended: true, Closed: &workflows.Decided{Status: "answered", Deliveries: sends("a", "b"), Done: true}}
	settling := ended
	settling.Settle = time.Second
	return []scenario{
		{"call_early_then_end", planning(open, early, ended), call(pause, signal, pause, signal)},
		{"call_posted_after_its_end", planning(ended), call()},
		{"call_closed_by_its_plan", planning(early, closed), call(pause, signal)},
		{"call_incomplete", planning(workflows.Plan{StartKnown: true, Status: "ringing", CloseAt: soon, Waiting: waits("b")}), call()},
		{"call_end_before_start", planning(workflows.Plan{Ended: true, Status: "ended", CloseAt: later, StartGrace: time.Minute}, ended), call(pause, signal)},
		{"call_start_lost", planning(workflows.Plan{Ended: true, Status: "ended", CloseAt: later, StartGrace: time.Second}), call()},
		{"call_settles", planning(settling), call(pause, signal)},
		{"call_settles_by_another_clock", plannedSlow(ended, time.Hour, time.Second), call()},
		{"call_deadline_moves", planning(workflows.Plan{Status: "ringing", CloseAt: later}, early, workflows.Plan{Status: "ringing", CloseAt: soon}), call(pause, signal, pause, signal)},
		{"call_decided_before", planning(workflows.Plan{Decided: true, StartKnown: true, Ended: true, Early: sends("a")}), call()},
		{"call_cancelled", planning(early), call(pause, cancel)},
		{"call_event_during_dispatch", dispatching(ended, failing(3, time.Second)), call(pause, signal)},
		{"call_without_database", withoutDatabase(ended, 6), call()},
		{"lead_delivered", planning(workflows.Plan{}), lead()},
		{"lead_retried", dispatching(workflows.Plan{}, failing(4, 200*time.Millisecond)), lead()},
		{"lead_given_up", dispatching(workflows.Plan{}, failing(100, 1000*time.Hour)), lead()},
		{"lead_cancelled", dispatching(workflows.Plan{}, failing(100, time.Hour)), lead(pause, cancel)},
		{"resend", planning(workflows.Plan{}), resend},
		{"read_crm", reading(), readCRM},
		{"recompute", recomputing(), recompute},
		{"reconcile", reconciling(), reconcile},
	}
}

// planning answers with one plan after the other, the last one again and again.
func planning(plans ...workflows.Plan) *workflowstest.Activities {
	var looks atomic.Int32
	return &workflowstest.Activities{
		OnPlan: func(workflows.PlanInput) (workflows.Plan, error) {
			return plans[min(int(looks.Add(1)), len(plans))-1], nil
		},
		OnDecide: func(workflows.DecideInput) (workflows.Decided, error) {
			skipped := []workflows.Skipped{{IntegrationID: "int_c", IntegrationType: "rtbhouse", Reason: conversion.ReasonNoVisitorID}}
			return workflows.Decided{Status: plans[0].Status, Deliveries: sends("a", "b"), Skipped: skipped}, nil
		},
		OnPrepareResend: func(workflows.ResendInput) (workflows.Delivery, error) { return sends("a")[0], nil },
	}
}

// plannedSlow answers with a plan of a database whose clock is slow, by which the call settles
// after a while.
func plannedSlow(plan workflows.Plan, slow, settles time.Duration) *workflowstest.Activities {
	a := planning(plan)
	a.OnPlan = func(workflows.PlanInput) (workflows.Plan, error) {
		plan.At = time.Now().Add(-slow)
		if plan.SettledAt.IsZero() {
			plan.SettledAt = plan.At.Add(settles)
		}
		return plan, nil
	}
	return a
}

// dispatching answers attempts as it is told.
func dispatching(plan workflows.Plan, dispatch func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error)) *workflowstest.Activities {
	a := planning(plan)
	a.OnDispatch = dispatch
	return a
}

// failing makes the first attempts fail, each asking for another after a delay.
func failing(attempts int32, delay time.Duration) func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
	var made atomic.Int32
	return func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
		if made.Add(1) <= attempts {
			options := temporal.ApplicationErrorOptions{NextRetryDelay: delay, Category: temporal.ApplicationErrorCategoryBenign}
			return workflows.Dispatched{}, temporal.NewApplicationErrorWithOptions("answered 503", "unavailable", options)
		}
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 3}, nil
	}
}

// withoutDatabase fails the first looks: six of them reach the waits that are timers.
func withoutDatabase(plan workflows.Plan, looks int32) *workflowstest.Activities {
	a := planning(plan)
	var made atomic.Int32
	a.OnPlan = func(workflows.PlanInput) (workflows.Plan, error) {
		if made.Add(1) < looks {
			return workflows.Plan{}, errors.New("the database is away")
		}
		return plan, nil
	}
	return a
}

// step is something that happens to a running workflow.
type step func(context.Context, client.Client, client.WorkflowRun) error

// pause lets real time pass, so that a history shows what was done before the next
// step apart from what it does: a server has no clock to advance. It runs when
// histories are recorded, by hand, and in no test.
func pause(context.Context, client.Client, client.WorkflowRun) error {
	time.Sleep(700 * time.Millisecond)
	return nil
}

func signal(ctx context.Context, c client.Client, run client.WorkflowRun) error {
	event := workflows.EventSignal{Seq: 2, Type: conversion.EventTagged}
	return c.SignalWorkflow(ctx, run.GetID(), run.GetRunID(), workflows.SignalEvent, event)
}

func cancel(ctx context.Context, c client.Client, run client.WorkflowRun) error {
	return c.CancelWorkflow(ctx, run.GetID(), run.GetRunID())
}

func call(steps ...step) func(context.Context, client.Client) (client.WorkflowRun, error) {
	return func(ctx context.Context, c client.Client) (client.WorkflowRun, error) {
		in := workflows.ConversionInput{ConversionID: ids.New(ids.Conversion), SiteID: "site_1", Kind: conversion.KindCall}
		id := workflows.CallID(in.SiteID, "api", in.ConversionID)
		first := workflows.EventSignal{Seq: 1, Type: conversion.EventStarted}
		options := workflows.CallStart(id, in, first.Type)
		run, err := c.SignalWithStartWorkflow(ctx, id, workflows.SignalEvent, first, options, workflows.CallWorkflow, in)
		return after(ctx, c, run, err, steps)
	}
}

func lead(steps ...step) func(context.Context, client.Client) (client.WorkflowRun, error) {
	return func(ctx context.Context, c client.Client) (client.WorkflowRun, error) {
		in := workflows.ConversionInput{ConversionID: ids.New(ids.Conversion), SiteID: "site_1", Kind: conversion.KindLead}
		options := workflows.LeadStart(workflows.LeadID(in.SiteID, in.ConversionID), in)
		run, err := c.ExecuteWorkflow(ctx, options, workflows.LeadWorkflow, in)
		return after(ctx, c, run, err, steps)
	}
}

func resend(ctx context.Context, c client.Client) (client.WorkflowRun, error) {
	in := workflows.ResendInput{DeliveryID: ids.New(ids.Delivery), SiteID: "site_1"}
	return c.ExecuteWorkflow(ctx, workflows.ResendStart(workflows.ResendID(in.DeliveryID, 1), in), workflows.ResendWorkflow, in)
}

func after(ctx context.Context, c client.Client, run client.WorkflowRun, err error, steps []step) (client.WorkflowRun, error) {
	if err != nil {
		return nil, fmt.Errorf("starting the workflow: %w", err)
	}
	for _, do := range steps {
		if err := do(ctx, c, run); err != nil {
			return nil, err
		}
	}
	return run, nil
}

func sends(names ...string) []workflows.Delivery {
	var made []workflows.Delivery
	for _, name := range names {
		made = append(made, workflows.Delivery{
			DeliveryID: "dlv_" + name, IntegrationID: "int_" + name, IntegrationType: "webhook",
			RetryFor: 72 * time.Hour, Timeout: 10 * time.Second, PerSecond: 5,
		})
	}
	return made
}

func waits(name string) []workflows.Waiting {
	return []workflows.Waiting{{IntegrationID: "int_" + name, IntegrationType: "webhook"}}
}
