package web_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
)

func TestR6_ALateTagIsNotedBesideTheDecisionAndNotInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":{"metrics":["all"],"tags":{"any":["sales"]}}}`)
	id := w.must("POST", "/sites/{site}/calls/call-late/events", `{"type":"ended","at":"2026-01-31T12:00:00Z","outcome":"answered","talk_seconds":60}`)["conversion_id"].(string)
	w.decideWithoutTags(id)
	before := w.decision(id)
	require.NotContains(t, before, "late_notes")

	late := w.must("POST", "/sites/{site}/calls/call-late/events", `{"type":"tagged","at":"2026-01-31T12:04:00Z","tags":["Sales","other"]}`)
	require.Equal(t, true, late["late"])
	after := w.decision(id)
	require.Equal(t, []any{object{
		"code": "tag_after_end", "label": "Sales", "seconds": 240.0, "explanation": "'Sales' came 4 minutes later and does not count",
	}}, after["late_notes"])
	delete(after, "late_notes")
	require.Equal(t, before, after, "the decision itself stays as it was")
	require.Contains(t, w.browse("/conversions/"+id, adminToken).Body.String(), "Since then: &#39;Sales&#39; came 4 minutes later")
}

func TestR6_LateTagOfTheDecisionIsNotNotedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":{"metrics":["all"],"tags":{"any":["sales"]}}}`)
	id := w.must("POST", "/sites/{site}/calls/call-late/events", `{"type":"ended","at":"2026-01-31T12:00:00Z","outcome":"answered","talk_seconds":60}`)["conversion_id"].(string)
	w.must("POST", "/sites/{site}/calls/call-late/events", `{"type":"tagged","at":"2026-01-31T12:04:00Z","tags":["sales"]}`)
	w.decideWithoutTags(id)
	decision := w.decision(id)
	require.NotContains(t, decision, "late_notes")
	check := decision["checks"].([]any)[0].(object)
	require.Equal(t, []any{object{"code": "tag_after_end", "label": "sales", "seconds": 240.0}}, check["notes"])
	require.Contains(t, check["explanation"].(object)["notes"], "'sales' came 4 minutes later and does not count")
}

// decision reads the one decision on a conversion.
func (w *world) decision(id string) object {
	answer := decode(w.t, w.do("GET", "/conversions/"+id, adminToken, ""))
	decisions := answer["decisions"].([]any)
	require.Len(w.t, decisions, 1)
	return decisions[0].(object)
}

// decideWithoutTags decides on a call by the integration's tag filter, as workers would.
func (w *world) decideWithoutTags(id string) {
	found, err := w.store.Case(context.Background(), id)
	require.NoError(w.t, err)
	integration := found.Integrations[0]
	var events []conversion.CallEvent
	for _, e := range found.Events {
		events = append(events, *e.Call)
	}
	facts := conversion.FoldCall(events).Facts(nil, conversion.Earlier{})
	ask := conversion.Criteria{Enabled: true, Rules: integration.Settings.Calls, Model: conversion.LastNonDirect, Site: found.Site.Rules()}
	detail := conversion.Judge(ask, facts)
	detail.Checks = detail.Checks[3:4]
	require.Equal(w.t, conversion.CheckTags, detail.Checks[0].Code)
	_, err = w.store.SaveDecisions(context.Background(), models.DecisionSet{
		ConversionID: id, Moment: "end", Final: true, JudgedSeq: found.LastSeq(),
		Decisions: []models.Decision{{
			ID: "dec_" + id, ConversionID: id, SiteID: found.Site.ID, IntegrationID: integration.ID, IntegrationVersion: integration.Version,
			IntegrationType: integration.Type, IntegrationName: integration.Name, Verdict: detail.Verdict, Reason: detail.Reason,
			Moment: "end", CreatedAt: start.Truncate(time.Second), Detail: detail,
		}},
	})
	require.NoError(w.t, err)
}
