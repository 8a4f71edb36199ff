package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestEventsInAnyOrderTwiceAndTogetherDecideTheSame reports the same call many times:
// in random orders, each event twice, all at the same time or one after the other. The site
// waits for late data after the end of a call, so that the decision is always the same. All
// events of a call are accepted within that time, because only one call is reported at once.
func TestEventsInAnyOrderTwiceAndTogetherDecideTheSame(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(harness.JSON{"target_call_seconds": 30})
	api.Must("PUT", "/api/v1/sites/"+site+"/sources/api", harness.JSON{"late_data_seconds": 10})
	api.RTBHouse(site, d.URL+"/ok", harness.JSON{"calls": harness.JSON{
		"metrics": []string{"target"},
		"tags":    harness.JSON{"any": []string{"sales"}, "none": []string{"spam"}},
		"traffic": harness.JSON{"match": "all", "conditions": []harness.JSON{{"field": "medium", "operator": "equals", "values": []string{"cpc"}}}},
	}})
	start := time.Now().Add(-3 * time.Minute).UTC().Truncate(time.Second)
	at := func(after time.Duration) string { return start.Add(after).Format(time.RFC3339) }
	events := []harness.JSON{
		{"event_id": "e1", "type": "started", "at": at(0), "caller": "+12025550123"},
		{"event_id": "e2", "type": "linked", "at": at(time.Second), "visitor_ids": harness.JSON{"rtbhouse": "visitor-1"}, "traffic": harness.JSON{"source": "google", "medium": "cpc"}},
		{"event_id": "e3", "type": "answered", "at": at(5 * time.Second)},
		{"event_id": "e4", "type": "tagged", "at": at(20 * time.Second), "tags": []string{"sales"}},
		{"event_id": "e5", "type": "ended", "at": at(60 * time.Second), "outcome": "answered", "talk_seconds": 55},
		{"event_id": "e6", "type": "tagged", "at": at(2 * time.Minute), "tags": []string{"spam"}}, // after the end, so it never counts
	}

	const calls = 12
	random := rand.New(rand.NewPCG(1, 2))
	ids := make([]string, calls)
	for c := range calls {
		path := fmt.Sprintf("/api/v1/sites/%s/calls/call-%d/events", site, c)
		twice := append(append([]harness.JSON{}, events...), events...)
		random.Shuffle(len(twice), func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
		together := []int{1, len(twice)}[c%2]
		sendAll(len(twice), together, func(i int) {
			if id := untilAccepted(t, api, path, twice[i]); i == 0 {
				ids[c] = id
			}
		}).Wait()
	}
	for _, id := range ids {
		detail := api.WaitConversion(id, time.Minute, harness.Done)
		decision := detail["decisions"].([]any)[0].(harness.JSON)
		require.Equal(t, "send", decision["verdict"], "%v", decision["explanation"])
		require.Len(t, detail["deliveries"], 1)
		require.Len(t, detail["events"], len(events))
	}
	require.Len(t, unique(d.WaitHits(t, "ok", calls, time.Minute)), calls)
	require.Len(t, d.Hits("ok"), calls)
}

// TestR5_EarlyAndLate checks that a conversion that can be judged at the start is sent
// during the call, and that others wait for the end.
func TestR5_EarlyAndLate(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.RTBHouse(site, d.URL+"/ok", nil)
	api.RTBHouse(site, d.URL+"/500-twice", harness.JSON{"name": "Failed calls", "calls": harness.JSON{"metrics": []string{"failed"}}})
	start := time.Now().Add(-time.Minute).UTC()
	events := "/api/v1/sites/" + site + "/calls/call-1/events"
	id := api.Must("POST", events, sampleCall("e1", "visitor-1", start))["conversion_id"].(string)
	d.WaitHits(t, "ok", 1, time.Minute)
	waiting := api.WaitConversion(id, time.Minute, func(c harness.JSON) bool { return len(c["deliveries"].([]any)) == 1 })
	require.Equal(t, "waiting", waiting["state"])
	require.Zero(t, d.Requests("500-twice"))

	api.Must("POST", events, harness.JSON{"event_id": "e2", "type": "ended", "at": start.Add(20 * time.Second).Format(time.RFC3339), "outcome": "missed"})
	done := api.WaitConversion(id, time.Minute, harness.Done)
	require.Len(t, done["deliveries"], 2)
	require.Len(t, d.Hits("ok"), 1, "the early one was not sent again")
	require.Len(t, d.Hits("500-twice"), 3)
}

// TestResendOneAndMany resends failed deliveries by hand: one, and then all of them
// after they were counted.
func TestResendOneAndMany(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	integration := api.Webhook(site, d.URL+"/404", nil)
	for i := range 3 {
		id := api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead(fmt.Sprint("lead-", i)))["conversion_id"].(string)
		api.WaitConversion(id, time.Minute, harness.Done)
	}
	api.Must("PATCH", "/api/v1/sites/"+site+"/integrations/"+integration, harness.JSON{"options": harness.JSON{"url": d.URL + "/ok"}})

	list := api.Must("GET", "/api/v1/sites/"+site+"/deliveries?state=failed", nil)["items"].([]any)
	require.Len(t, list, 3)
	one := list[0].(harness.JSON)["id"].(string)
	api.Must("POST", "/api/v1/deliveries/"+one+"/resend", nil)
	d.WaitHits(t, "ok", 1, time.Minute)

	bulk := "/api/v1/sites/" + site + "/deliveries/resend"
	filter := harness.JSON{"state": "failed"}
	count := api.Must("POST", bulk, harness.JSON{"filter": filter})["count"].(float64)
	require.Len(t, d.Hits("ok"), 1, "counting sends nothing")
	status, _, err := api.Try("POST", bulk, harness.JSON{"filter": filter, "expected_count": count + 1})
	require.NoError(t, err)
	require.Equal(t, 409, status)
	api.Must("POST", bulk, harness.JSON{"filter": filter, "expected_count": count})
	require.Len(t, unique(d.WaitHits(t, "ok", 1+int(count), time.Minute)), 3)
}
