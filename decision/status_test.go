package decision_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/decision/decisiontest"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/websites"
)

// ringing is a call by a visitor without a visitor id, whose traffic is known.
func ringing() conversion.CallEvent {
	start := decisiontest.Started()
	start.VisitorIDs = nil
	return start
}

func wait(what conversion.WaitFor, why conversion.WaitReason) conversion.Wait {
	return conversion.Wait{For: what, Why: why}
}

func TestG4_WhatADecisionWaitsForAndUntilWhen(t *testing.T) {
	t.Parallel()
	closeAt := decisiontest.Noon.Add(4 * time.Hour)
	endReported := decisiontest.Noon.Add(61 * time.Second)
	onlyEnd := []conversion.CallEvent{decisiontest.Ended(45)}
	both := []conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)}
	byAll := decisiontest.Integration("int_1", conversion.MetricAll)
	for name, test := range map[string]struct {
		events []conversion.CallEvent
		change func(*models.Case, *integrations.Integration)
		waits  []conversion.Wait
		until  time.Time // zero means no time
	}{
		"everything is known": {
			events: []conversion.CallEvent{decisiontest.Started()},
			waits:  []conversion.Wait{wait(conversion.WaitForDecision, conversion.WaitKnown)}, until: closeAt,
		},
		"the destination needs the visitor's id": {
			events: []conversion.CallEvent{ringing()},
			waits:  []conversion.Wait{wait(conversion.WaitForVisitorID, conversion.WaitDestination)}, until: closeAt,
		},
		"the end, and the visitor's id": {
			events: []conversion.CallEvent{ringing()},
			change: func(_ *models.Case, i *integrations.Integration) {
				i.Settings.Calls.Metrics = []conversion.Metric{conversion.MetricTarget}
			},
			waits: []conversion.Wait{
				wait(conversion.WaitForEnd, conversion.WaitMetric), wait(conversion.WaitForVisitorID, conversion.WaitDestination),
			},
			until: closeAt,
		},
		"an id of the person's other visits counts at the end": {
			events: []conversion.CallEvent{ringing()},
			change: func(c *models.Case, _ *integrations.Integration) {
				c.PersonIDs = map[string]string{"place": "of-the-person"}
			},
			waits: []conversion.Wait{wait(conversion.WaitForVisitorID, conversion.WaitDestination)}, until: closeAt,
		},
		"an id that the session knows is enough": {
			events: []conversion.CallEvent{ringing()},
			change: func(c *models.Case, _ *integrations.Integration) {
				c.VisitorIDs = map[string]string{"place": "from-the-cookie"}
			},
			waits: []conversion.Wait{wait(conversion.WaitForDecision, conversion.WaitKnown)}, until: closeAt,
		},
		"it is switched off": {
			events: []conversion.CallEvent{decisiontest.Started()},
			change: func(_ *models.Case, i *integrations.Integration) { i.Enabled = false },
			waits:  []conversion.Wait{wait(conversion.WaitForEnd, conversion.WaitSwitchedOff)}, until: closeAt,
		},
		"its settings cannot be used": {
			events: []conversion.CallEvent{decisiontest.Started()},
			change: func(_ *models.Case, i *integrations.Integration) {
				i.Settings.Options = map[string]string{"wrong": "yes"}
			},
			waits: []conversion.Wait{wait(conversion.WaitForEnd, conversion.WaitSettings)}, until: closeAt,
		},
		"its settings panic": {
			events: []conversion.CallEvent{decisiontest.Started()},
			change: func(_ *models.Case, i *integrations.Integration) {
				i.Settings.Options = map[string]string{"panics": "yes"}
			},
			waits: []conversion.Wait{wait(conversion.WaitForEnd, conversion.WaitSettings)}, until: closeAt,
		},
		"the call has ended": {
			events: both,
			waits:  []conversion.Wait{wait(conversion.WaitForDecision, conversion.WaitReady)},
		},
		"late data of the source": {
			events: both,
			change: func(c *models.Case, _ *integrations.Integration) { c.Conversion.Source = "callrail" },
			waits:  []conversion.Wait{wait(conversion.WaitForSource, conversion.WaitLateData)}, until: endReported.Add(20 * time.Minute),
		},
		"the site's own setting wins, zero too": {
			events: both,
			change: func(c *models.Case, _ *integrations.Integration) {
				c.Conversion.Source, c.Source = "callrail", &websites.Source{}
			},
			waits: []conversion.Wait{wait(conversion.WaitForDecision, conversion.WaitReady)},
		},
		"the end overtook the start": {
			events: onlyEnd,
			waits:  []conversion.Wait{wait(conversion.WaitForStart, conversion.WaitOvertaken)}, until: endReported.Add(decision.StartGrace),
		},
		"a lead": {
			change: func(c *models.Case, _ *integrations.Integration) { c.Conversion.Kind = conversion.KindLead },
			waits:  []conversion.Wait{wait(conversion.WaitForDecision, conversion.WaitReady)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := caseOf(decisiontest.Call(test.events, byAll))
			if test.change != nil {
				rules := *byAll.Settings.Calls
				c.Integrations[0].Settings.Calls = &rules
				test.change(&c.Case, &c.Integrations[0])
			}
			statuses := decider.Statuses(*c, nil)
			require.Len(t, statuses, 1)
			s := statuses[0]
			require.Equal(t, []any{"int_1", "place", "Place", decision.Waiting}, []any{s.IntegrationID, s.IntegrationType, s.IntegrationName, s.State})
			require.Equal(t, test.waits, s.Waits)
			if test.until.IsZero() {
				require.Nil(t, s.Until)
			} else {
				require.Equal(t, test.until, *s.Until)
			}
		})
	}
}

