package journeys_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/touchpoints"
	"ringback/touchpoints/attribution"
)

// chooses changes the choices of the site.
func (s story) chooses(t *testing.T, options map[string]string) {
	t.Helper()
	require.NoError(t, s.ChangeRules(t.Context(), modeltest.ActorOf(s.site), s.site.ID, func(r *attribution.Rules) error {
		return r.Choose(attribution.Choices{Options: options})
	}))
}

// rebuild computes the new figures until they are complete, and the old ones are gone.
func (s story) rebuild(t *testing.T) (parts int) {
	t.Helper()
	for {
		progress, err := s.Rebuild(t.Context(), s.site.ID)
		require.NoError(t, err)
		require.LessOrEqual(t, progress.Done, progress.Total)
		if parts++; !progress.More {
			return parts
		}
	}
}

// recomputing returns the signals that ask for new figures.
func recomputing(t *testing.T, s *models.Store, now time.Time) (sites []string) {
	t.Helper()
	due, err := s.DueSignals(t.Context(), now, 100, time.Hour)
	require.NoError(t, err)
	for _, signal := range due {
		if signal.Kind == journeys.KindRecompute {
			sites = append(sites, signal.SiteID)
		}
	}
	return sites
}

func TestM4_OldFiguresServeUntilTheNewOnesAreComplete(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, store *models.Store, clock *clockwork.FakeClock) {
		s := newStory(t, store)
		clock.Advance(s.at(36, 0).Sub(clock.Now()))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		call := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 25))
		s.person(t, "00Q1", modeltest.Caller, s.at(12, 26))
		s.compute(t)
		require.Equal(t, touchpoints.Merged, s.outcome(t, call).Outcome)

		s.chooses(t, map[string]string{"window_minutes": "5"})
		require.Equal(t, []string{s.site.ID}, recomputing(t, store, clock.Now()))
		s.compute(t)
		require.Equal(t, touchpoints.Merged, s.outcome(t, call).Outcome, "the journeys are those of the choices before")
		generations, err := s.Generations(t.Context(), s.site.AccountID, s.site.ID)
		require.NoError(t, err)
		require.Equal(t, []journeys.GenerationState{journeys.Ready, journeys.Building}, []journeys.GenerationState{generations[0].State, generations[1].State})
		require.Equal(t, "tok_example", generations[1].ChangedBy)
		require.EqualValues(t, 2, generations[1].Total, "a call and a person")

		_, err = s.Rebuild(t.Context(), s.site.ID)
		require.NoError(t, err)
		require.Equal(t, touchpoints.Merged, s.outcome(t, call).Outcome)
		another := s.calls(t, "call-2", "+12025550124", bensBrowser, s.at(12, 40)) // while it computes
		require.Greater(t, s.rebuild(t), 2)
		require.Equal(t, touchpoints.TooLate, s.outcome(t, call).Outcome)
		require.EqualValues(t, 3*60, s.outcome(t, call).Merging.MissedSeconds)
		require.Equal(t, touchpoints.NoSession, s.outcome(t, another).Outcome)
		generations, err = s.Generations(t.Context(), s.site.AccountID, s.site.ID)
		require.NoError(t, err)
		require.Len(t, generations, 1)
		require.NotNil(t, generations[0].ReadyAt)

		s.chooses(t, map[string]string{"window_minutes": "5"})
		require.Empty(t, recomputing(t, store, clock.Now()), "without a difference nothing is computed")
	})
}

// TestG4_NewFiguresWithoutAWorkflowAreAskedForAgain loses the workflow of a site.
func TestG4_NewFiguresWithoutAWorkflowAreAskedForAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, store *models.Store, clock *clockwork.FakeClock) {
		s := newStory(t, store)
		s.chooses(t, map[string]string{"window_minutes": "5"})
		require.Len(t, recomputing(t, store, clock.Now()), 1)
		requeue := func() []string {
			sites, err := s.RequeueRecomputing(t.Context(), clock.Now(), 10)
			require.NoError(t, err)
			return sites
		}
		clock.Advance(10 * time.Minute)
		require.Empty(t, requeue(), "its workflow may only be late")
		clock.Advance(10 * time.Minute)
		require.Equal(t, []string{s.site.ID}, requeue())
		require.Len(t, recomputing(t, store, clock.Now()), 1)
		require.Empty(t, requeue(), "once is enough for now")
		s.rebuild(t)
		clock.Advance(time.Hour)
		require.Empty(t, requeue())
	})
}

// spoil makes a visitor's sessions unreadable. It returns a function that repairs them.
func spoil(t *testing.T, dsn, visitor string) (repair func()) {
	t.Helper()
	db := modeltest.SQL(t, dsn)
	set := func(traffic string) {
		_, err := db.ExecContext(t.Context(), "UPDATE sessions SET traffic = ? WHERE visitor_id = ?", traffic, visitor)
		require.NoError(t, err)
	}
	set("[]")
	return func() { set("{}") }
}

