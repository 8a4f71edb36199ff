package activities_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/reconciliations"
	"ringback/sources"
	"ringback/test/calllistfake"
)

// outage is how many calls there are in an outage of six hours. The long form:
//
//	go test ./activities -run TestM9_AfterAnOutage -outage 5000 -timeout 30m
var outage = flag.Int("outage", 120, "how many calls no message brought in TestM9_AfterAnOutage...")

// message returns a provider's message about a call that has ended.
func (w *listWorld) message(c calllistfake.Call) sources.Request {
	request := sources.Request{Method: http.MethodPost, URL: &url.URL{RawQuery: "event=call_end"}, Header: http.Header{}, ReceivedAt: w.clock.Now()}
	body := ""
	switch w.source {
	case "callrail":
		request.URL.RawQuery = "event=post_call"
		body = fmt.Sprintf(`{"resource_id":%q,"answered":%t,"duration":"%d","start_time":%q,"customer_phone_number":%q}`,
			c.ID, c.Answered, c.Seconds, c.At.Format(time.RFC3339), c.Caller)
	case "calltrackingmetrics":
		status := map[bool]string{true: "completed", false: "no_answer"}[c.Answered]
		body = fmt.Sprintf(`{"id":%s,"direction":"inbound","unix_time":%d,"dial_status":%q,"duration":%d,"talk_time":%d,"caller_number":%q}`,
			c.ID, c.At.Unix(), status, c.Seconds, c.Seconds, c.Caller)
	case "calltouch":
		status := map[bool]string{true: "successful", false: "unsuccessful"}[c.Answered]
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		body = url.Values{
			"id": {c.ID}, "timestamp": {strconv.FormatInt(c.At.Unix(), 10)}, "duration": {strconv.Itoa(c.Seconds)}, "status": {status},
			"callerphone": {strings.TrimPrefix(c.Caller, "+")},
		}.Encode()
	}
	request.Body = []byte(body)
	return request
}

// TestM9_AfterAnOutageNoCallIsMissingAndNoneIsThereTwice has six hours in which no
// message came. Of some calls they came: of all before the outage, and of some while the
// list is read.
func TestM9_AfterAnOutageNoCallIsMissingAndNoneIsThereTwice(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, w *listWorld) {
		outage, clock := *outage, w.clock
		if outage < 1000 {
			w.LargestPage = 25 // so that each provider has several pages
		}
		random := rand.New(rand.NewPCG(7, 7))
		number := 10_000
		call := func(at time.Time) calllistfake.Call {
			number++
			return calllistfake.Call{ID: strconv.Itoa(number), At: at, Seconds: random.IntN(600), Answered: number%4 > 0, Caller: fmt.Sprintf("+1202555%04d", 100+number%100)}
		}
		var before, during []calllistfake.Call
		for range 25 {
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
				w.take(t, w.message(c))
			}
		}
		brings(before...)
		first, brought := len(w.Requests()), map[string]bool{}
		w.Before = func(n int) { // their messages come while the pages are read
			clock.Advance(30 * time.Second) // so that a part ends after some pages, and not after minutes of the test's time
			if page := n - first; page > 0 && page <= 20 {
				for _, c := range []calllistfake.Call{during[page*outage/50], during[outage-page*max(1, outage/500)]} {
					brings(c)
					brought[c.ID] = true
				}
			}
		}
		found := w.round(t)

		require.NotEmpty(t, brought)
		require.Len(t, w.conversions(t), len(before)+outage, "each is there once")
		for id, c := range w.conversions(t) {
			require.NotNil(t, c.EndedAt, id)
		}
		row := w.state(t)
		require.EqualValues(t, found, row.Found)
		require.Equal(t, reconciliations.Done, row.State)
		require.Less(t, found, outage, "those whose messages came are not found")
		require.GreaterOrEqual(t, found, outage-len(brought))
		clock.Advance(10 * time.Minute)
		require.Zero(t, w.round(t))
		require.Len(t, w.conversions(t), len(before)+outage)
	})
}