func TestG4_AnIntegrationThatDoesNotTakeCallsIsSkippedAsItIsSetUpNow(t *testing.T) {
	t.Parallel()
	i := decisiontest.Integration("int_1")
	i.Settings.Calls, i.CredentialsUnreadable = nil, true
	s := decider.Statuses(*caseOf(decisiontest.Call([]conversion.CallEvent{decisiontest.Started()}, i)), nil)[0]
	require.Equal(t, decision.Skipped, s.State)
	require.Equal(t, conversion.ReasonKindOff, s.Reason)
	require.Nil(t, s.Decision)
	require.Equal(t, []conversion.Wait{wait(conversion.WaitForEnd, conversion.WaitKindOff)}, s.Waits, "settings are read again at the end")
	require.Nil(t, s.Until)
	require.False(t, s.Unreadable, "nothing is going to be sent")

	i.Settings.Leads = nil
	lead := caseOf(decisiontest.Call([]conversion.CallEvent{decisiontest.Started()}, i))
	lead.Conversion.Kind = conversion.KindLead
	over := caseOf(decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)}, i))
	for _, c := range []*decision.Case{lead, over} {
		require.Empty(t, decider.Statuses(*c, nil)[0].Waits, "there is no end to wait for")
	}
}

func TestG4_WhereADecisionHasLedTo(t *testing.T) {
	t.Parallel()
	next := decisiontest.Noon.Add(time.Hour)
	attempt := func(why conversion.WaitReason) []conversion.Wait {
		return []conversion.Wait{wait(conversion.WaitForAttempt, why)}
	}
	for name, test := range map[string]struct {
		verdict    conversion.Verdict
		deliveries []deliveries.Delivery
		state      decision.State
		waits      []conversion.Wait
		until      *time.Time
	}{
		"skipped":     {verdict: conversion.Skip, state: decision.Skipped},
		"not yet put": {verdict: conversion.Send, state: decision.Waiting, waits: attempt(conversion.WaitFirstAttempt)},
		"pending": {
			verdict: conversion.Send, deliveries: []deliveries.Delivery{{State: deliveries.Pending}},
			state: decision.Waiting, waits: attempt(conversion.WaitFirstAttempt),
		},
		"held back": {
			verdict: conversion.Send, deliveries: []deliveries.Delivery{{State: deliveries.Waiting, NextTryAt: &next}},
			state: decision.Waiting, waits: attempt(conversion.WaitDeferred), until: &next,
		},
		"retrying": {
			verdict: conversion.Send, deliveries: []deliveries.Delivery{{State: deliveries.Retrying, NextTryAt: &next}},
			state: decision.Retrying, waits: attempt(conversion.WaitRetry), until: &next,
		},
		"failed": {verdict: conversion.Send, deliveries: []deliveries.Delivery{{State: deliveries.Failed}}, state: decision.Failed},
		"failed, and delivered by a resend": {
			verdict: conversion.Send,
			deliveries: []deliveries.Delivery{
				{State: deliveries.Delivered, ResendNumber: 2}, {State: deliveries.Failed, ResendNumber: 1}, {State: deliveries.Failed},
			},
			state: decision.Delivered,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := caseOf(models.Case{Conversion: models.Conversion{DecidedAt: &next}})
			c.Decisions = []models.Decision{{ID: "dec_1", IntegrationID: "int_1", Verdict: test.verdict, Reason: conversion.ReasonMetric}}
			for i := range test.deliveries {
				test.deliveries[i].IntegrationID = "int_1"
			}
			others := append(test.deliveries, deliveries.Delivery{IntegrationID: "int_2", ResendNumber: 9})
			statuses := decider.Statuses(*c, others)
			require.Len(t, statuses, 1)
			require.Equal(t, test.state, statuses[0].State)
			require.Equal(t, test.waits, statuses[0].Waits)
			require.Equal(t, test.until, statuses[0].Until)
			require.Equal(t, "dec_1", statuses[0].Decision.ID)
		})
	}
}

