package models_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

func TestCaseHoldsAllThatADecisionNeeds(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		id := accept(t, s, site, "call-1", started(modeltest.Start), ended(modeltest.Start.Add(time.Minute), 45)).ConversionID
		c, err := s.Case(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, id, c.Conversion.ID)
		require.Equal(t, site, c.Site)
		require.Len(t, c.Events, 2)
		require.Equal(t, c.Events[1].Seq, c.LastSeq())
		require.Equal(t, ended(modeltest.Start.Add(time.Minute), 45), *c.Events[1].Call)
		require.Equal(t, []integrations.Integration{i}, c.Integrations)
		require.Empty(t, c.Decisions)
		require.Nil(t, c.Source)

		source, err := s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "api", func(x *websites.Source) error { x.LateDataSeconds = 9; return nil })
		require.NoError(t, err)
		c, err = s.Case(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, source, *c.Source)
		_, err = s.Case(t.Context(), "cnv_none")
		requireCode(t, fault.NotFound, err)
	})
}

func TestG2_OneDecisionPerIntegrationConcurrently(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		id := accept(t, s, site, "call-1", started(modeltest.Start)).ConversionID
		outcomes := make([]models.StandingDecisions, together)
		atOnce(t, together, func(n int) (err error) {
			early := modeltest.Sending(id, i)
			early.Final = n%2 == 0
			outcomes[n], err = s.SaveDecisions(t.Context(), early)
			return err
		})
		for _, o := range outcomes {
			require.Len(t, o.Decisions, 1)
			require.Len(t, o.Deliveries, 1)
			require.Equal(t, outcomes[0].Decisions[0].ID, o.Decisions[0].ID)
			require.Equal(t, o.Decisions[0].ID, o.Deliveries[0].DecisionID)
		}
	})
}

func TestG5_NothingIsDecidedAfterTheEnd(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		first := modeltest.Integration(t, s, site)
		id := accept(t, s, site, "call-1", started(modeltest.Start)).ConversionID
		yes, no := true, false
		final := modeltest.Sending(id, first)
		final.Unique, final.Target, final.Incomplete = &yes, &no, true
		_, err := s.SaveDecisions(t.Context(), final)
		require.NoError(t, err)

		c := detail(t, s, site, id).Conversion
		require.Equal(t, models.StateDispatching, c.State)
		require.Equal(t, clock.Now(), *c.DecidedAt)
		require.True(t, c.Incomplete)
		require.True(t, *c.Unique)
		require.False(t, *c.Target)
		require.Nil(t, c.UniqueTarget)

		second := modeltest.Integration(t, s, site)
		outcome, err := s.SaveDecisions(t.Context(), modeltest.Sending(id, second))
		require.NoError(t, err)
		require.Len(t, outcome.Decisions, 1)
		require.Equal(t, first.ID, outcome.Decisions[0].IntegrationID)

		require.NoError(t, s.FinishConversion(t.Context(), id))
		done := detail(t, s, site, id).Conversion
		require.Equal(t, models.StateDone, done.State)
		clock.Advance(time.Hour)
		require.NoError(t, s.FinishConversion(t.Context(), id))
		require.Equal(t, done, detail(t, s, site, id).Conversion)
	})
}

func TestG5_DecisionsThatMissedAnEventAreRefused(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		id := accept(t, s, site, "call-1", started(modeltest.Start)).ConversionID
		c, err := s.Case(t.Context(), id)
		require.NoError(t, err)
		accept(t, s, site, "call-1", tagged("e3", modeltest.Start, "spam"))
		stale := modeltest.Sending(id, i)
		stale.JudgedSeq = c.LastSeq()
		_, err = s.SaveDecisions(t.Context(), stale)
		requireCode(t, fault.Conflict, err)
		require.Empty(t, detail(t, s, site, id).Decisions)

		c, err = s.Case(t.Context(), id)
		require.NoError(t, err)
		stale.JudgedSeq = c.LastSeq()
		_, err = s.SaveDecisions(t.Context(), stale)
		require.NoError(t, err)
	})
}

