package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/workflows"
)

func TestCall_WaitsForTheEndThenDecidesAndDispatches(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(0, open)
	b.after(5*time.Minute, func() {
		p := b.progress(t)
		require.Equal(t, workflows.StageWaitingForEnd, p.Stage)
		require.Equal(t, open.CloseAt, p.Until.UTC())
		require.Equal(t, workflows.StandingWaiting, b.standing(t, "int_a").State)
		require.Empty(t, b.activities.Decisions())
	})
	b.at(10*time.Minute, ended)
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, []conversion.Moment{conversion.AtEnd}, b.moments())
	require.Equal(t, map[string]int{"dlv_a": 1}, b.sent())
	require.Equal(t, []workflows.FinishInput{{ConversionID: "cnv_1"}}, b.activities.Finished())
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
	require.Equal(t, 10*time.Minute, b.took())
}

func TestG4_AnIntegrationThatIsDeletedDuringTheCallIsNotWaitedForAtTheEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	with := open
	with.Waiting = append(slices.Clone(open.Waiting), workflows.Waiting{IntegrationID: "int_deleted", IntegrationType: "webhook"})
	b.at(0, with)
	b.at(10*time.Minute, ended)
	b.runCall()

	b.requireCompleted(t)
	require.Len(t, b.progress(t).Integrations, 1)
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
}

func TestCall_WhatThePlanDecidesNeedsNoOtherStage(t *testing.T) {
	t.Parallel()
	all := decided(delivery("a"))
	all.Done = true
	closed := workflows.Plan{Ended: true, Closed: &all}
	for name, from := range map[string]workflows.Plan{
		"waiting for the end":   open,
		"waiting for the start": {Ended: true, Status: "ended", CloseAt: open.CloseAt, StartGrace: time.Hour},
		"settling":              {StartKnown: true, Ended: true, CloseAt: open.CloseAt, SettledAt: callStart.Add(time.Hour)},
		"at once":               closed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.know(from)
			b.at(10*time.Minute, closed)
			b.runCall()

			b.requireCompleted(t)
			require.Empty(t, b.moments())
			require.Equal(t, map[string]int{"dlv_a": 1}, b.sent())
			require.Empty(t, b.activities.Finished())
			require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
			require.LessOrEqual(t, b.took(), 10*time.Minute)
		})
	}
}

func TestR4_WhatIsKnownAtTheStartIsSentAtTheStart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	early := open
	early.Early = []workflows.Delivery{delivery("early"), delivery("early2")}
	b.know(early)
	b.after(time.Second, func() {
		require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_early").State)
		require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_early2").State)
	})
	withEnd := early
	withEnd.Ended = true
	b.at(10*time.Minute, withEnd)
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		return decided(delivery("early"), delivery("early2"), delivery("a")), nil
	}
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, map[string]int{"dlv_early": 1, "dlv_early2": 1, "dlv_a": 1}, b.sent(), "each delivery is dispatched once")
}

func TestG4_ACallThatNeverEndsIsClosedAtTheDeadline(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		skip := workflows.Skipped{IntegrationID: "int_a", IntegrationType: "webhook", Reason: conversion.ReasonIncomplete}
		return workflows.Decided{Status: "incomplete", Skipped: []workflows.Skipped{skip}}, nil
	}
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, []conversion.Moment{conversion.AtIncomplete}, b.moments())
	require.Equal(t, 4*time.Hour, b.took())
	require.Equal(t, conversion.ReasonIncomplete, b.standing(t, "int_a").Reason)
	require.Len(t, b.activities.Finished(), 1)
}

func TestCall_EndStoredButNotSignalledBeforeTheDeadlineCounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.after(3*time.Hour, func() { b.know(ended) })
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, []conversion.Moment{conversion.AtEnd}, b.moments())
}

func TestCall_DeadlineMovesWhenTheStartBecomesKnown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.know(workflows.Plan{Status: "ringing", CloseAt: callStart.Add(4 * time.Hour)})
	earlier := open
	earlier.CloseAt = callStart.Add(3 * time.Hour)
	b.at(time.Hour, earlier)
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, []conversion.Moment{conversion.AtIncomplete}, b.moments())
	require.Equal(t, 3*time.Hour, b.took())
}

func TestCall_ADeadlineInThePastClosesAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	past := open
	past.CloseAt = callStart.Add(-time.Hour)
	b.know(past)
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, []conversion.Moment{conversion.AtIncomplete}, b.moments())
	require.Zero(t, b.took())
}

func TestCall_SettlesAfterTheEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	settling := ended
	settling.Settle = time.Minute
	b.at(10*time.Minute, settling)
	b.after(10*time.Minute+10*time.Second, func() {
		require.Equal(t, workflows.StageSettling, b.progress(t).Stage)
		require.Empty(t, b.activities.Decisions())
	})
	linked := settling
	linked.Early = []workflows.Delivery{delivery("early")}
	b.at(10*time.Minute+30*time.Second, linked)
	b.after(10*time.Minute+31*time.Second, func() {
		require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_early").State, "what comes while it settles is planned")
	})
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, 11*time.Minute, b.took(), "an event while it settles does not prolong it")
	require.Equal(t, []conversion.Moment{conversion.AtEnd}, b.moments())
}

