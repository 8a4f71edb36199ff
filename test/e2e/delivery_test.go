package e2e_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// sampleCall returns the start of a call for the generic API.
func sampleCall(eventID, visitor string, at time.Time) harness.JSON {
	return harness.JSON{
		"event_id": eventID, "type": "started", "at": at.Format(time.RFC3339),
		"caller": "+12025550123", "tracking_number": "+12025550199",
		"visitor_ids": harness.JSON{"rtbhouse": visitor},
		"traffic":     harness.JSON{"source": "google", "medium": "cpc", "campaign": "sample"},
	}
}

func sampleLead(externalID string) harness.JSON {
	return harness.JSON{
		"external_id": externalID, "phone": "+12025550124", "email": "lead@example.com", "form": "sample form",
		"visitor_ids": harness.JSON{"rtbhouse": "lead-visitor-1"},
		"traffic":     harness.JSON{"source": "google", "medium": "cpc"},
	}
}

// TestR3_CallAndLeadReachRTBHouse tests the main purpose with the real binary.
func TestR3_CallAndLeadReachRTBHouse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *harness.Stack) {
		d := harness.NewDestination(t)
		api := s.API()
		site := api.Site(harness.JSON{"target_call_seconds": 30})
		api.RTBHouse(site, d.URL+"/ok", harness.JSON{
			"calls": harness.JSON{"metrics": []string{"target"}, "tags": harness.JSON{"any": []string{"sales"}}},
		})

		start := time.Now().Add(-2 * time.Minute).UTC().Truncate(time.Second)
		events := "/api/v1/sites/" + site + "/calls/call-1/events"
		call := api.Must("POST", events, sampleCall("e1", "call-visitor-1", start))["conversion_id"].(string)
		api.Must("POST", events, harness.JSON{"event_id": "e2", "type": "tagged", "at": start.Add(40 * time.Second).Format(time.RFC3339), "tags": []string{"Sales"}})
		api.Must("POST", events, harness.JSON{"event_id": "e3", "type": "ended", "at": start.Add(60 * time.Second).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 45})
		lead := api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead("lead-1"))["conversion_id"].(string)

		hits := d.WaitHits(t, "ok", 2, time.Minute)
		api.WaitConversion(call, time.Minute, harness.Done)
		detail := api.WaitConversion(lead, time.Minute, harness.Done)
		require.Contains(t, detail["workflow_url"], "/namespaces/default/workflows/lead")
		byTag := map[string]harness.Hit{}
		for _, h := range hits {
			byTag[h.ID[:5]] = h
		}
		callHit, leadHit := byTag["call-"], byTag["reque"]
		require.Equal(t, "/ok/partner/omni/postbacks", callHit.Path)
		require.Equal(t, "call-visitor-1", callHit.Query.Get("aid"))
		require.Equal(t, fmt.Sprint(start.UnixMilli()), callHit.Query.Get("time"))
		require.Regexp(t, `^pr_abcdefghij0123456789_conversion_action_call__call-[0-9a-z]+_$`, callHit.Query.Get("tag"))
		require.Equal(t, "default", callHit.Query.Get("cd"))
		require.Regexp(t, `^pr_abcdefghij0123456789_conversion_action_form__request-[0-9a-z]+_$`, leadHit.Query.Get("tag"))
		require.Empty(t, callHit.Body)
		require.NotContains(t, fmt.Sprint(detail), "sample-pkey")
		require.NotContains(t, s.Service.Log(), "sample-pkey")
	})
}

// TestG4_EveryDeliveryEndsInAStateWithAReason sends one lead to each kind of
// misbehaving destination.
func TestG4_EveryDeliveryEndsInAStateWithAReason(t *testing.T) {
	t.Parallel()
	cases := []struct {
		mode    string
		state   string
		classes []string // the classes of the attempts, in order
		timeout int      // in seconds; short where it is waited for
	}{
		{"ok", "delivered", []string{"delivered"}, 30},
		{"500-twice", "delivered", []string{"unavailable", "unavailable", "delivered"}, 30},
		{"429-once", "delivered", []string{"throttled", "delivered"}, 30},
		{"hang-once", "delivered", []string{"timeout", "delivered"}, 5},
		{"drop-once", "delivered", []string{"network", "delivered"}, 30},
		{"404", "failed", []string{"refused"}, 30},
		{"gone", "failed", []string{"refused"}, 30},
		{"redirect", "failed", []string{"redirected"}, 30},
		{"huge", "delivered", []string{"delivered"}, 30},
		{"drip", "delivered", []string{"delivered"}, 5},
	}
	onBoth(t, func(t *testing.T, s *harness.Stack) {
		d := harness.NewDestination(t)
		api := s.API()
		conversions := map[string]string{}
		for _, c := range cases {
			site := api.Site(harness.JSON{"name": c.mode})
			api.Webhook(site, d.URL+"/"+c.mode, harness.JSON{"delivery": harness.JSON{"timeout_seconds": c.timeout}})
			conversions[c.mode] = api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead("lead-"+c.mode))["conversion_id"].(string)
		}
		for _, c := range cases {
			t.Run(c.mode, func(t *testing.T) {
				detail := api.WaitConversion(conversions[c.mode], time.Minute, harness.Done)
				delivery := detail["deliveries"].([]any)[0].(harness.JSON)
				require.Equal(t, c.state, delivery["state"], "%v", delivery)
				require.NotEmpty(t, delivery["reason"])
				var classes []string
				for _, a := range delivery["attempts"].([]any) {
					classes = append(classes, a.(harness.JSON)["class"].(string))
				}
				require.Equal(t, c.classes, classes)
			})
		}
	})
}