func TestOfTwoCallsAtOneInstantTheSmallerIDIsTheEarlier(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		var twins []models.Conversion
		for _, external := range []string{"1", "2"} {
			id := accept(t, s, site, external, started(modeltest.Start)).ConversionID
			twins = append(twins, detail(t, s, site, id).Conversion)
		}
		earlier, err := s.Earlier(t.Context(), models.Case{Conversion: twins[1], Site: site})
		require.NoError(t, err)
		require.Equal(t, twins[0].At, earlier.LastAt)
		earlier, err = s.Earlier(t.Context(), models.Case{Conversion: twins[0], Site: site})
		require.NoError(t, err)
		require.Zero(t, earlier)
	})
}

func TestEarlierConversionsOfAPerson(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		call := func(site websites.Site, external string, at time.Time, talk int) models.Conversion {
			id := accept(t, s, site, external, started(at), ended(at.Add(time.Hour), talk)).ConversionID
			return detail(t, s, site, id).Conversion
		}
		day := 24 * time.Hour
		target := call(site, "1", modeltest.Start.Add(-3*day), 30)
		short := call(site, "2", modeltest.Start.Add(-day), 29)
		call(site, "3", modeltest.Start.Add(day), 300)
		call(other, "4", modeltest.Start.Add(-time.Hour), 300)
		lead := modeltest.Lead(site, "5")
		lead.Lead.At = modeltest.Start.Add(-time.Minute)
		_, err := s.AcceptLead(t.Context(), lead)
		require.NoError(t, err)

		now := call(site, "6", modeltest.Start, 60)
		earlier, err := s.Earlier(t.Context(), models.Case{Conversion: now, Site: site})
		require.NoError(t, err)
		require.Equal(t, conversion.Earlier{LastAt: short.At, LastTargetAt: target.At}, earlier)

		no := false // the decision on a call has priority over its current facts
		_, err = s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: target.ID, Final: true, Target: &no})
		require.NoError(t, err)
		earlier, err = s.Earlier(t.Context(), models.Case{Conversion: now, Site: site})
		require.NoError(t, err)
		require.Equal(t, conversion.Earlier{LastAt: short.At}, earlier)

		earlier, err = s.Earlier(t.Context(), models.Case{Conversion: models.Conversion{SiteID: site.ID, Kind: conversion.KindCall, At: modeltest.Start.Add(9 * day)}, Site: site})
		require.NoError(t, err)
		require.Zero(t, earlier, "nobody known: nothing earlier")
	})
}

func TestVisitsOfTheVisitor(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		lead := func(site websites.Site, external string, at time.Time, change func(*conversion.Lead)) models.Conversion {
			in := modeltest.Lead(site, external)
			in.Lead = conversion.Lead{At: at, Traffic: &conversion.Traffic{Source: external, Medium: "cpc"}}
			change(&in.Lead)
			a, err := s.AcceptLead(t.Context(), in)
			require.NoError(t, err)
			return detail(t, s, site, a.ConversionID).Conversion
		}
		hour := func(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * time.Hour) }
		lead(site, "session", hour(1), func(l *conversion.Lead) { l.SessionID = "s-1" })
		lead(site, "person", hour(2), func(l *conversion.Lead) { l.Phone = modeltest.Caller })
		lead(site, "visitor", hour(3), func(l *conversion.Lead) { l.VisitorIDs = map[string]string{"rtbhouse": "v-1", "bizible": "b-1"} })
		lead(site, "nobody", hour(4), func(*conversion.Lead) {})
		lead(site, "other system", hour(4), func(l *conversion.Lead) { l.VisitorIDs = map[string]string{"bizible": "v-1"} })
		lead(other, "other site", hour(4), func(l *conversion.Lead) { l.SessionID = "s-1" })
		lead(site, "old", hour(-24*500), func(l *conversion.Lead) { l.SessionID = "s-1" })

		mine := lead(site, "mine", hour(5), func(l *conversion.Lead) {
			l.SessionID, l.Phone, l.VisitorIDs = "s-1", modeltest.Caller, map[string]string{"rtbhouse": "v-1"}
		})
		visits, err := models.VisitsOf(t.Context(), s, mine)
		require.NoError(t, err)
		var sources []string
		for _, v := range visits {
			sources = append(sources, v.Traffic.Source)
		}
		require.Equal(t, []string{"visitor", "session"}, sources, "not of the person, whose number anybody may write")
		require.Equal(t, map[string]string{"rtbhouse": "v-1", "bizible": "b-1"}, visits[0].VisitorIDs)
		require.Empty(t, visits[1].VisitorIDs)
		require.Equal(t, hour(3), visits[0].At)
	})
}