func TestCall_EndBeforeStart(t *testing.T) {
	t.Parallel()
	onlyEnd := workflows.Plan{Ended: true, Status: "ended", CloseAt: open.CloseAt, StartGrace: time.Minute}
	cases := map[string]struct {
		startAfter time.Duration // 0 means never
		took       time.Duration
	}{
		"the start follows":    {startAfter: 10 * time.Second, took: 10 * time.Second},
		"the start is lost":    {took: time.Minute},
		"the start comes late": {startAfter: 2 * time.Hour, took: time.Minute},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.know(onlyEnd)
			b.after(5*time.Second, func() { require.Equal(t, workflows.StageWaitingForStart, b.progress(t).Stage) })
			if c.startAfter > 0 {
				b.at(c.startAfter, ended)
			}
			b.runCall()

			b.requireCompleted(t)
			require.Equal(t, c.took, b.took())
			require.Equal(t, []conversion.Moment{conversion.AtEnd}, b.moments())
			require.Equal(t, map[string]int{"dlv_a": 1}, b.sent())
		})
	}
}

func TestCall_EventsThatArriveTogetherShareOnePlan(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.after(time.Minute, func() {
		for range 5 {
			b.signal()
		}
	})
	b.after(2*time.Minute, func() {
		require.Len(t, b.activities.Plans(), 3, "one at the start, one for the first, one for the four that came meanwhile")
		require.Equal(t, 5, b.progress(t).Events)
	})
	b.at(10*time.Minute, ended)
	b.runCall()

	b.requireCompleted(t)
}

func TestG2_EventsThatComeTwiceDecideOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, after := range []time.Duration{0, time.Minute, 10 * time.Minute, 10 * time.Minute} {
		plan := open
		if after >= 10*time.Minute {
			plan = ended
		}
		b.at(after, plan)
	}
	b.runCall()

	b.requireCompleted(t)
	require.Len(t, b.moments(), 1)
	require.Equal(t, map[string]int{"dlv_a": 1}, b.sent())
}

func TestG5_EventsDuringTheDispatchSendNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.know(ended)
	b.activities.OnDispatch = slowly(b, time.Hour)
	b.at(30*time.Minute, ended)
	b.runCall()

	b.requireCompleted(t)
	require.Len(t, b.moments(), 1)
	require.Len(t, b.activities.Plans(), 1)
	require.Equal(t, 1, b.progress(t).Events, "the late event was taken before the end")
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
}

func TestCall_ARunAfterEverythingWasDecidedOnlySeesOpenDeliveriesThrough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.know(workflows.Plan{Decided: true, StartKnown: true, Ended: true, Early: []workflows.Delivery{delivery("open")}})
	b.runCall()

	b.requireCompleted(t)
	require.Empty(t, b.moments())
	require.Equal(t, map[string]int{"dlv_open": 1}, b.sent())
	require.Len(t, b.activities.Finished(), 1)
}

func TestG1_DatabaseOutageOfADayLosesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.know(ended)
	back := callStart.Add(24 * time.Hour)
	away := func() error {
		if b.Now().Before(back) {
			return errDatabaseAway
		}
		return nil
	}
	b.activities.OnPlan = func(workflows.PlanInput) (workflows.Plan, error) { return ended, away() }
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, map[string]int{"dlv_a": 1}, b.sent())
	require.Less(t, b.took(), 24*time.Hour+3*time.Minute, "it goes on soon after the database is back")
	require.Less(t, len(b.activities.Plans()), 800, "and does not hammer it meanwhile")
}

// The site's owner may raise the longest call while one goes on.
func TestG4_ACallIsOpenUntilTheDeadlineAsItIsThen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(0, open)
	later := open
	later.CloseAt = open.CloseAt.Add(4 * time.Hour)
	b.after(time.Hour, func() { b.know(later) }) // without a signal
	b.runCall()
	require.Equal(t, 8*time.Hour, b.took())
}

// What is shown and what happens are the same time, which counts from the end and follows
// the settings of the source.
func TestG4_LateDataIsWaitedForUntilTheTimeThatIsShown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(0, open)
	late := ended
	late.Settle, late.SettledAt = time.Hour, callStart.Add(time.Hour)
	b.at(10*time.Minute, late)
	shorter := late
	shorter.Settle, shorter.SettledAt = 20*time.Minute, callStart.Add(30*time.Minute)
	b.at(15*time.Minute, shorter)
	b.runCall()
	require.Equal(t, 30*time.Minute, b.took())
}

// Times in plans are by the clock of the database. Temporal's may be another: until a time
// that is shown is waited for as long as it takes by the former.
func TestG4_TheClockOfTemporalMakesNoWaitShorter(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]time.Duration{"fast": time.Hour, "slow": -time.Hour, "right": 0} {
		for wait, plan := range map[time.Duration]func(from time.Time) workflows.Plan{
			10 * time.Minute: func(from time.Time) workflows.Plan {
				late := ended
				late.SettledAt = from.Add(10 * time.Minute)
				return late
			},
			4 * time.Hour: func(from time.Time) workflows.Plan {
				waiting := open
				waiting.CloseAt = from.Add(4 * time.Hour)
				return waiting
			},
			time.Minute: func(time.Time) workflows.Plan {
				onlyEnd := ended
				onlyEnd.StartKnown = false
				return onlyEnd
			},
		} {
			t.Run(fmt.Sprint(name, " ", wait), func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				b.know(plan(callStart.Add(-wrong)))
				b.activities.OnPlan = func(workflows.PlanInput) (workflows.Plan, error) {
					p := b.planned()
					p.At = b.Now().Add(-wrong)
					return p, nil
				}
				b.runCall()
				b.requireCompleted(t)
				require.Equal(t, wait, b.took())
			})
		}
	}
}
