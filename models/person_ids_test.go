package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
)

func TestR3_CaseHasTheIDsOfThePersonsVisits(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		hour := func(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * time.Hour) }
		w.comes(t, visitor(1), hour(0), fromAd, map[string]string{"rtbhouse": "r-1", "bizible": "b-1"})
		w.comes(t, visitor(2), hour(1), fromAd, map[string]string{"rtbhouse": "r-2"})
		w.comes(t, visitor(1), hour(2), fromAd, nil)
		w.comes(t, visitor(1), hour(9), fromAd, map[string]string{"rtbhouse": "r-9", "google": "g-9"})
		w.comes(t, visitor(3), hour(2), fromAd, map[string]string{"rtbhouse": "r-3"})
		for n := range 2 { // somebody called from both browsers
			w.called(t, visitor(1+n), modeltest.Caller)
		}
		w.sends(t, view(visitor(3), "lead", hour(3), home), conversion.Lead{Phone: modeltest.Caller})

		ask := func(externalID string, at time.Time, changes ...func(*conversion.CallEvent)) models.Case {
			call := started(at)
			for _, change := range changes {
				change(&call)
			}
			c, err := s.Case(t.Context(), accept(t, s, w.plan.Site, externalID, call).ConversionID)
			require.NoError(t, err)
			return c
		}
		c := ask("x", hour(8))
		require.Nil(t, c.Session)
		require.Empty(t, c.VisitorIDs)
		require.Equal(t, map[string]string{"rtbhouse": "r-2", "bizible": "b-1"}, c.PersonIDs, "of each system the newest before the call")
		require.Equal(t, map[string]conversion.Evidence{"rtbhouse": conversion.EvidenceCall, "bizible": conversion.EvidenceCall}, c.PersonEvidence)
		require.Equal(t, "r-9", ask("later", hour(9)).PersonIDs["rtbhouse"], "a visit that begins with the call counts")
		require.Empty(t, ask("before", modeltest.Start.Add(-time.Second)).PersonIDs)
		require.Empty(t, ask("another", hour(8), func(e *conversion.CallEvent) { e.Caller = "+12025550188" }).PersonIDs)
		require.Empty(t, ask("withheld", hour(8), func(e *conversion.CallEvent) { e.Caller, e.Anonymous = "", true }).PersonIDs)

		_, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: c.Conversion.ID, Moment: conversion.AtEnd, Final: true})
		require.NoError(t, err)
		require.Empty(t, ask("x", hour(8)).PersonIDs, "all is decided")
	})
}
