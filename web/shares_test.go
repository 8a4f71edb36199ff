package web_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/sources"
	"ringback/web"
)

// heldBack is metrics that pass on what had to wait.
type heldBack struct {
	noMetrics
	of chan string
}

func (m heldBack) RequestHeldBack(of string) { m.of <- of }

// busySite is a store in which what is reported of one site takes until the test lets it end.
type busySite struct {
	*busyStore
	site string
}

func (s busySite) AcceptLead(ctx context.Context, l models.NewLead) (models.Accepted, error) {
	if l.SiteID == s.site {
		s.wait("lead")
	}
	return s.Store.AcceptLead(ctx, l)
}

func (s busySite) AcceptCallEvent(ctx context.Context, e models.CallEvent) (models.Accepted, error) {
	s.wait("call")
	return s.Store.AcceptCallEvent(ctx, e)
}

// TestG6_ReportsOfASiteTakeTurnsWhicheverWayTheyCome has one site report by the script, the API and a
// webhook at once, alone and beside another site.
func TestG6_ReportsOfASiteTakeTurnsWhicheverWayTheyCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	busy := busySite{newBusyStore(w.store), w.names["site"]}
	held := make(chan string, 100)
	w.as(func(o *web.Options) {
		o.Store, o.Metrics, o.Sources, o.WebhooksAtOnce = busy, heldBack{of: held}, sources.NewRegistry(pigeon{}), 3
	})
	other := w.must("POST", "/sites", `{"name":"Other","domains":["www.example.com"]}`)["id"].(string)
	hook := strings.TrimPrefix(w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)["webhook_url"].(string), "https://ringback.example.com")
	ways := map[string]func() int{
		"script": func() int { return w.page().post("leads", lead("turn-1", "visitor-0123456789", "")).Code },
		"lead": func() int {
			return w.do("POST", "/sites/{site}/leads", adminToken, `{"external_id":"turn-1","email":"visitor@example.com"}`).Code
		},
		"call": func() int {
			return w.do("POST", "/sites/{site}/calls/turn-1/events", adminToken, `{"event_id":"1","type":"started"}`).Code
		},
		"webhook": func() int {
			r := w.request(http.MethodPost, "//root"+hook, "", "call and lead")
			r.Header.Set("X-Signature", "good")
			return w.serve(r).Code
		},
	}
	var all sync.WaitGroup
	report := func(way string) {
		all.Go(func() {
			if code := ways[way](); code >= http.StatusMultipleChoices {
				t.Error(way, code)
			}
		})
	}
	for way := range ways {
		report(way)
		<-busy.begun
	}
	require.Empty(t, held, "nobody else reports")
	w.must("POST", "/sites/"+other+"/leads", `{"external_id":"calm-1","email":"visitor@example.com"}`)
	for way := range ways {
		report(way)
		require.Equal(t, "reports", <-held, "it waits for those before it")
	}
	w.must("POST", "/sites/"+other+"/leads", `{"external_id":"calm-2","email":"visitor@example.com"}`)
	require.Empty(t, busy.begun)
	for range 10 { // a webhook stores two things
		busy.end <- struct{}{}
	}
	all.Wait()
}
