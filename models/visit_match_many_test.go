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
)

// TestM4_AVisitorWithManyVisitsHidesNoOther has two browsers with one id. One of them has begun more visits
// during that of the other than are read of a visitor.
func TestM4_AVisitorWithManyVisitsHidesNoOther(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]conversion.VisitorMatch{
		"the id was seen in all":       {System: "bizible", LastActivityAt: adClick.Add(101 * time.Second), Candidates: 2, Ambiguous: true},
		"the id was seen in the first": {System: "bizible", LastActivityAt: adClick.Add(20 * time.Minute), Candidates: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
				w := webOf(t, s)
				many := func(n int, ids map[string]string) string {
					return w.comes(t, visitor(2), adClick.Add(time.Duration(n)*time.Second), fmt.Sprint(fromAd, "&utm_campaign=", n), ids)
				}
				many(-3000, bizible("b-1"))
				one := w.comes(t, visitor(1), adClick, fromAd, bizible("b-1"))
				last, ids := "", map[bool]map[string]string{true: bizible("b-1")}[want.Ambiguous]
				for n := range 101 {
					last = many(n+1, ids)
				}
				w.comes(t, visitor(1), adClick.Add(20*time.Minute), home, nil)
				d := w.rings(t, "x", calls(adClick.Add(22*time.Minute), bizible("b-1")))
				if want.Ambiguous {
					require.Equal(t, last, d.Conversion.SessionID, "the one that began last is the likeliest")
				} else {
					require.Equal(t, one, d.Conversion.SessionID)
				}
				require.Equal(t, want, *byVisitor(t, d).Visitor)
			})
		})
	}
}