// TestR8_NoLookbackIsAsFarAsVisitsAreKept checks that a site without a lookback of its own
// finds a visit as long as it keeps it.
func TestR8_NoLookbackIsAsFarAsVisitsAreKept(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := webOf(t, s)
		site, err := s.UpdateSite(t.Context(), modeltest.ActorOf(w.plan.Site), w.plan.Site.ID, func(x *websites.Site) error {
			x.LookbackDays, x.Script.KeepDays = 0, limits.KeepDays
			return nil
		})
		require.NoError(t, err)
		w.plan.Site = site
		first := w.sees(t, view(visitor(1), "first", clock.Now(), fromAd))
		clock.Advance((limits.KeepDays - 1) * 24 * time.Hour)
		lead := w.sends(t, view(visitor(1), "lead", clock.Now(), home), conversion.Lead{Phone: modeltest.Caller})
		found, err := models.VisitsOf(t.Context(), s, lead)
		require.NoError(t, err)
		require.NotEmpty(t, found)
		require.Equal(t, first.SessionID, found[len(found)-1].SessionID)
	})
}

// Sources and scripts write such ids for many people, so they link nobody.
func TestR3_PeopleWithAnUnusableVisitorIDShareNoHistory(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		for _, id := range []string{"unknown", "null", "undefined"} {
			of := func(externalID, system, visitorID string, at time.Time) string {
				e := started(at)
				e.ID, e.Caller, e.Anonymous = externalID, "", true
				e.Traffic, e.VisitorIDs = &conversion.Traffic{Source: "google"}, map[string]string{"rtbhouse": id, system: visitorID}
				return accept(t, s, site, externalID, e).ConversionID
			}
			of(id+"-other", "bizible", "other-"+id, modeltest.Start)
			of(id+"-mine", "bizible", "mine-"+id, modeltest.Start)
			again := of(id+"-again", "bizible", "mine-"+id, modeltest.Start.Add(time.Hour))
			visits, err := models.VisitsOf(t.Context(), s, detail(t, s, site, again).Conversion)
			require.NoError(t, err)
			require.Len(t, visits, 1, "%q is nobody's id", id)
			require.Equal(t, map[string]string{"bizible": "mine-" + id}, visits[0].VisitorIDs)
		}
	})
}

// A call that is folded again still has one visit.
func TestInlineTrafficIsOneVisit(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		first := started(modeltest.Start)
		first.Traffic, first.VisitorIDs = &conversion.Traffic{Source: "google"}, map[string]string{"rtbhouse": "v-1"}
		accept(t, s, site, "call-1", first, first, tagged("e3", modeltest.Start, "sales"), ended(modeltest.Start.Add(time.Minute), 45))
		id := accept(t, s, site, "call-2", started(modeltest.Start.Add(time.Hour))).ConversionID
		visits, err := models.VisitsOf(t.Context(), s, detail(t, s, site, id).Conversion)
		require.NoError(t, err)
		require.Len(t, visits, 1)
		require.Equal(t, "google", visits[0].Traffic.Source)
	})
}

// What the conversion says of itself and its events belong together, however
// fast events come in.
func TestG5_CaseIsReadAsOfOneMoment(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		at := modeltest.Start
		call := accept(t, s, site, "x", started(at))
		stored := make(chan error, 1)
		go func() {
			var err error
			for n := 0; n < 100 && err == nil; n++ {
				at := at.Add(-time.Duration(n) * time.Second) // an earlier start each time
				event := conversion.CallEvent{ID: fmt.Sprintf("s%d", n), Type: conversion.EventStarted, At: at}
				_, err = s.AcceptCallEvent(context.Background(), modeltest.CallEvent(site, "x", event))
			}
			stored <- err
		}()
		for under := true; under; {
			select {
			case err := <-stored:
				require.NoError(t, err)
				under = false
			default:
			}
			c, err := s.Case(t.Context(), call.ConversionID)
			require.NoError(t, err)
			var events []conversion.CallEvent
			for _, e := range c.Events {
				events = append(events, *e.Call)
			}
			require.Equal(t, conversion.FoldCall(events).At(), c.Conversion.At)
		}
	})
}
