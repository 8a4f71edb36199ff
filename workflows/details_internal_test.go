package workflows

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func TestD2_DetailsSayWhatIsWaitedForAndWhy(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC)
	p := &Progress{
		ConversionID: "cnv_1", SiteID: "site_1", SiteName: "Example Shop", Stage: StageWaitingForEnd, Until: &until, CallStatus: "answered", Events: 2,
		Integrations: []Standing{
			{IntegrationID: "int_a", IntegrationType: "webhook", State: StandingWaiting},
			{IntegrationID: "int_b", IntegrationType: "webhook", State: StandingSending, GivesUpAt: &until},
			{IntegrationID: "int_c", IntegrationType: "rtbhouse", State: StandingSkipped, Reason: conversion.ReasonNoVisitorID},
			{IntegrationID: "int_d", IntegrationType: "webhook", IntegrationName: "Own CRM", State: StandingDelivered, Attempts: 3, Class: "delivered", Status: 204},
			{IntegrationID: "int_e", IntegrationType: "webhook", State: StandingFailed, Attempts: 9, Class: "timeout", Cause: CauseTimeRanOut},
			{IntegrationID: "int_f", IntegrationType: "webhook", State: StandingSkipped, Reason: "a_new_reason"},
		},
	}
	require.Equal(t, `**Waiting for the end of the call; closed as incomplete at 2026-03-02T13:00:00Z**

Site: Example Shop (site_1).

Call: answered. Events: 2.

Facts, checks and attempts: `+"`/conversions/cnv_1`"+`

| integration | state | why | attempts | last answer |
| --- | --- | --- | --- | --- |
| webhook int_a | waiting | judged when the call has ended |  |  |
| webhook int_b | sending | attempts: see the pending activity; gives up at 2026-03-02T13:00:00Z |  |  |
| rtbhouse int_c | skipped | the visitor id it needs is not known |  |  |
| Own CRM (webhook int_d) | delivered |  | 3 | delivered (204) |
| webhook int_e | failed | its time for retries ran out | 9 | timeout |
| webhook int_f | skipped | a_new_reason |  |  |`, details(p))
}

func TestG4_DetailsNameWhatEachIntegrationWaitsFor(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC)
	end := func(why conversion.WaitReason) conversion.Wait {
		return conversion.Wait{For: conversion.WaitForEnd, Why: why}
	}
	visitorID := conversion.Wait{For: conversion.WaitForVisitorID, Why: conversion.WaitDestination}
	p := &Progress{Stage: StageWaitingForEnd, Until: &until}
	p.wait([]Waiting{{IntegrationID: "int_a", IntegrationType: "rtbhouse"}})
	require.Contains(t, details(p), "| waiting | judged when the call has ended |", "as earlier versions planned")
	p.wait([]Waiting{
		{IntegrationID: "int_a", IntegrationType: "rtbhouse", Waits: []conversion.Wait{end(conversion.WaitMetric), visitorID}, Until: &until},
		{IntegrationID: "int_b", IntegrationType: "webhook", Waits: []conversion.Wait{end(conversion.WaitKindOff)}, Until: &until},
	})
	require.Contains(t, details(p), "| rtbhouse int_a | waiting | the end of the call: a metric it asks for is known only then; the visitor id: the destination cannot use the event without it; until 2026-03-02T13:00:00Z |")
	require.Contains(t, details(p), "| webhook int_b | skipped | it does not take calls, as it is set up now |")

	p.put(Standing{IntegrationID: "int_a", IntegrationType: "rtbhouse", State: StandingSending})
	p.wait([]Waiting{{IntegrationID: "int_a", IntegrationType: "rtbhouse"}})
	require.Equal(t, StandingSending, p.Integrations[0].State, "one that is further on stays so")
}

func TestG4_DetailsOfEveryStageAndCauseAreSentences(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC)
	for _, stage := range []Stage{StagePlanning, StageWaitingForEnd, StageWaitingForStart, StageSettling, StageDispatching, StageDone} {
		for _, until := range []*time.Time{nil, &at} {
			require.NotContains(t, headline(&Progress{Stage: stage, Until: until}), string(stage))
		}
	}
	for _, cause := range []GiveUpCause{CauseTimeRanOut, CauseCancelled, CauseBroken} {
		require.Contains(t, why(Standing{State: StandingFailed, Cause: cause}), " ", cause)
	}
	known := Standing{State: StandingWaiting, Until: &at, Waits: []conversion.Wait{{For: conversion.WaitForDecision, Why: conversion.WaitKnown}}}
	require.NotContains(t, why(known), "about to be made")
}

func TestD2_DetailsSayThatItWasCancelled(t *testing.T) {
	t.Parallel()
	require.Contains(t, details(&Progress{Stage: StageDone, Cancelled: true}), "**Done; cancelled by an operator**")
}

// The UI takes 20 000 bytes of details: a site has far fewer integrations than fill them.
func TestD2_DetailsOfAHundredIntegrationsFit(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", 60) // the longest that activities return
	p := &Progress{ConversionID: "cnv_1", SiteName: name, Stage: StageDone}
	for range 100 {
		p.Integrations = append(p.Integrations, Standing{
			IntegrationID: "int_01jdq0000000000000000000000", IntegrationType: "rtbhouse", IntegrationName: name,
			State: StandingSkipped, Reason: conversion.ReasonDestination,
		})
	}
	require.Less(t, len(details(p)), 20_000)
}

// The server refuses a summary of more than 400 bytes, and with it the workflow's task.
func TestD2_SummariesNameIntegrationAndSiteAndFit(t *testing.T) {
	t.Parallel()
	d := Delivery{IntegrationID: "int_01jdq0000000000000000000000", IntegrationType: "rtbhouse"}
	require.Equal(t, "rtbhouse int_01jdq0000000000000000000000", summaryOf(d), "as earlier versions wrote it")
	d.IntegrationName, d.SiteName = "RTB House", "Example Shop"
	require.Equal(t, "RTB House (rtbhouse int_01jdq0000000000000000000000), Example Shop", summaryOf(d))
	d.IntegrationName, d.SiteName = strings.Repeat("n", 60), strings.Repeat("s", 60)
	require.Less(t, len(summaryOf(d)), 400)
}
