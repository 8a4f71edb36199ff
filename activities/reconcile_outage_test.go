package activities_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/reconciliations"
	"ringback/test/calllistfake"
)

// outageCalls is how many calls there are in an outage of six hours. PostgreSQL gets
// fewer: each database stores them by the same statements.
func outageCalls(t *testing.T) int {
	if strings.HasSuffix(t.Name(), "/postgres") {
		return 1000
	}
	return 5000
}

// TestM9_AfterAnOutageNoCallIsMissingAndNoneIsThereTwice has six hours in which no
// message came. Of some calls they came: of all before the outage, and of some while the
// list is read.
func TestM9_AfterAnOutageNoCallIsMissingAndNoneIsThereTwice(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, outage := reconcilesCallRail(t, s, clock), outageCalls(t)
		random := rand.New(rand.NewPCG(7, 7))
		number := 0
		call := func(at time.Time) calllistfake.Call {
			number++
			return calllistfake.Call{ID: fmt.Sprintf("CAL%05d", number), At: at, Seconds: random.IntN(600), Answered: number%4 > 0, Caller: fmt.Sprintf("+1202555%04d", 100+number%100)}
		}
		var before, during []calllistfake.Call
		for range 50 {
			before = append(before, call(clock.Now()))
			clock.Advance(time.Minute)
		}
		for range outage {
			during = append(during, call(clock.Now()))
			clock.Advance(6 * time.Hour / time.Duration(outage))
		}
		clock.Advance(5 * time.Hour) // so that calls without a length are over
		w.Put(before...)
		w.Put(during...)
		brings := func(calls ...calllistfake.Call) {
			for _, c := range calls {
				w.webhook(t, fmt.Sprintf(`{"resource_id":%q,"answered":%t,"duration":"%d","start_time":%q,"customer_phone_number":%q}`,
					c.ID, c.Answered, c.Seconds, c.At.Format(time.RFC3339), c.Caller))
			}
		}
		brings(before...)
		first := len(w.Requests())
		w.Before = func(n int) { // their messages come while the pages are read
			if page := n - first; page > 0 && page <= 20 {
				brings(during[page*outage/50], during[outage-page*10])
			}
		}
		found := w.round(t)

		require.Len(t, w.conversions(t), len(before)+outage, "each is there once")
		for id, c := range w.conversions(t) {
			require.NotNil(t, c.EndedAt, id)
		}
		row := w.state(t)
		require.EqualValues(t, found, row.Found)
		require.Equal(t, reconciliations.Done, row.State)
		require.Less(t, found, outage, "those whose messages came are not found")
		require.GreaterOrEqual(t, found, outage-40)
		clock.Advance(10 * time.Minute)
		require.Zero(t, w.round(t))
		require.Len(t, w.conversions(t), len(before)+outage)
	})
}