func TestG6_WhatCannotBeComputedDelaysNothingElse(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedSQLite(t)
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	store := modeltest.Open(t, dsn, clock)
	s := newStory(t, store)
	clock.Advance(s.at(36, 0).Sub(clock.Now()))
	s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
	s.views(t, "visitor-ben-0000000001", bensBrowser, s.at(12, 17), adPage)
	spoiled := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 25))
	sound := s.calls(t, "call-2", "+12025550124", bensBrowser, s.at(12, 25))
	repair := spoil(t, dsn, "visitor-ann-0000000001")
	s.compute(t) // no error: the component goes on
	require.Equal(t, touchpoints.Merged, s.outcome(t, sound).Outcome)
	backlog, err := store.MarksWaiting(t.Context())
	require.NoError(t, err)
	require.Positive(t, backlog.Failing)
	require.Equal(t, backlog.Waiting, backlog.Failing)
	require.Zero(t, backlog.Oldest, "what fails does not look like a backlog")

	s.chooses(t, map[string]string{"window_minutes": "60"})
	s.rebuild(t) // it comes to its end
	s.compute(t)
	require.Equal(t, touchpoints.Merged, s.outcome(t, sound).Outcome)

	repair()
	s.compute(t)
	_, err = s.CallOutcome(t.Context(), s.site.AccountID, s.site.ID, spoiled)
	require.Error(t, err, "it is tried again later")
	clock.Advance(time.Hour)
	s.compute(t)
	require.Equal(t, touchpoints.Merged, s.outcome(t, spoiled).Outcome)
	backlog, err = store.MarksWaiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, journeys.Backlog{}, backlog)
}

// TestM7_ChangesOfRulesAtOnceAllCount checks that of several changes at the same time none
// undoes another.
func TestM7_ChangesOfRulesAtOnceAllCount(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		stages := []string{"Demo", "Proposal", "Trial", "Review", "Pilot", "Legal"}
		results := make(chan error, len(stages))
		for _, stage := range stages {
			go func() {
				results <- s.ChangeRules(t.Context(), modeltest.ActorOf(site), site.ID, func(r *attribution.Rules) error {
					r.Boomerang = append(r.Boomerang, stage)
					return nil
				})
			}()
		}
		for range stages {
			require.NoError(t, <-results)
		}
		generations, err := s.Generations(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.ElementsMatch(t, stages, generations[len(generations)-1].Rules.Boomerang)
	})
}

// TestM4_ChangesDuringARequeuedRecomputationAreComputedByTheNewRulesToo computes a change
// while another transaction holds the row of the generation that is being built, as asking
// again for its workflow does.
func TestM4_ChangesDuringARequeuedRecomputationAreComputedByTheNewRulesToo(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t) // SQLite has one writer at a time
	store := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
	_, err := models.Migrate(t.Context(), store)
	require.NoError(t, err)
	s := newStory(t, store)
	s.person(t, "00Q1", modeltest.Caller, s.at(9, 0))
	for i := range 30 {
		deal := crm.Opportunity{SiteID: s.site.ID, ExternalID: fmt.Sprintf("006%d", i), OpenedAt: s.at(15, 0)}
		require.NoError(t, s.PutOpportunity(t.Context(), s.site.AccountID, &deal))
	}
	s.compute(t)
	s.chooses(t, map[string]string{"window_minutes": "60"})
	for done := int64(0); done < 10; { // people and calls come before opportunities
		progress, err := s.Rebuild(t.Context(), s.site.ID)
		require.NoError(t, err)
		done = progress.Done
		require.True(t, progress.More)
	}

	tx, err := modeltest.SQL(t, dsn).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "SELECT generation FROM journey_rules WHERE state <> 'serving' FOR NO KEY UPDATE")
	require.NoError(t, err)
	call := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 25))
	s.compute(t)
	require.NoError(t, tx.Rollback())
	s.compute(t)
	s.rebuild(t)
	require.Equal(t, touchpoints.NoSession, s.outcome(t, call).Outcome)
}

// TestM4_AJourneyOfAnOpportunityComesByPages reads one touchpoint at a time.
func TestM4_AJourneyOfAnOpportunityComesByPages(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, store *models.Store) {
		s := newStory(t, store)
		s.person(t, "00Q1", modeltest.Caller, s.at(9, 0))
		for i, minute := range []int{0, 20, 40} {
			s.calls(t, "call-"+string(rune('a'+i)), modeltest.Caller, annsBrowser, s.at(12, minute))
		}
		deal := crm.Opportunity{SiteID: s.site.ID, ExternalID: "0061", OpenedAt: s.at(15, 0), Amount: 100, Currency: "USD", People: []touchpoints.Role{{Person: "00Q1"}}}
		require.NoError(t, s.PutOpportunity(t.Context(), s.site.AccountID, &deal))
		s.compute(t)
		whole, err := s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, deal.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, whole.Steps, 3)
		require.Empty(t, whole.Next)
		var steps []journeys.Step
		credit := map[string]int{}
		for page := (models.Page{Limit: 1}); len(steps) < 3; {
			part, err := s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, deal.ID, page)
			require.NoError(t, err)
			require.Len(t, part.Steps, 1)
			require.Len(t, part.Touchpoints, 1)
			for _, c := range part.Credits {
				credit[c.Model] += c.Share
			}
			steps, page.Cursor = append(steps, part.Steps...), part.Next
		}
		require.Equal(t, whole.Steps, steps)
		for model, sum := range credit {
			require.Equal(t, 10_000, sum, model)
		}
		require.NotEmpty(t, credit)
		_, err = s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, deal.ID, models.Page{Cursor: "eA"})
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
	})
}
