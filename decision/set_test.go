package decision_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/decision/decisiontest"
	"ringback/destinations"
	"ringback/models"
	"ringback/models/integrations"
)

// decider is the one that the tests decide with.
var decider = decision.Decider{Destinations: destinations.NewRegistry(decisiontest.Place{}), SettleOf: decisiontest.SettleOf}

// decidedAt is when the tests decide.
var decidedAt = decisiontest.Noon.Add(2 * time.Minute)

// caseOf returns a case without a history.
func caseOf(c models.Case) *decision.Case { return &decision.Case{Case: c} }

func early(c *decision.Case) models.DecisionSet { return decider.Early(*c).Rows(decidedAt) }

func decide(c *decision.Case, moment conversion.Moment) models.DecisionSet {
	return decider.Decide(*c, moment).Rows(decidedAt)
}

func TestDecideForAnIntegrationWhoseKeyIsGone(t *testing.T) {
	t.Parallel()
	i := decisiontest.Integration("int_1", conversion.MetricAll)
	i.Credentials, i.CredentialsUnreadable = nil, true
	w := caseOf(decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)}, i))
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1, "the delivery waits, and goes when they are set again")
}

func TestDecideALead(t *testing.T) {
	t.Parallel()
	c := decisiontest.Call(nil, decisiontest.Integration("int_1", conversion.MetricAll))
	c.Conversion.Kind = conversion.KindLead
	c.Events = []models.EventRow{{Seq: 1, Type: "lead", Lead: &conversion.Lead{
		At: decisiontest.Noon, Email: "sample@example.com", Form: "contact", Fields: map[string]string{"topic": "price"},
		VisitorIDs: map[string]string{"place": "v-1"}, PageURL: "https://shop.example.com/contact",
	}}}
	w := caseOf(c)
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1)
	event := decided.Deliveries[0].Event
	require.Equal(t, "sample@example.com", event.Email)
	require.Equal(t, "contact", event.Form)
	require.Equal(t, "https://shop.example.com/contact", event.PageURL)
	require.Equal(t, conversion.AtEnd, event.Moment)
	require.Nil(t, event.Target)
}

func TestG5_LateEventsChangeNoDecision(t *testing.T) {
	t.Parallel()
	c := decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)}, decisiontest.Integration("int_target", conversion.MetricTarget))
	c.Events[1].Late = true // accepted after an earlier decision
	decided := decide(caseOf(c), conversion.AtIncomplete)
	require.Empty(t, decided.Deliveries)
}

func TestR6_TagAddedAfterEndNeverSends(t *testing.T) {
	t.Parallel()
	tagged := conversion.CallEvent{
		ID: "e3", Type: conversion.EventTagged, At: decisiontest.Noon.Add(2 * time.Minute), Tags: []string{"vip"}, TagOrigin: conversion.TagByHand,
	}
	vip := decisiontest.Integration("int_vip", conversion.MetricAll)
	vip.Settings.Calls.Tags = conversion.TagFilter{Any: []string{"vip"}}
	w := caseOf(decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45), tagged}, vip))
	decided := decide(w, conversion.AtEnd)
	require.Empty(t, decided.Deliveries)
	require.Equal(t, conversion.ReasonTags, decided.Decisions[0].Reason)
}

func TestG6_OneBrokenIntegrationStopsNoOther(t *testing.T) {
	t.Parallel()
	unknown, wrong, panics := decisiontest.Integration("int_unknown", conversion.MetricAll), decisiontest.Integration("int_wrong", conversion.MetricAll), decisiontest.Integration("int_panics", conversion.MetricAll)
	unknown.Type = "gone"
	wrong.Settings.Options = map[string]string{"wrong": "yes"}
	panics.Settings.Options = map[string]string{"panics": "yes"}
	w := caseOf(decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)},
		unknown, wrong, panics, decisiontest.Integration("int_good", conversion.MetricAll)))
	decided := decide(w, conversion.AtEnd)
	require.Len(t, decided.Deliveries, 1)
	require.Equal(t, "int_good", decided.Deliveries[0].IntegrationID)
	require.Len(t, decided.Decisions, 4)
	for _, d := range decided.Decisions[:3] {
		require.Equal(t, conversion.ReasonDestination, d.Reason, d.IntegrationID)
		require.NotEmpty(t, d.Detail.Checks, d.IntegrationID)
	}
	panicked := decider.Decide(*w, conversion.AtEnd).Panics()
	require.Equal(t, []decision.Panic{{IntegrationID: "int_panics", Type: "string"}}, panicked)
}

// Other settings on the same case return what would have been decided by them, and
// change nothing of the case.
func TestDecidingIsAFunctionOfTheCaseAndItsSettings(t *testing.T) {
	t.Parallel()
	c := caseOf(decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)},
		decisiontest.Integration("int_1", conversion.MetricTarget)))
	before := decider.Decide(*c, conversion.AtEnd).Decisions()
	require.Equal(t, conversion.Send, before["int_1"].Verdict)

	other := *c
	other.Integrations = []integrations.Integration{decisiontest.Integration("int_1", conversion.MetricFailed)}
	require.Equal(t, conversion.ReasonMetric, decider.Decide(other, conversion.AtEnd).Decisions()["int_1"].Reason)
	strict := *c
	strict.Site.TargetCallSeconds = 60
	require.Equal(t, conversion.ReasonMetric, decider.Decide(strict, conversion.AtEnd).Decisions()["int_1"].Reason)
	require.Equal(t, before, decider.Decide(*c, conversion.AtEnd).Decisions())
}
