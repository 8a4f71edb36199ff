package figures_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/figures"
	"ringback/models/modeltest"
)

// TestTraitsSelectWhatTheyName compares each trait with what is stored of every call and lead.
func TestTraitsSelectWhatTheyName(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 9)
		for range 6 {
			w.day(t)
		}
		modeltest.Delivery(t, s, w.site, w.to)
		w.tagLate(t)
		w.work(t)

		listed := func(f *figures.Filter) map[string]bool {
			all := map[string]bool{}
			for _, c := range w.listed(t, f) {
				all[c.ID] = true
			}
			return all
		}
		all := listed(nil)
		want := map[figures.Trait]map[string]bool{figures.WithoutVisit: {}, figures.SentNowhere: {}, figures.LateTags: {}}
		known := listed(&figures.Filter{Figure: "known_visits"})
		for id := range all {
			d, err := s.ConversionDetail(t.Context(), w.site.AccountID, id)
			require.NoError(t, err)
			if !known[id] {
				want[figures.WithoutVisit][id] = true
			}
			if d.Conversion.DecidedAt != nil && len(d.Deliveries) == 0 {
				want[figures.SentNowhere][id] = true
			}
			for _, tag := range d.Tags {
				if tag.Late {
					want[figures.LateTags][id] = true
				}
			}
		}
		for trait, expected := range want {
			require.NotEmpty(t, expected, trait)
			require.Less(t, len(expected), len(all), trait)
			require.Equal(t, expected, listed(&figures.Filter{Only: trait}), trait)
		}
		both := listed(&figures.Filter{Only: figures.WithoutVisit, Figure: "leads"})
		for id := range both {
			require.True(t, want[figures.WithoutVisit][id])
		}
		require.Less(t, len(both), len(want[figures.WithoutVisit]), "a trait counts beside a figure")
	})
}

// tagLate reports a tag of a call after its decision.
func (w *world) tagLate(t *testing.T) {
	t.Helper()
	ended := conversion.CallEvent{ID: "end", Type: conversion.EventEnded, At: w.clock.Now(), Outcome: conversion.OutcomeMissed, Caller: modeltest.Caller}
	accepted, err := w.store.AcceptCallEvent(t.Context(), modeltest.CallEvent(w.site, "late", ended))
	require.NoError(t, err)
	_, err = w.store.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: accepted.ConversionID, Moment: conversion.AtEnd, Final: true})
	require.NoError(t, err)
	tagged := conversion.CallEvent{ID: "tag", Type: conversion.EventTagged, At: w.clock.Now(), Tags: []string{"sales"}, TagOrigin: conversion.TagByAPI}
	_, err = w.store.AcceptCallEvent(t.Context(), modeltest.CallEvent(w.site, "late", tagged))
	require.NoError(t, err)
}