// history counts how often it is asked for the visitor's history.
type history struct {
	c     models.Case
	reads int
}

func (h *history) Case(context.Context, string) (models.Case, error) { return h.c, nil }

func (h *history) Visits(context.Context, models.Case) ([]conversion.Visit, error) {
	h.reads++
	return []conversion.Visit{{ID: "vis_1"}}, nil
}

func (h *history) Earlier(context.Context, models.Case) (conversion.Earlier, error) {
	h.reads++
	return conversion.Earlier{LastAt: decisiontest.Noon}, nil
}

func TestTheHistoryIsReadOnlyIfSomethingDependsOnIt(t *testing.T) {
	t.Parallel()
	open := decisiontest.Call([]conversion.CallEvent{decisiontest.Started()})
	ended := decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)})
	nobody, done := open, ended
	nobody.Conversion.Person, done.Conversion.DecidedAt = "", new(decisiontest.Noon)
	waiting := func(due func(decision.Case) bool) func(context.Context, decision.Store, string) (decision.Case, error) {
		return func(ctx context.Context, s decision.Store, id string) (decision.Case, error) {
			return decision.LoadWaiting(ctx, s, id, due)
		}
	}
	for name, test := range map[string]struct {
		c    models.Case
		load func(context.Context, decision.Store, string) (decision.Case, error)
		want int
	}{
		"a call that goes on":                 {open, waiting(nil), 2},
		"by nobody that is known":             {nobody, waiting(nil), 1},
		"a call that has ended":               {ended, waiting(nil), 0},
		"one that is to be decided now":       {ended, waiting(func(decision.Case) bool { return true }), 2},
		"one that has ended, to decide on it": {ended, decision.Load, 2},
		"one that is decided":                 {done, decision.Load, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &history{c: test.c}
			_, err := test.load(t.Context(), h, "cnv_1")
			require.NoError(t, err)
			require.Equal(t, test.want, h.reads)
		})
	}
}
