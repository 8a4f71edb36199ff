package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

const (
	chaosConversions = 500
	chaosKills       = 10
)

// These are two tests, because subtests begin after all other tests have begun, and they
// take longest.

func TestG3_KilledInTheMiddleOfFiveHundredOnSQLite(t *testing.T) {
	t.Parallel()
	killInTheMiddle(t, "sqlite")
}

func TestG3_KilledInTheMiddleOfFiveHundredOnPostgreSQL(t *testing.T) {
	t.Parallel()
	killInTheMiddle(t, "postgres")
}

// killInTheMiddle kills the service ten times while 500 conversions are in progress, and
// also kills Temporal and stops the database. Every accepted conversion must reach a final
// state. A conversion may reach the destination twice only if an attempt was cut off
// between the destination's answer and our record of it. The attempt is then recorded as
// interrupted.
func killInTheMiddle(t *testing.T, kind string) {
	t.Helper()
	dsn, pg := harness.NewDatabase(t, kind)
	s := harness.NewStack(t, harness.StackOptions{Database: dsn})
	d := harness.NewDestination(t)
	d.Delay = 30 * time.Millisecond
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)

	var accepted sync.Map // conversion id -> true
	var count atomic.Int64
	var senders sync.WaitGroup
	next := make(chan int, chaosConversions)
	for range 8 {
		senders.Go(func() {
			for i := range next {
				accepted.Store(sendUntilAccepted(t, api, site, i), true)
				count.Add(1)
			}
		})
	}

	each := chaosConversions / chaosKills
	for round := range chaosKills {
		for i := range each {
			next <- round*each + i
		}
		d.WaitHits(t, "ok", round*each+each/2, 3*time.Minute)
		s.Service.Kill()
		switch {
		case round%3 == 1:
			s.Temporal.Kill()
			s.LaunchService() // it accepts conversions without Temporal
			s.StartTemporal()
		case round%3 == 2 && pg != nil:
			pg.Crash()
			s.LaunchService()
			pg.Start()
		default:
			s.LaunchService()
		}
		s.Service.WaitReady(time.Minute)
	}
	close(next)
	senders.Wait()
	require.EqualValues(t, chaosConversions, count.Load())

	interrupted := requireDelivered(t, api, d, &accepted, chaosConversions)
	t.Logf("%d conversions, %d kills: %d attempts interrupted, %d requests at the destination",
		chaosConversions, chaosKills, interrupted, len(d.Hits("ok")))
}

// requireDelivered requires that each accepted conversion reaches the destination, and
// reaches it again only for an attempt that is recorded as interrupted. It returns the
// number of these.
func requireDelivered(t *testing.T, api *harness.API, d *harness.Destination, accepted *sync.Map, total int) (interrupted int) {
	t.Helper()
	cut := map[string]int{} // attempts by conversion
	accepted.Range(func(id, _ any) bool {
		detail := api.WaitConversion(id.(string), 5*time.Minute, harness.Done)
		delivery := detail["deliveries"].([]any)[0].(harness.JSON)
		require.Equal(t, "delivered", delivery["state"], "%v", delivery)
		for _, a := range delivery["attempts"].([]any) {
			if a.(harness.JSON)["class"] == "interrupted" {
				cut[id.(string)]++
				interrupted++
			}
		}
		return true
	})
	hits := unique(answered(d.Hits("")))
	accepted.Range(func(id, _ any) bool {
		got := hits[id.(string)]
		require.GreaterOrEqual(t, got, 1, "lost: %s", id)
		require.LessOrEqual(t, got, 1+cut[id.(string)], "sent twice without an interrupted attempt: %s", id)
		return true
	})
	require.Len(t, hits, total, "the destination saw every conversion, and nothing else")
	return interrupted
}

// answered returns the requests whose sender lived until the answer.
func answered(hits []harness.Hit) []harness.Hit {
	var kept []harness.Hit
	for _, h := range hits {
		if h.Status == http.StatusOK {
			kept = append(kept, h)
		}
	}
	return kept
}

// sendAll calls send for each number below n, by several senders side by side, and returns
// what waits for them.
func sendAll(n, senders int, send func(i int)) *sync.WaitGroup {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var sending sync.WaitGroup
	for range senders {
		sending.Go(func() {
			for i := range next {
				send(i)
			}
		})
	}
	return &sending
}

// sendUntilAccepted posts a lead, or a call's start and end, as a well-behaved
// client does: again until the answer is a 2xx. Each has a visitor of its own, as
// otherwise each decision would read all visits before. It returns the conversion's id.
func sendUntilAccepted(t *testing.T, api *harness.API, site string, i int) string {
	visitor, phone := fmt.Sprint("visitor-", i), fmt.Sprintf("+120255501%02d", i%100)
	if i%2 == 0 {
		lead := sampleLead(fmt.Sprint("lead-", i))
		maps.Copy(lead, harness.JSON{"phone": phone, "email": visitor + "@example.com", "visitor_ids": harness.JSON{"rtbhouse": visitor}})
		return untilAccepted(t, api, "/api/v1/sites/"+site+"/leads", lead)
	}
	start := time.Now().Add(-time.Minute)
	events := fmt.Sprintf("/api/v1/sites/%s/calls/call-%d/events", site, i)
	call := sampleCall("e1", visitor, start)
	call["caller"] = phone
	untilAccepted(t, api, events, call)
	return untilAccepted(t, api, events, harness.JSON{
		"event_id": "e2", "type": "ended", "at": start.Add(40 * time.Second).Format(time.RFC3339),
		"outcome": "answered", "talk_seconds": 30,
	})
}

func untilAccepted(t *testing.T, api *harness.API, path string, body harness.JSON) string {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); <-again.C {
		status, out, err := api.Try(http.MethodPost, path, body)
		if err == nil && status == http.StatusAccepted {
			return out["conversion_id"].(string)
		}
	}
	t.Errorf("never accepted: %s", path)
	return ""
}

func jsonBody(body harness.JSON) io.Reader {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return bytes.NewReader(raw)
}
