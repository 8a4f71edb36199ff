package models_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/visits"
)

// TestR8_ALateReportKnowsTheVisitsBeforeIt reports a lead after the person has had more visits than are
// read.
func TestR8_ALateReportKnowsTheVisitsBeforeIt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		report := func(id string, at time.Time, traffic *conversion.Traffic) string {
			in := modeltest.Lead(site, id)
			in.Lead = conversion.Lead{At: at, Phone: modeltest.Caller, Traffic: traffic}
			accepted, err := s.AcceptLead(t.Context(), in)
			require.NoError(t, err)
			return accepted.ConversionID
		}
		day := func(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * 24 * time.Hour) }
		clock.Advance(40 * 24 * time.Hour)
		const before = visits.OldestHistory + 10
		for i := range before {
			report(fmt.Sprint("before-", i), day(1).Add(time.Duration(i)*time.Minute), &conversion.Traffic{Source: fmt.Sprint("before-", i)})
		}
		for i := range visits.MaxHistory {
			report(fmt.Sprint("later-", i), day(10).Add(time.Duration(i)*time.Minute), &conversion.Traffic{Source: "later"})
		}
		known, err := s.Case(t.Context(), report("late", day(2), nil))
		require.NoError(t, err)
		history, err := s.Visits(t.Context(), known)
		require.NoError(t, err)
		require.Len(t, history, before)
		require.Equal(t, fmt.Sprint("before-", before-1), history[0].Traffic.Source, "the last one before it")
		require.Equal(t, "before-0", history[before-1].Traffic.Source)
	})
}

// TestR8_ManyVisitsHideNoneThatWasReportedOutOfOrder reports more visits with one visitor id than are
// read, as an import does, and one that is younger before them, or one that is older after them.
// Each lead is somebody else's, so that only the id leads to their visits.
func TestR8_ManyVisitsHideNoneThatWasReportedOutOfOrder(t *testing.T) {
	t.Parallel()
	const many = visits.MaxHistory + 10
	for name, isYounger := range map[string]bool{"a younger one before them": true, "an older one after them": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
				site := modeltest.Site(t, s)
				report := func(id string, at time.Time, traffic *conversion.Traffic) string {
					clock.Advance(time.Minute)
					in := modeltest.Lead(site, id)
					in.Lead = conversion.Lead{At: at, Traffic: traffic, VisitorIDs: map[string]string{"rtbhouse": "sample-visitor"}}
					accepted, err := s.AcceptLead(t.Context(), in)
					require.NoError(t, err)
					return accepted.ConversionID
				}
				day := func(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * 24 * time.Hour) }
				clock.Advance(30 * 24 * time.Hour)
				one := func(at time.Time) { report("one", at, &conversion.Traffic{Source: "one"}) }
				if isYounger {
					one(day(20))
				}
				for i := range many {
					report(fmt.Sprint("many-", i), day(10).Add(time.Duration(i)*time.Minute), &conversion.Traffic{Source: "many"})
				}
				if !isYounger {
					one(day(5))
				}
				known, err := s.Case(t.Context(), report("now", day(30), nil))
				require.NoError(t, err)
				history, err := s.Visits(t.Context(), known)
				require.NoError(t, err)
				ends := []string{history[0].Traffic.Source, history[len(history)-1].Traffic.Source}
				require.Equal(t, map[bool][]string{true: {"one", "many"}, false: {"many", "one"}}[isYounger], ends)
			})
		})
	}
}
