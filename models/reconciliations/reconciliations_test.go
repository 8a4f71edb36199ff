package reconciliations_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/paging"
	"ringback/internal/sourcestatus"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/outbox"
	"ringback/models/reconciliations"
	"ringback/models/websites"
)

func workflowID(siteID, source string) string { return siteID + "/" + source }

// source sets up a source of a site.
func source(t *testing.T, s *models.Store, site websites.Site, name string) {
	t.Helper()
	_, err := s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, name, func(m *websites.Source) error { m.Enabled = true; return nil })
	require.NoError(t, err)
}

// signals takes the signals that are due.
func signals(t *testing.T, s *models.Store, now time.Time) []outbox.Signal {
	t.Helper()
	due, err := s.DueSignals(t.Context(), now, 10, time.Hour)
	require.NoError(t, err)
	return due
}

func TestG1_AReconciliationThatIsAskedForIsSignalled(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		source(t, s, site, "callrail")
		never, err := s.Reconciliation(t.Context(), site.AccountID, site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, reconciliations.Off, never.State)
		for range 2 { // asking again is one more signal
			require.NoError(t, s.RequestReconciliation(t.Context(), site.AccountID, site.ID, "callrail", workflowID))
			due := signals(t, s, clock.Now())
			require.Len(t, due, 1)
			require.Equal(t, reconciliations.KindReconciliation, due[0].Kind)
			require.Equal(t, "callrail", due[0].Source)
			require.Equal(t, site.ID+"/callrail", due[0].WorkflowID)
			clock.Advance(time.Minute)
		}
		asked, err := s.Reconciliation(t.Context(), site.AccountID, site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, reconciliations.Waiting, asked.State)
		require.Equal(t, modeltest.Start.Add(time.Minute), *asked.RequestedAt)
	})
}

// TestG4_AReconciliationWithoutAWorkflowIsStartedAgain leaves out the workflow of a
// reconciliation, and of one that is off.
func TestG4_AReconciliationWithoutAWorkflowIsStartedAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		for _, name := range []string{"lost", "off"} {
			source(t, s, site, name)
			run, err := s.BeginReconciliation(t.Context(), reconciliations.Beginning{SiteID: site.ID, Source: name, Account: "a", Alive: 5 * time.Minute})
			require.NoError(t, err)
			if name == "off" {
				require.NoError(t, s.EndReconciliation(t.Context(), &run, reconciliations.Outcome{State: reconciliations.Off}))
			}
		}
		requeue := func() []reconciliations.Key {
			found, err := s.RequeueReconciliations(t.Context(), clock.Now(), 10, workflowID)
			require.NoError(t, err)
			return found
		}
		clock.Advance(15 * time.Minute)
		require.Empty(t, requeue(), "its workflow may only be late")
		clock.Advance(10 * time.Minute)
		require.Equal(t, []reconciliations.Key{{SiteID: site.ID, Source: "lost"}}, requeue())
		require.Len(t, signals(t, s, clock.Now()), 1)
		require.Empty(t, requeue(), "once is enough for now")
	})
}

// TestG1_ASourceIsStoredTogetherWithTheSignalThatReconcilesIt has a signal that cannot be
// stored.
func TestG1_ASourceIsStoredTogetherWithTheSignalThatReconcilesIt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		put := func(id reconciliations.WorkflowID) error {
			_, err := s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "callrail", func(m *websites.Source) error {
				m.Enabled, m.ReconcileBy = true, id
				return nil
			})
			return err
		}
		require.Panics(t, func() { _ = put(func(string, string) string { panic("killed") }) })
		_, err := s.Source(t.Context(), site.AccountID, site.ID, "callrail")
		require.Equal(t, fault.NotFound, fault.CodeOf(err), "the source is not stored without it")
		for range 2 { // a put that changes nothing asks too: what was wrong may be repaired
			require.NoError(t, put(workflowID))
			require.Len(t, signals(t, s, clock.Now()), 1)
			clock.Advance(time.Minute)
		}
		state, err := s.Reconciliation(t.Context(), site.AccountID, site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, reconciliations.Waiting, state.State)
	})
}

// TestM9_ARefusedPageIsNotAskedForForever has a page after the end of a list that became
// shorter.
func TestM9_ARefusedPageIsNotAskedForForever(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		source(t, s, site, "callrail")
		run, err := s.BeginReconciliation(t.Context(), reconciliations.Beginning{SiteID: site.ID, Source: "callrail", Account: "a"})
		require.NoError(t, err)
		read := paging.Page{Number: 1, Size: 2, IDs: []string{"1", "2"}, More: true}
		require.NoError(t, s.StoreListedPage(t.Context(), &run, reconciliations.Page{Read: read}))
		refused := func(code sourcestatus.Code) int {
			o := reconciliations.Outcome{State: reconciliations.Failing, Problem: sourcestatus.Problem{Code: code}}
			require.NoError(t, s.EndReconciliation(t.Context(), &run, o))
			return run.Place.Read
		}
		require.Equal(t, 2, refused(sourcestatus.Unavailable))
		require.Zero(t, refused(sourcestatus.NotFound))
	})
}

func TestG9_ReconciliationsOfOtherAccountsDoNotExist(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		source(t, s, site, "callrail")
		for _, of := range []websites.Site{{ID: site.ID, AccountID: other.AccountID}, other} {
			_, err := s.Reconciliation(t.Context(), of.AccountID, of.ID, "callrail")
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
			err = s.RequestReconciliation(t.Context(), of.AccountID, of.ID, "callrail", workflowID)
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
		}
		require.Empty(t, signals(t, s, clock.Now()))
	})
}

func TestARoundBeginsALittleBeforeTheEndOfTheLastOne(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		source(t, s, site, "callrail")
		begin := func(b reconciliations.Beginning) reconciliations.Reconciliation {
			b.SiteID, b.Source, b.Overlap = site.ID, "callrail", time.Hour
			run, err := s.BeginReconciliation(t.Context(), b)
			require.NoError(t, err)
			return run
		}
		first := begin(reconciliations.Beginning{Account: "a"})
		require.Equal(t, modeltest.Start, *first.RoundFrom, "no call from before it began")
		clock.Advance(3 * time.Hour)
		again := begin(reconciliations.Beginning{Account: "a"})
		require.Equal(t, modeltest.Start, *again.RoundTo, "a round that was not read to its end goes on")
		require.NoError(t, s.StoreListedPage(t.Context(), &again, reconciliations.Page{}))
		second := begin(reconciliations.Beginning{Account: "a"})
		require.Equal(t, modeltest.Start, *second.RoundFrom)
		require.NoError(t, s.StoreListedPage(t.Context(), &second, reconciliations.Page{}))
		clock.Advance(time.Hour)
		third := begin(reconciliations.Beginning{Account: "a"})
		require.Equal(t, modeltest.Start.Add(2*time.Hour), *third.RoundFrom)
		kept := begin(reconciliations.Beginning{Keep: true})
		require.Equal(t, third.RoundFrom, kept.RoundFrom)
		other := begin(reconciliations.Beginning{Account: "b", Since: modeltest.Start.Add(-time.Hour)})
		require.Equal(t, modeltest.Start.Add(-time.Hour), *other.RoundFrom, "another account begins anew")
		require.Nil(t, begin(reconciliations.Beginning{}).RoundFrom)
	})
}
