package models_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/visits"
)

func TestM10_ConversionIsReadWithItsVisitAndItsNumber(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		seen, err := s.RecordActivity(t.Context(), sh.plan(t), models.Activity{WantsNumbers: true, Activity: visitors.Activity{
			VisitorID: "visitor_0000000000000001", HitID: "hit_000000000000001", Storage: "cookie",
			Hit: visits.Hit{At: minute(0), Kind: visits.Navigate, URL: "https://www.example.com/?gclid=test-click"},
		}})
		require.NoError(t, err)
		require.Len(t, seen.Numbers, 1)

		d := sh.call(t, "pooled", rings(seen.Numbers[0].Number, minute(5)))
		require.Equal(t, seen.SessionID, d.Session.ID)
		require.Equal(t, map[string]string{"gclid": "test-click"}, d.Session.Traffic.ClickIDs)
		require.Equal(t, seen.Numbers[0].Number, d.CalledNumber.Number.Number)
		require.Equal(t, sh.pool.ID, d.CalledNumber.Pool.ID)
		require.Equal(t, minute(0), d.CalledNumber.Assignment.From)

		poster := sh.own(t, tracking.Number{Number: "+12025550193", Traffic: &conversion.Traffic{Source: "poster"}})
		own := sh.call(t, "own", rings(poster.Number, minute(5)))
		require.Nil(t, own.Session)
		require.Equal(t, poster.ID, own.CalledNumber.Number.ID)
		require.Nil(t, own.CalledNumber.Pool)
		require.Nil(t, own.CalledNumber.Assignment)

		other := sh.call(t, "other", rings("+12025550177", minute(5)))
		require.Nil(t, other.Session)
		require.Nil(t, other.CalledNumber)

		require.NoError(t, s.DeleteNumber(t.Context(), modeltest.ActorOf(sh.site), sh.site.ID, d.CalledNumber.Number.ID))
		require.NoError(t, s.ForgetVisitor(t.Context(), sh.site.ID, "visitor_0000000000000001"))
		after := detail(t, s, sh.site, d.Conversion.ID)
		require.Nil(t, after.Session)
		require.Nil(t, after.CalledNumber.Assignment)
		require.Equal(t, d.CalledNumber.Number.Number, after.CalledNumber.Number.Number, "a number that was deleted is still told of")
	})
}
