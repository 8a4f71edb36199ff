package journeys_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/models/websites"
	"ringback/reports"
	"ringback/touchpoints"
)

// reads stores a Task as it is read of the CRM.
func (s story) reads(t *testing.T, task journeys.Task) {
	t.Helper()
	_, err := s.PutTasks(t.Context(), s.site.AccountID, s.site.ID, []journeys.Task{task})
	require.NoError(t, err)
}

// journeyOf returns the touchpoints of a person.
func (s story) journeyOf(t *testing.T, personID string) []journeys.Touchpoint {
	t.Helper()
	touches, _, err := s.PersonJourney(t.Context(), s.site.AccountID, s.site.ID, personID, models.Page{Limit: 200})
	require.NoError(t, err)
	return touches
}

// eachStory runs a test on both databases, two days after the day of the story.
func eachStory(t *testing.T, test func(t *testing.T, s story)) {
	t.Helper()
	modeltest.EachAt(t, func(t *testing.T, store *models.Store, clock *clockwork.FakeClock) {
		s := newStory(t, store)
		clock.Advance(s.at(48, 0).Sub(clock.Now()))
		test(t, s)
	})
}

func TestM3_ACallMakesAVisitCount(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s story) {
		ann := s.person(t, "00Q1", modeltest.Caller, s.at(12, 26))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(9, 0), adPage)
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		s.calls(t, "call-0", modeltest.Caller, annsBrowser, s.at(9, 50)) // names the browser's person; it is apart from both visits
		s.compute(t)
		before := s.journeyOf(t, ann.ID)
		require.Len(t, before, 3)
		require.Equal(t, touchpoints.Visit, before[2].Kind)
		require.Equal(t, "-", before[2].Position, "a mere visit is no part of the journey")
		require.Zero(t, before[2].UShaped)

		s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 25))
		s.compute(t)
		after := s.journeyOf(t, ann.ID)
		require.Len(t, after, 3)
		require.Equal(t, before[2].ID, after[2].ID, "the call is no touchpoint beside the visit")
		require.Equal(t, touchpoints.Call, after[2].Kind)
		require.Equal(t, "PostLC, Form", after[2].Position)
		require.True(t, after[2].Detail.Creditable())
	})
}

func TestM5_ACallOutsideOfVisitsHasNoWebData(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s story) {
		ann := s.person(t, "00Q1", modeltest.Caller, s.at(13, 6))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		call := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(13, 5))
		s.compute(t)
		require.Equal(t, touchpoints.TooLate, s.outcome(t, call).Outcome)
		touches := s.journeyOf(t, ann.ID)
		require.Len(t, touches, 2)
		own := touches[1]
		require.Equal(t, touchpoints.OwnCall, own.Kind)
		require.Equal(t, touchpoints.SourceTask, own.Source)
		require.Equal(t, "Other", own.Channel)
		require.Equal(t, "Call", own.Type)
		require.Equal(t, "Call", own.Medium)
		require.Nil(t, own.Detail.Traffic)
		require.Empty(t, own.SessionID+own.Campaign+own.LandingPage+own.Detail.FormURL)
	})
}

func TestM6_WithoutABizibleIDThereIsNoTouchpointAndWhy(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s story) {
		ann := s.person(t, "00Q1", modeltest.Caller, s.at(12, 26))
		call := s.calls(t, "call-1", modeltest.Caller, "", s.at(12, 25))
		at := s.at(12, 30)
		s.reads(t, journeys.Task{ExternalID: "00T9", Person: "00Q1", Type: "Call", At: &at, ModifiedAt: &at})
		s.compute(t)
		require.Equal(t, touchpoints.NoBizibleID, s.outcome(t, call).Outcome)
		require.Equal(t, ann.ID, s.outcome(t, call).PersonID)
		require.Empty(t, s.journeyOf(t, ann.ID))
		tasks, _, err := s.Tasks(t.Context(), s.site.AccountID, s.site.ID, models.Page{})
		require.NoError(t, err)
		require.Equal(t, touchpoints.NoBizibleID, s.outcome(t, tasks[0].ID).Outcome, "a Task that is none of Ringback's calls has its reason too")

		tasks[0].BizibleID, tasks[0].ModifiedAt = "08C1063C-B0A6-4349-AD0D-2D862F5CC700", new(s.at(12, 40))
		s.reads(t, tasks[0])
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		s.compute(t)
		require.Len(t, s.journeyOf(t, ann.ID), 1, "it was filled in later")
		require.Equal(t, touchpoints.Merged, s.outcome(t, tasks[0].ID).Outcome)
	})
}

func TestM7_ATypeThatIsFilledInLaterIsReadAgain(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s story) {
		ann := s.person(t, "00Q1", modeltest.Caller, s.at(12, 26))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		call := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 25))
		at := s.at(12, 25)
		typed := func(kind string, after time.Duration) journeys.Touchpoint {
			changed := at.Add(after)
			s.reads(t, journeys.Task{
				ExternalID: "00T1", ConversionID: call, Person: "00Q1", Type: kind, BizibleID: annsBrowser, At: &at, ModifiedAt: &changed,
			})
			s.compute(t)
			touches := s.journeyOf(t, ann.ID)
			require.Len(t, touches, 1)
			return touches[0]
		}
		blank := typed("", time.Minute)
		require.Equal(t, touchpoints.TypeWebVisit, blank.Type)
		require.Equal(t, "FT, LC, Form", blank.Position, "it counts as a call whatever its type is")
		filled := typed("Phone Call", 2*time.Minute)
		require.Equal(t, blank.ID, filled.ID)
		require.Equal(t, "Phone Call", filled.Type)
		require.Equal(t, "Phone Call", filled.Medium)
		require.Equal(t, "Paid Search", filled.Channel, "all else is that of the visit")
		require.Equal(t, "google", filled.Source)
		require.Equal(t, "spring", filled.Campaign)

		long := typed(strings.Repeat("Long, long calls", 19), 3*time.Minute)
		require.Equal(t, "Long, long calls", long.Type, "Marketo Measure's field holds 16 characters")
		require.Len(t, []rune(long.Medium), 255)
	})
}

