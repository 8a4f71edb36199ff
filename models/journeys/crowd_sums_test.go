package journeys_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/crm"
	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/reports"
	"ringback/touchpoints"
)

// deals reports an opportunity of the contact 003.
func (s throng) deals(t *testing.T) {
	t.Helper()
	deal := crm.Opportunity{
		SiteID: s.site.ID, ExternalID: "006", OpenedAt: s.at(47, 30), ClosedAt: new(s.at(47, 40)), Won: true, Amount: 500_00, Currency: "USD",
		People: []touchpoints.Role{{Person: "003", Primary: true}},
	}
	require.NoError(t, s.PutOpportunity(t.Context(), s.site.AccountID, &deal))
}

// requireSums requires that what touchpoints count for adds up: to one for each person and model, and to
// the amount for the opportunity and each model. The report adds up the same.
func (s throng) requireSums(t *testing.T) {
	t.Helper()
	wrong := func(of string) {
		t.Helper()
		require.Zero(t, s.count(t, "("+of+") AS wrong"), of)
	}
	wrong("SELECT model FROM journey_credits GROUP BY generation, opportunity_id, model HAVING SUM(share) <> 10000 OR SUM(amount) <> 50000")
	wrong(`SELECT model FROM journey_credits AS c WHERE NOT EXISTS (SELECT 1 FROM journey_touchpoints AS of
		WHERE of.site_id = c.site_id AND of.generation = c.generation AND of.id = c.touchpoint_id AND of.person_id = c.person_id)`)
	wrong(`SELECT person_id FROM journey_touchpoints GROUP BY generation, person_id
		HAVING SUM(first_touch) NOT IN (0, 10000) OR SUM(lead_creation) NOT IN (0, 10000) OR SUM(u_shaped) > 10000`)
	s.requireReport(t)
}

// requireReport requires that the report on channels has all touchpoints, the people of the CRM and the
// amounts of credit.
func (s throng) requireReport(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = s.WorkRevenue(t.Context())
		require.NoError(t, err)
	}
	first := reports.DayOf(s.at(0, 0), time.UTC)
	answers, err := s.Revenue(t.Context(), s.site.AccountID, s.site.ID, revenue.Query{
		Dimension: revenue.Channel, Span: reports.Span{Period: reports.Period{From: first - 2, To: first + 5}},
	})
	require.NoError(t, err)
	sums := map[reports.CreditID]int64{}
	for _, v := range answers[0].Values {
		sums[v.Figure] += v.Units + v.FirstTouch
	}
	sum := func(of string) (n int64) {
		require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COALESCE(SUM("+of).Scan(&n))
		return n
	}
	require.Equal(t, sum("1), 0) FROM journey_touchpoints"), sums[reports.Touchpoints])
	require.Equal(t, sum("first_touch), 0) FROM journey_touchpoints AS of JOIN crm_people AS p ON p.id = of.person_id"), sums[reports.Leads])
	require.Equal(t, sum("amount), 0) FROM journey_credits WHERE model = 'first_touch'"), sums[reports.Revenue])
}

// TestM8_TheCreditOfACrowdAddsUp has a crowd with an opportunity, one more of it, and other rules.
func TestM8_TheCreditOfACrowdAddsUp(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachThrong(t, func(t *testing.T, s throng) {
				s.person(t, "003", modeltest.Caller, s.at(8, 0))
				again := way(t, s, large)
				s.deals(t)
				s.markSome(t, 7)
				s.computesAll(t)
				s.requireSums(t)
				s.clock.Advance(time.Minute)
				again()
				s.computesAll(t)
				s.requireSums(t)
				if !strings.Contains(name, "clerk") { // each of whose callers is somebody else
					require.Positive(t, s.count(t, "journey_credits"))
				}
				touches := s.touches(t)
				s.chooses(t, map[string]string{"window_minutes": "5"})
				s.rebuild(t)
				s.computesAll(t)
				s.requireSums(t)
				require.GreaterOrEqual(t, len(s.touches(t)), len(touches), "other rules lose none")
			})
		})
	}
}

// TestM8_TheCreditOfACrowdThatChangesAddsUp changes what a crowd is known by.
func TestM8_TheCreditOfACrowdThatChangesAddsUp(t *testing.T) {
	t.Parallel()
	eachChange(t, throng.deals, throng.requireSums)
}
