package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/destinations/builtin"
)

// decide decides on a conversion as workers would.
func (w *world) decide(id string) {
	decider := decision.Decider{Destinations: builtin.Destinations(w.clock), SettleOf: func(string) time.Duration { return 0 }}
	c, err := decision.Load(w.t.Context(), w.store, id)
	require.NoError(w.t, err)
	_, err = w.store.SaveDecisions(w.t.Context(), decider.Decide(c, conversion.AtEnd).Rows(w.clock.Now()))
	require.NoError(w.t, err)
}

// What a decision is based on is named in the API and on the page.
func TestR8_TheEvidenceOfAVisitIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	require.Equal(t, 202, p.post("leads", lead("1", visitor, `,"phone":"+442079460123","ids":{"rtbhouse":"sample-id-of-a-visitor"}`)).Code)
	decide := func(id string) (string, object) {
		conversion := w.must("POST", "/sites/{site}/calls/"+id+"/events", `{"type":"started","at":"2026-01-31T12:30:00Z","caller":"+442079460123"}`)["conversion_id"].(string)
		w.must("POST", "/sites/{site}/calls/"+id+"/events", `{"type":"ended","at":"2026-01-31T12:31:00Z","outcome":"answered","talk_seconds":45}`)
		w.decide(conversion)
		return conversion, w.decision(conversion)
	}
	id, decision := decide("call-of-a-claim")
	require.Equal(t, "form", decision["visit"].(object)["evidence"])
	require.Empty(t, decision["visitor_ids"], "no visitor id because of a number that somebody wrote")
	page := w.browse("/conversions/"+id, w.tokens["viewer"]).Body.String()
	require.Contains(t, page, "this is a claim and no proof")
	require.Contains(t, w.browse("/conversions/"+id+"?language=ru", w.tokens["viewer"]).Body.String(), "это не доказано")
	require.Contains(t, w.browse("/conversions/"+id+"?language=pt-BR", w.tokens["viewer"]).Body.String(), "não há prova")

	w.must("PATCH", "/sites/{site}", `{"link_by_forms":false}`)
	_, decision = decide("call-without-claims")
	require.Nil(t, decision["visit"])
}