// TestPrivateAddressIsNeverDialed keeps the guard on, which is the default.
func TestPrivateAddressIsNeverDialed(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{Guarded: true})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)
	lead := api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead("lead-1"))["conversion_id"].(string)
	detail := api.WaitConversion(lead, time.Minute, harness.Done)
	delivery := detail["deliveries"].([]any)[0].(harness.JSON)
	require.Equal(t, "failed", delivery["state"])
	require.Equal(t, "forbidden_address", delivery["class"])
	require.Zero(t, d.Requests("ok"))
}

// TestG2_SameExternalIDConcurrently posts one lead and one call's events many times at once.
// SQLite has one connection that writes, and what waits for it too long is answered 503 (G1):
// its sender posts it again.
func TestG2_SameExternalIDConcurrently(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *harness.Stack) {
		d := harness.NewDestination(t)
		api := s.API()
		site := api.Site(nil)
		api.Webhook(site, d.URL+"/ok", nil)
		start := time.Now().Add(-time.Minute)
		events, leads := "/api/v1/sites/"+site+"/calls/call-1/events", "/api/v1/sites/"+site+"/leads"
		ended := harness.JSON{"event_id": "e2", "type": "ended", "at": start.Add(30 * time.Second).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 20}

		var open []post
		for range 30 {
			open = append(open, post{leads, sampleLead("lead-1")}, post{events, sampleCall("e1", "visitor-1", start)}, post{events, ended})
		}
		seen, total := map[string]int{}, len(open)
		api.WaitFor("every post to be accepted", 3*time.Minute, func() bool {
			open = postAtOnce(t, api, open, seen)
			return len(open) == 0
		}, s.Service.Log)
		require.Len(t, seen, 2, "one lead and one call")
		for id, n := range seen {
			total -= n
			detail := api.WaitConversion(id, time.Minute, harness.Done)
			require.Len(t, detail["deliveries"], 1)
		}
		require.Zero(t, total, "every post was accepted once")
		require.Len(t, d.WaitHits(t, "ok", 2, time.Minute), 2)
	})
}

// post is a request to report something.
type post struct {
	path string
	body any
}

// postAtOnce makes all posts at once. It counts those that were accepted by their conversion,
// and returns those that could not be stored in time.
func postAtOnce(t *testing.T, api *harness.API, posts []post, accepted map[string]int) (open []post) {
	t.Helper()
	type answer struct {
		status int
		body   harness.JSON
		err    error
	}
	answers := make([]answer, len(posts))
	var all sync.WaitGroup
	for i, p := range posts {
		all.Go(func() { answers[i].status, answers[i].body, answers[i].err = api.Try(http.MethodPost, p.path, p.body) })
	}
	all.Wait()
	for i, a := range answers {
		require.NoError(t, a.err)
		switch a.status {
		case http.StatusAccepted:
			accepted[a.body["conversion_id"].(string)]++
		case http.StatusServiceUnavailable:
			open = append(open, posts[i])
		default:
			require.Fail(t, "a post was neither accepted nor to be sent again", "%d %v", a.status, a.body)
		}
	}
	return open
}

// TestG6_HangingDestinationDelaysNoNeighbour checks that leads of another site are sent
// while 150 sends hang. It does not run beside other tests: the sends hang for 30 seconds,
// in which the others must have been sent. Those of a neighbour that waits are sent as soon
// as some of the hanging ones have ended, because the breaker opens then.
func TestG6_HangingDestinationDelaysNoNeighbour(t *testing.T) {
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	slow, healthy := api.Site(nil), api.Site(nil)
	api.Webhook(slow, d.URL+"/hang", harness.JSON{"delivery": harness.JSON{"timeout_seconds": 30}})
	api.Webhook(healthy, d.URL+"/ok", nil)
	sendLeads(t, api, slow, "hang-", 150)
	sendLeads(t, api, healthy, "ok-", 20)
	d.WaitHits(t, "ok", 20, time.Minute)
	require.Empty(t, d.Hits("hang"), "the hanging sends still hang: nothing waited for them")
	s.Service.Kill() // an orderly end would wait for them
}

// TestG5_LateTagIsShownAndSendsNothing checks that a tag after the end changes nothing.
func TestG5_LateTagIsShownAndSendsNothing(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.RTBHouse(site, d.URL+"/ok", harness.JSON{
		"calls": harness.JSON{"metrics": []string{"all"}, "tags": harness.JSON{"any": []string{"sales"}}},
	})
	start := time.Now().Add(-10 * time.Minute)
	events := "/api/v1/sites/" + site + "/calls/call-1/events"
	id := api.Must("POST", events, sampleCall("e1", "visitor-1", start))["conversion_id"].(string)
	api.Must("POST", events, harness.JSON{"event_id": "e2", "type": "ended", "at": start.Add(time.Minute).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 45, "tags": []string{"support"}})
	api.WaitConversion(id, time.Minute, harness.Done)
	late := api.Must("POST", events, harness.JSON{"event_id": "e3", "type": "tagged", "at": start.Add(5 * time.Minute).Format(time.RFC3339), "tags": []string{"sales"}})
	require.Equal(t, true, late["late"])

	detail := api.WaitConversion(id, time.Minute, harness.Done)
	require.Contains(t, fmt.Sprint(detail["tags"]), "late:true")
	decision := detail["decisions"].([]any)[0].(harness.JSON)
	require.Equal(t, "skip", decision["verdict"])
	require.Equal(t, "tag_filter_not_met", decision["reason"])
	require.Zero(t, d.Requests("ok"))
}
