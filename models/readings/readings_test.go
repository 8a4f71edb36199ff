package readings_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/outbox"
	"ringback/models/readings"
	"ringback/models/websites"
)

func workflowID(siteID, integrationID string) string { return siteID + "/" + integrationID }

// signals takes the signals that are due.
func signals(t *testing.T, s *models.Store, now time.Time) []outbox.Signal {
	t.Helper()
	due, err := s.DueSignals(t.Context(), now, 10, time.Hour)
	require.NoError(t, err)
	return due
}

func TestG1_AReadingThatIsAskedForIsSignalled(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		integration := modeltest.Integration(t, s, site)
		never, objects, err := s.CRMReading(t.Context(), site.AccountID, site.ID, integration.ID)
		require.NoError(t, err)
		require.Equal(t, readings.Off, never.State)
		require.Empty(t, objects)

		for range 2 { // asking again is one more signal
			require.NoError(t, s.RequestReading(t.Context(), site.AccountID, site.ID, integration.ID, workflowID))
			due := signals(t, s, clock.Now())
			require.Len(t, due, 1)
			require.Equal(t, readings.KindReading, due[0].Kind)
			require.Equal(t, integration.ID, due[0].IntegrationID)
			require.Equal(t, site.ID+"/"+integration.ID, due[0].WorkflowID)
			clock.Advance(time.Minute)
		}
		asked, _, err := s.CRMReading(t.Context(), site.AccountID, site.ID, integration.ID)
		require.NoError(t, err)
		require.Equal(t, readings.Waiting, asked.State)
		require.Equal(t, modeltest.Start.Add(time.Minute), *asked.RequestedAt)
	})
}

// TestG4_AReadingWithoutAWorkflowIsStartedAgain leaves out the workflow of a reading, and
// of one that is off.
func TestG4_AReadingWithoutAWorkflowIsStartedAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		lost, off := modeltest.Integration(t, s, site), modeltest.Integration(t, s, site)
		for _, i := range []integrations.Integration{lost, off} {
			run, err := s.BeginRun(t.Context(), site.ID, i.ID, "key", []string{"Task"}, 5*time.Minute)
			require.NoError(t, err)
			if i.ID == off.ID {
				require.NoError(t, s.EndRun(t.Context(), &run, readings.Outcome{State: readings.Off}))
			}
		}
		requeue := func() []string {
			found, err := s.RequeueReadings(t.Context(), clock.Now(), 10, workflowID)
			require.NoError(t, err)
			return found
		}
		clock.Advance(15 * time.Minute)
		require.Empty(t, requeue(), "its workflow may only be late")
		clock.Advance(10 * time.Minute)
		require.Equal(t, []string{lost.ID}, requeue())
		require.Len(t, signals(t, s, clock.Now()), 1)
		require.Empty(t, requeue(), "once is enough for now")
	})
}

func TestG9_ReadingsOfOtherAccountsDoNotExist(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		integration := modeltest.Integration(t, s, site)
		for _, of := range []websites.Site{{AccountID: other.AccountID}, other} {
			if of.ID == "" {
				of.ID = site.ID
			}
			_, _, err := s.CRMReading(t.Context(), of.AccountID, of.ID, integration.ID)
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
			err = s.RequestReading(t.Context(), of.AccountID, of.ID, integration.ID, workflowID)
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
		}
		require.Empty(t, signals(t, s, clock.Now()))
	})
}
