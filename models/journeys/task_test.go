package journeys_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/journeys"
	"ringback/models/modeltest"
)

func task(at time.Time) journeys.Task {
	return journeys.Task{
		ExternalID: "00T1", Person: "00Q1", BizibleID: "08c1063cb0a64349ad0d2d862f5cc700", At: &at, ModifiedAt: &at,
	}
}

// marksOf takes the marks that wait, and returns their kinds.
func marksOf(t *testing.T, s *models.Store) []journeys.MarkKind {
	t.Helper()
	marks, err := s.Marks(t.Context(), 100, journeys.ComputedKinds()...)
	require.NoError(t, err)
	require.NoError(t, s.MarksDone(t.Context(), marks))
	var kinds []journeys.MarkKind
	for _, m := range marks {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

func TestG2_ATaskThatIsReadAgainIsTheSame(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		put := func(task journeys.Task) int {
			changed, err := s.PutTasks(t.Context(), site.AccountID, site.ID, []journeys.Task{task})
			require.NoError(t, err)
			return changed
		}
		marksOf(t, s)
		first := task(modeltest.Start)
		require.Equal(t, 1, put(first))
		require.Equal(t, []journeys.MarkKind{journeys.MarkTask, journeys.MarkPerson, journeys.MarkBrowser}, marksOf(t, s))
		require.Zero(t, put(first))

		later := modeltest.Start.Add(time.Hour)
		moved := first
		moved.ModifiedAt = &later
		require.Zero(t, put(moved), "nothing that matters changed")
		require.Empty(t, marksOf(t, s))

		latest := later.Add(time.Hour)
		moved.ModifiedAt, moved.Person, moved.Type = &latest, "00Q2", "Left Message"
		require.Equal(t, 1, put(moved))
		require.Len(t, marksOf(t, s), 6, "whom it was about before is computed again too")
		require.Zero(t, put(first), "an older reading")

		tasks, _, err := s.Tasks(t.Context(), site.AccountID, site.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, tasks, 1)
		require.Equal(t, "Left Message", tasks[0].Type)
	})
}

func TestG9_TasksOfOtherAccountsDoNotExist(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		_, err := s.PutTasks(t.Context(), other.AccountID, site.ID, []journeys.Task{task(modeltest.Start)})
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		_, _, err = s.Tasks(t.Context(), other.AccountID, site.ID, models.Page{})
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		_, err = s.Rates(t.Context(), other.AccountID, site.ID)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		require.Equal(t, fault.NotFound, fault.CodeOf(s.PutRates(t.Context(), modeltest.ActorOf(other), journeys.Rates{SiteID: site.ID})))
	})
}
