package journeys_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/erasing"
	"ringback/models/journeys"
	"ringback/models/modeltest"
)

// erases erases the person with a number.
func (s throng) erases(t *testing.T, phone string) {
	t.Helper()
	in, who := erasing.Scope{AccountID: s.site.AccountID, SiteID: s.site.ID}, erasing.Person{Phone: phone}
	count, err := s.CountPerson(t.Context(), in, who)
	require.NoError(t, err)
	_, err = s.ErasePerson(t.Context(), modeltest.ActorOf(s.site), in, who, count.Total())
	require.NoError(t, err)
}

// TestG8_NothingStaysOfAnErasedCallInAVisit erases a caller whose call belongs to a visit of a
// browser that others have, too.
func TestG8_NothingStaysOfAnErasedCallInAVisit(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		call := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 20))
		other := s.calls(t, "call-2", "+12025550188", annsBrowser, s.at(12, 25))
		s.compute(t)
		require.Positive(t, s.count(t, "journey_touchpoints WHERE conversion_id = '"+call+"'"))
		s.clock.Advance(time.Minute)
		s.erases(t, modeltest.Caller)
		s.compute(t)
		require.Zero(t, s.count(t, "journey_touchpoints WHERE conversion_id = '"+call+"' OR person_id = '"+call+"'"))
		require.Zero(t, s.count(t, "journey_calls WHERE person_id = '"+call+"'"))
		require.Equal(t, 1, s.count(t, "journey_touchpoints WHERE conversion_id = '"+other+"'"))
	})
}

// TestG8_NothingStaysOfAnErasedTaskInAVisit is the same of a Task.
func TestG8_NothingStaysOfAnErasedTaskInAVisit(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		p := s.person(t, "003", modeltest.Caller, s.at(12, 20))
		s.reads(t, journeys.Task{ExternalID: "00T", Person: "003", Type: "Call", BizibleID: annsBrowser, At: new(s.at(12, 20))})
		s.compute(t)
		require.Positive(t, s.count(t, "journey_touchpoints WHERE person_id = '"+p.ID+"'"))
		s.clock.Advance(time.Minute)
		s.erases(t, modeltest.Caller)
		s.compute(t)
		require.Zero(t, s.count(t, "crm_tasks"))
		require.Zero(t, s.count(t, "journey_touchpoints WHERE person_id = '"+p.ID+"' OR task_id <> ''"))
	})
}

// TestG8_NothingStaysOfAnErasedTaskInAVisitOfACrowd is the same in a browser that many share.
func TestG8_NothingStaysOfAnErasedTaskInAVisitOfACrowd(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		s.person(t, "003", modeltest.Caller, s.at(7, 50))
		ways["the browser of a clerk"](t, s, large)
		s.reads(t, journeys.Task{ExternalID: "00T", Person: "003", Type: "Call", BizibleID: annsBrowser, At: new(s.at(7, 56))})
		s.markSome(t, 7)
		s.compute(t)
		require.Equal(t, 1, s.count(t, "journey_touchpoints WHERE task_id <> ''"))
		s.clock.Advance(time.Minute)
		s.erases(t, modeltest.Caller)
		s.compute(t)
		require.Zero(t, s.count(t, "crm_tasks"))
		require.Zero(t, s.count(t, "journey_touchpoints WHERE task_id <> ''"))
	})
}

// TestG8_NothingStaysOfACallInAVisitThatIsKeptNoLonger has a visit that is kept longer.
func TestG8_NothingStaysOfACallInAVisitThatIsKeptNoLonger(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		call := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 20))
		s.exec(t, "UPDATE conversions SET state = 'done'")
		for more := true; more; {
			var err error
			more, err = s.Work(t.Context())
			require.NoError(t, err)
		}
		s.compute(t)
		require.Positive(t, s.count(t, "journey_touchpoints WHERE conversion_id = '"+call+"'"))
		s.clock.Advance(20 * 24 * time.Hour)
		_, err := s.ChangeRetention(t.Context(), modeltest.ActorOf(s.site), s.site.ID, func(r *erasing.Retention) error {
			r.Conversions = 10
			return nil
		})
		require.NoError(t, err)
		require.NoError(t, s.Expire(t.Context(), modeltest.NewProgress()))
		require.Zero(t, s.count(t, "conversions"))
		s.compute(t)
		require.Zero(t, s.count(t, "journey_touchpoints WHERE conversion_id = '"+call+"' OR person_id = '"+call+"'"))
	})
}
