package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/calllistfake"
	"ringback/test/e2e/harness"
)

// The calls of an outage of six hours, and how many of them messages brought before it.
const (
	outageCalls   = 100
	broughtBefore = 10
	perPage       = 25 // calls of a page of the list
)

// TestM9_KilledWhileItFindsTheCallsOfAnOutage kills the service while it reads the list
// of calls of CallTrackingMetrics. After the next start it finds the rest, and each call
// is there once. Some were brought by messages.
func TestM9_KilledWhileItFindsTheCallsOfAnOutage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, stack *harness.Stack) {
		pages := make(chan int, outageCalls)
		ctm := &calllistfake.Server{LargestPage: perPage, Before: func(n int) {
			select {
			case pages <- n:
			default: // nobody reads them any more
			}
		}}
		server := httptest.NewServer(ctm)
		t.Cleanup(server.Close)
		began := time.Now().Add(-6 * time.Hour).Truncate(time.Second)
		for n := range outageCalls {
			at := began.Add(time.Duration(n) * (5*time.Hour + 50*time.Minute) / outageCalls)
			ctm.Put(calllistfake.Call{ID: strconv.Itoa(7000 + n), At: at, Seconds: 60, Answered: n%5 > 0, Caller: fmt.Sprintf("+1202555%04d", 100+n%100)})
		}
		s := openShop(t, stack, nil)
		p := s.connect("calltrackingmetrics", harness.JSON{"secrets": providerSecret})
		for n := range broughtBefore {
			p.ctm("call_end", harness.JSON{
				"id": 7000 + n*outageCalls/broughtBefore, "direction": "inbound", "unix_time": began.Add(time.Duration(n) * time.Minute).Unix(),
				"dial_status": "completed", "duration": 60, "talk_time": 60, "caller_number": "+12025550123",
			})
		}
		s.api.Must("PUT", s.path("/sources/calltrackingmetrics"), harness.JSON{
			"options": harness.JSON{
				"api_url": server.URL, "api_account_id": calllistfake.Account, "api_since": began.Format(time.RFC3339), "api_delay_minutes": "0",
				"api_requests_per_minute": "600", "time_zone": "UTC",
			},
			"credentials": harness.JSON{"api_access_key": calllistfake.Key, "api_secret_key": calllistfake.Secret},
		})
		for page := 0; page < outageCalls/perPage/2; {
			select {
			case page = <-pages:
			case <-time.After(patience):
				require.Fail(t, "no more of the list is read", "after page %d: %s", page, stack.Service.Log())
			}
		}
		stack.Service.Kill()
		stack.LaunchService()
		stack.Service.WaitReady(time.Minute)

		var status harness.JSON
		s.api.WaitFor("the list is read", 3*time.Minute, func() bool {
			status = s.api.Must(http.MethodGet, s.path("/sources/calltrackingmetrics/status"), nil)["reconciliation"].(harness.JSON)
			return status["state"] == "up_to_date"
		}, func() string { return fmt.Sprint(status) })
		require.EqualValues(t, outageCalls-broughtBefore, status["calls_found"], "%v", status)
		seen := map[string]bool{}
		for cursor, more := "", true; more; more = cursor != "" {
			page := s.api.Must(http.MethodGet, s.path("/conversions?limit=200&cursor="+cursor), nil)
			for _, item := range page["items"].([]any) {
				id := item.(harness.JSON)["external_id"].(string)
				require.False(t, seen[id], id)
				seen[id] = true
			}
			cursor = page["next_cursor"].(string)
		}
		require.Len(t, seen, outageCalls)
	})
}