// TestM7_ATaskThatIsMovedToAnotherPerson moves the Task of a call that nothing else
// connects with the first person.
func TestM7_ATaskThatIsMovedToAnotherPerson(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s story) {
		ann, ben := s.person(t, "00Q1", "", s.at(12, 26)), s.person(t, "00Q2", "", s.at(12, 26))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		at := s.at(12, 25)
		task := journeys.Task{ExternalID: "00T1", Person: "00Q1", Type: "Call", BizibleID: annsBrowser, At: &at, ModifiedAt: &at}
		s.reads(t, task)
		s.compute(t)
		require.Len(t, s.journeyOf(t, ann.ID), 1)
		require.Empty(t, s.journeyOf(t, ben.ID))

		task.Person, task.ModifiedAt = "00Q2", new(s.at(13, 0))
		s.reads(t, task)
		s.compute(t)
		require.Empty(t, s.journeyOf(t, ann.ID))
		require.Len(t, s.journeyOf(t, ben.ID), 1, "with the visit of the browser")

		task.Deleted, task.ModifiedAt = true, new(s.at(14, 0))
		s.reads(t, task)
		s.compute(t)
		require.Empty(t, s.journeyOf(t, ben.ID))
	})
}

func TestM8_AnOpportunityWithoutPeopleHasAReason(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s story) {
		deal := crm.Opportunity{SiteID: s.site.ID, ExternalID: "0061", OpenedAt: s.at(12, 0), Amount: 500, Currency: "USD"}
		require.NoError(t, s.PutOpportunity(t.Context(), s.site.AccountID, &deal))
		s.compute(t)
		j, err := s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, deal.ID, models.Page{})
		require.NoError(t, err)
		require.Equal(t, touchpoints.NoPeople, j.Empty)
		require.Empty(t, j.Steps)
		require.Empty(t, j.Credits)

		deal.People = []touchpoints.Role{{Person: "00Q1"}} // who is reported later
		require.NoError(t, s.PutOpportunity(t.Context(), s.site.AccountID, &deal))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(11, 17), adPage)
		s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(11, 25))
		s.compute(t)
		s.person(t, "00Q1", modeltest.Caller, s.at(11, 26))
		s.compute(t)
		j, err = s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, deal.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, j.Steps, 1)
	})
}

// TestM6_CallsAreCountedByDayAndOutcome has a call that is merged, and one of the day after
// without a BizibleId, in a zone where these are other days than in UTC.
func TestM6_CallsAreCountedByDayAndOutcome(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, store *models.Store) {
		s := newStory(t, store)
		site, err := store.UpdateSite(t.Context(), modeltest.ActorOf(s.site), s.site.ID, func(x *websites.Site) error { x.TimeZone = "Asia/Kathmandu"; return nil })
		require.NoError(t, err)
		s.site = site
		s.views(t, "visitor-of-ann-0001", annsBrowser, s.at(-7, 17), adPage)
		merged := s.calls(t, "merged", "+12025550101", annsBrowser, s.at(-7, 25))
		s.calls(t, "without", "+12025550102", "", s.at(-5, 0))
		s.compute(t)
		day := s.at(-7, 25).In(time.FixedZone("", 5*3600+45*60)).Format(time.DateOnly)
		first, err := reports.ParseDay(day)
		require.NoError(t, err)
		require.Equal(t, map[touchpoints.Outcome]int64{touchpoints.Merged: 1}, s.outcomes(t, first, first))
		require.Equal(t, map[touchpoints.Outcome]int64{touchpoints.Merged: 1, touchpoints.NoBizibleID: 1}, s.outcomes(t, first, first+1))
		f := journeys.CallFilter{AccountID: site.AccountID, SiteID: site.ID, DayFrom: day, Outcome: touchpoints.Merged}
		found, _, err := s.Calls(t.Context(), f, models.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, merged, found[0].ID)
		f.AccountID = "acc_another"
		_, _, err = s.Calls(t.Context(), f, models.Page{Limit: 10})
		require.Equal(t, fault.NotFound, fault.CodeOf(err), "(G9)")
	})
}

// outcomes returns how many of the calls of some days have become what.
func (s story) outcomes(t *testing.T, from, to reports.Day) map[touchpoints.Outcome]int64 {
	t.Helper()
	answers, err := s.Revenue(t.Context(), s.site.AccountID, s.site.ID, revenue.Query{Dimension: revenue.Outcome, Span: reports.Span{Period: reports.Period{From: from, To: to}}})
	require.NoError(t, err)
	counts := map[touchpoints.Outcome]int64{}
	for _, v := range answers[0].Values {
		counts[touchpoints.Outcome(v.Key)] = v.Units
	}
	return counts
}
