package reports_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/reports"
)

// TestM8_HowOneCallCounts has the definitions of docs/facts/reports.md.
func TestM8_HowOneCallCounts(t *testing.T) {
	t.Parallel()
	call := conversion.KindCall
	for name, c := range map[string]struct {
		subject reports.Subject
		want    reports.Counts
	}{
		"running":         {reports.Subject{Kind: call}, reports.Counts{Calls: 1, Running: 1}},
		"taken, running":  {reports.Subject{Kind: call, Answered: true}, reports.Counts{Calls: 1, Running: 1, Answered: 1}},
		"never ended":     {reports.Subject{Kind: call, Incomplete: true}, reports.Counts{Calls: 1, NeverEnded: 1}},
		"missed":          {reports.Subject{Kind: call, Ended: true}, reports.Counts{Calls: 1, Ended: 1, Missed: 1}},
		"missed at 15 s":  {reports.Subject{Kind: call, Ended: true, Wait: new(15)}, reports.Counts{Calls: 1, Ended: 1, Missed: 1}},
		"abandoned":       {reports.Subject{Kind: call, Ended: true, Wait: new(14)}, reports.Counts{Calls: 1, Ended: 1, Missed: 1, Abandoned: 1}},
		"anonymous":       {reports.Subject{Kind: call, Ended: true, Anonymous: true}, reports.Counts{Calls: 1, Ended: 1, Missed: 1, Anonymous: 1}},
		"a lead":          {reports.Subject{Kind: conversion.KindLead, Unique: true, VisitKnown: true}, reports.Counts{Leads: 1, UniqueLeads: 1, KnownVisits: 1}},
		"answered, timed": {reports.Subject{Kind: call, Ended: true, Answered: true, Target: true, Wait: new(29), Talk: new(60)}, reports.Counts{Calls: 1, Ended: 1, Answered: 1, Targets: 1, WaitsKnown: 1, WaitSeconds: 29, TalksKnown: 1, TalkSeconds: 60, Waits: reports.WaitCounts{Wait20: 1}}},
	} {
		require.Equal(t, c.want, c.subject.Count(15), name)
	}
}

func TestQuantilesAreTheSpansThatTheyLieIn(t *testing.T) {
	t.Parallel()
	require.Nil(t, reports.Counts{}.WaitQuantile(0.5))
	c := reports.Counts{Waits: reports.WaitCounts{Wait0: 1, Wait5: 1, Wait30: 1, Wait120: 1}}
	require.Equal(t, &reports.Between{From: 5, To: new(int64(10))}, c.WaitQuantile(0.5))
	require.Equal(t, &reports.Between{From: 120}, c.WaitQuantile(0.9))
	var sends reports.SendCounts
	sends.CountDelivered(-time.Second)
	require.Equal(t, &reports.Between{From: 0, To: new(int64(1))}, sends.DeliveryQuantile(0.95))
	sends = reports.SendCounts{}
	sends.CountDelivered(301 * time.Second)
	require.Equal(t, &reports.Between{From: 300, To: new(int64(3600))}, sends.DeliveryQuantile(0.95))
}

func TestWhyAVisitIsNotKnown(t *testing.T) {
	t.Parallel()
	pool, fixed := &conversion.NumberMatch{NumberID: "num_1", PoolID: "pool_1"}, &conversion.NumberMatch{NumberID: "num_2"}
	require.Equal(t, reports.NoVisitLead, reports.WhyNoVisit(conversion.KindLead, "", nil))
	require.Equal(t, reports.NoVisitNobodyHeld, reports.WhyNoVisit(conversion.KindCall, "+12025550100", pool))
	require.Equal(t, reports.NoVisitFixedNumber, reports.WhyNoVisit(conversion.KindCall, "+12025550100", fixed))
	require.Equal(t, reports.NoVisitNumber, reports.WhyNoVisit(conversion.KindCall, "+12025550100", nil))
	require.Equal(t, reports.NoVisitNoNumber, reports.WhyNoVisit(conversion.KindCall, "", nil))
}
