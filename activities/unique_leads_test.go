package activities_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
)

// leadsOfOnePerson reports and decides on some leads of one person, each of a random time.
func leadsOfOnePerson(t *testing.T, random *rand.Rand, count int, s *models.Store, clock *clockwork.FakeClock) *conversionsOfOnePerson {
	t.Helper()
	site := modeltest.Site(t, s)
	modeltest.Integration(t, s, site, func(i *integrations.Integration) {
		i.Type = "place"
		i.Settings.Leads.Metrics = []conversion.Metric{conversion.MetricUnique}
	})
	w := newWorld(models.Case{})
	w.Conversions.Store, w.Conversions.Clock = s, clock
	c := &conversionsOfOnePerson{ids: make([]string, count), steps: make([][]func(), count)}
	for n := range count {
		in := modeltest.Lead(site, fmt.Sprintf("lead-%d", n))
		in.Lead.At, in.Lead.VisitorIDs = clock.Now().Add(time.Duration(random.IntN(count))*time.Minute), map[string]string{"place": "v-1"}
		var held *heldDecision
		c.steps[n] = []func(){
			func() {
				accepted, err := s.AcceptLead(t.Context(), in)
				require.NoError(t, err)
				c.ids[n] = accepted.ConversionID
			},
			func() { held = hold(w, s, atEnd(t, c.ids[n])) },
			func() { c.sent += held.stored(t) },
		}
	}
	return c
}

// A form that was filled in while the browser was offline is reported after a later one.
// Whenever the leads of one person are reported, judged and decided, one of them is unique.
func TestR5_InAnyOrderOnePersonsLeadsCountOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		for seed := range uint64(20) {
			random := rand.New(rand.NewPCG(seed, 3))
			c := leadsOfOnePerson(t, random, 4, s, clock)
			c.inAnyOrder(random, clock)
			require.Equal(t, 1, countedAs(t, s, conversion.MetricUnique, c.ids...), "seed %d", seed)
			require.Equal(t, 1, c.sent, "seed %d", seed)
		}
	})
}
