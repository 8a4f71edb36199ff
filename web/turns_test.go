package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/erasing"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/web"
	"ringback/web/collect"
)

// busyStore is a store whose page views and calls of webhooks take until the test lets
// them end. It counts how many are stored at once.
type busyStore struct {
	web.Store
	begun       chan string // what was begun
	end         chan struct{}
	stored, top atomic.Int64
}

func newBusyStore(of web.Store) *busyStore {
	return &busyStore{Store: of, begun: make(chan string, 2000), end: make(chan struct{})}
}

func (s *busyStore) wait(what string) {
	now := s.stored.Add(1)
	defer s.stored.Add(-1)
	for top := s.top.Load(); now > top && !s.top.CompareAndSwap(top, now); top = s.top.Load() {
	}
	s.begun <- what
	<-s.end
}

func (s *busyStore) RecordActivity(ctx context.Context, plan websites.Plan, a models.Activity) (models.ActivityResult, error) {
	s.wait(plan.Site.ID)
	return s.Store.RecordActivity(ctx, plan, a)
}

func (s *busyStore) AcceptCallEvent(ctx context.Context, event models.CallEvent) (models.Accepted, error) {
	if event.Source == "pigeon" {
		s.wait("webhook")
	}
	return s.Store.AcceptCallEvent(ctx, event)
}

func (s *busyStore) CountPerson(ctx context.Context, in erasing.Scope, p erasing.Person) (erasing.Count, error) {
	s.wait("erase")
	return s.Store.CountPerson(ctx, in, p)
}

// TestG6_PagesAndWebhooksLeaveRoomForLeads checks that page views of one site take all
// places but one, that those of another site take that one, and that leads of the script
// and of the API are accepted while all of them wait. The same holds for webhooks.
func TestG6_PagesAndWebhooksLeaveRoomForLeads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.must("POST", "/sites", `{"name":"Other","domains":["www.example.com"]}`)["script_key"].(string)
	busy := newBusyStore(w.store)
	w.as(func(o *web.Options) {
		o.Store, o.Limits, o.Sources = busy, collect.Limits{AtOnce: 3}, sources.NewRegistry(pigeon{})
		o.WebhooksAtOnce = 3
	})
	hook := strings.TrimPrefix(w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)["webhook_url"].(string), "https://ringback.example.com")
	leads := 0
	takesLeads := func() {
		leads++
		require.Equal(t, http.StatusAccepted, w.page().post("leads", lead(fmt.Sprintf("turn-%d", leads), "visitor-0123456789", "")).Code)
		w.must("POST", "/sites/{site}/leads", fmt.Sprintf(`{"external_id":"turn-%d","email":"visitor@example.com"}`, leads))
	}
	finish := func(requests *sync.WaitGroup, all int) {
		for range all {
			busy.end <- struct{}{}
		}
		requests.Wait()
		for len(busy.begun) > 0 {
			<-busy.begun
		}
		require.LessOrEqual(t, busy.top.Load(), int64(3))
	}

	const many = 8
	var views sync.WaitGroup
	p, q := w.page(), w.page()
	q.key = other
	see := func(p page, n int) {
		views.Go(func() {
			require.Equal(t, http.StatusOK, p.post("views", view(fmt.Sprintf("%s-%d", p.key[:4], n), "visitor-0123456789", "")).Code)
		})
	}
	for n := range many {
		see(p, n)
	}
	site := <-busy.begun
	require.Equal(t, site, <-busy.begun)
	takesLeads()
	require.Empty(t, busy.begun, "one site has all places but one")
	see(q, 1)
	require.NotEqual(t, site, <-busy.begun)
	takesLeads()
	finish(&views, many+1)

	var messages sync.WaitGroup
	for range many {
		messages.Go(func() {
			r := w.request(http.MethodPost, "//root"+hook, "", "call and lead")
			r.Header.Set("X-Signature", "good")
			require.Equal(t, http.StatusOK, w.serve(r).Code)
		})
	}
	require.Equal(t, "webhook", <-busy.begun)
	takesLeads()
	finish(&messages, many)
}

// TestG6_LargeRequestsLeaveRoomForReports has one account look for people on a large site, many
// times at once. Another account has its turn, and leads are accepted.
func TestG6_LargeRequestsLeaveRoomForReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	busy := newBusyStore(w.store)
	w.as(func(o *web.Options) { o.Store, o.LargeAtOnce = busy, 3 })
	const many = 8
	var requests sync.WaitGroup
	erase := func(site, token string) {
		requests.Go(func() {
			r := w.request("POST", "/sites/"+site+"/erase", token, `{"phone":"+12025550123"}`)
			require.Equal(t, http.StatusOK, w.serve(r).Code)
		})
	}
	for range many {
		erase(w.names["site"], w.tokens["admin"])
	}
	<-busy.begun
	<-busy.begun
	w.must("POST", "/sites/{site}/leads", sampleLead)
	require.Empty(t, busy.begun, "one account has all places but one")
	others := w.request("POST", "/sites", w.tokens["stranger"], `{"name":"Other","domains":["www.example.org"]}`)
	erase(decode(t, w.serve(others))["id"].(string), w.tokens["stranger"])
	<-busy.begun
	for range many + 1 {
		busy.end <- struct{}{}
	}
	requests.Wait()
	require.LessOrEqual(t, busy.top.Load(), int64(3))
}

// TestM10_ViewsThatAreShownNumbersAreStoredAtOnce has page views of a site with a pool share
// transactions, as those of other sites do: more of them are stored at once than of other requests.
func TestM10_ViewsThatAreShownNumbersAreStoredAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const many = 8
	p, busy := pooled(w, many), newBusyStore(w.store)
	w.as(func(o *web.Options) {
		o.Store, o.Limits = busy, collect.Limits{AtOnce: 2, ViewsAtOnce: many + 1}
	})
	var views sync.WaitGroup
	for n := range many {
		views.Go(func() {
			if code := p.post("views", view(fmt.Sprint("view-", n), fmt.Sprint("visitor-0123456789-", n), "")).Code; code != http.StatusOK {
				t.Error(code)
			}
		})
	}
	for n := range many {
		select {
		case <-busy.begun:
		case <-time.After(time.Minute):
			t.Fatal("only so many are stored at once:", n)
		}
	}
	close(busy.end)
	views.Wait()
}

// TestG6_AVerifiedMessageBeyondThoseThatWaitIsRefused has more messages of one source at
// once than have a place or may wait.
func TestG6_AVerifiedMessageBeyondThoseThatWaitIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	busy := newBusyStore(w.store)
	w.as(func(o *web.Options) {
		o.Store, o.Limits, o.Sources = busy, collect.Limits{AtOnce: 3}, sources.NewRegistry(pigeon{})
		o.WebhooksAtOnce = 2
	})
	hook := strings.TrimPrefix(w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)["webhook_url"].(string), "https://ringback.example.com")
	const many, taken = 1100, 1001 // one of the source is stored while 1,000 wait
	codes := make(chan int, many)
	for range many {
		go func() {
			r := w.request(http.MethodPost, "//root"+hook, "", "call and lead")
			r.Header.Set("X-Signature", "good")
			codes <- w.serve(r).Code
		}()
	}
	for range many - taken {
		require.Equal(t, http.StatusTooManyRequests, <-codes)
	}
	for range taken {
		busy.end <- struct{}{}
	}
	for range taken {
		require.Equal(t, http.StatusOK, <-codes)
	}
}
