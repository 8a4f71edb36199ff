package script_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func brokenDown(post) reply { return reply{down: true} }

const emptyQueue = `localStorage._rb_q === "[]"`

func TestR3_LeadIsKeptWhileTheServerIsDown(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.answers(brokenDown)
	tab.open(s.at("/?gclid=landing"))
	s.next("views")
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	tab.wait(`JSON.parse(localStorage._rb_q).length === 2`)
	s.answers(nil)
	tab.open(s.at("/second"))
	came := map[string]bool{}
	for !came["leads"+s.at("/?gclid=landing")] || !came["views"+s.at("/?gclid=landing")] || !came["views"+s.at("/second")] {
		p := <-s.posts
		came[p.To+p.Body["url"].(string)] = true
	}
}

func TestViewsAreSentBeforeLeads(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.answers(brokenDown)
	tab.open(s.at("/"))
	s.next("views")
	tab.run(`ringback("lead", {phone: "+12025550123"}); ringback("page")`)
	s.answers(nil)
	came := map[any]bool{}
	for p := range s.posts {
		came[p.Body["kind"]] = true
		if p.To == "leads" {
			break
		}
	}
	require.True(t, came["in_page"], "a view that is later than the lead, and yet before it")
	tab.wait(emptyQueue)
	s.quiet()
}

func TestR3_LeadIsSentAgainInThePage(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	s.next("views")
	eval[any](tab, followAnswer)
	busy := func(post) reply {
		return reply{status: http.StatusServiceUnavailable, headers: map[string]string{"Retry-After": "3"}}
	}
	s.answers(busy)
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	first := s.next("leads")
	s.answers(nil)
	again := s.next("leads")
	require.Equal(t, first.Body["id"], again.Body["id"])
	require.GreaterOrEqual(t, again.At.Sub(first.At), 2900*time.Millisecond, "not before Retry-After")
	require.GreaterOrEqual(t, again.Body["ago"], 2900.0)
	tab.wait(emptyQueue)
}

func TestRefusedBodyIsDropped(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	s.next("views")
	eval[any](tab, followAnswer)
	s.answers(func(post) reply { return reply{status: http.StatusBadRequest} })
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	s.next("leads")
	tab.wait(emptyQueue)
	s.answers(func(post) reply { return reply{status: http.StatusForbidden} })
	tab.run(`ringback("lead", {phone: "+12025550124"})`)
	s.next("leads")
	tab.wait(`localStorage._rb_q.includes("+12025550124")`)
}

func TestR3_LeadIsSentWhenTheDeviceIsOnlineAgain(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	s.next("views")
	eval[any](tab, followAnswer)
	offline := func(offline bool) {
		_, err := chromedp.Call(tab.ctx, network.Enable, network.EnableParams{})
		require.NoError(t, err)
		_, err = chromedp.Call(tab.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		require.NoError(t, err)
		_, err = chromedp.Call(tab.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
		})
		require.NoError(t, err)
	}
	offline(true)
	tab.wait(`!navigator.onLine`)
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	tab.wait(`localStorage._rb_q.includes('"claimed":0')`)
	s.quiet()
	offline(false)
	require.Equal(t, "+12025550123", s.next("leads").fields()["phone"])
	tab.wait(emptyQueue)
}

func TestOneTabSendsWhatAnotherIsNotSending(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	const timeStandsStill = `Date.now = () => 1e12; AbortSignal.timeout = undefined`
	tab.before(timeStandsStill)
	tab.open(s.at("/"))
	s.next("views")
	eval[any](tab, followAnswer)
	hold := make(chan struct{})
	s.answers(func(p post) reply {
		r := well(p)
		if p.To == "leads" {
			r.wait = hold
		}
		return r
	})
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	s.next("leads")
	second := tab.another()
	second.before(timeStandsStill)
	second.open(s.at("/second"))
	s.next("views")
	eval[any](second, followAnswer)
	second.run(`dispatchEvent(new Event("online")); ringback("page")`)
	s.next("views")
	close(hold)
	second.wait(emptyQueue)
	s.quiet()
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.answers(brokenDown)
	tab.open(s.at("/"))
	s.next("views")
	tab.run(`for (let i = 0; i < 30; i++) ringback("page");
		for (let i = 0; i < 60; i++) ringback("lead", {phone: "+120255501" + (10 + i)})`)
	counts := eval[[]int](tab, `["views", "leads"].map(to => JSON.parse(localStorage._rb_q).filter(e => e.to === to).length)`)
	require.LessOrEqual(t, counts[0], 21)
	require.LessOrEqual(t, counts[1], 51)
	require.True(t, eval[bool](tab, `localStorage._rb_q.includes("+12025550169")`), "the oldest are dropped")
	require.False(t, eval[bool](tab, `localStorage._rb_q.includes("+12025550110")`))
}

// TestForeignStorageIsNoHarm meets entries of the script's names that it did not write.
func TestForeignStorageIsNoHarm(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(`if (!localStorage.seen) Object.assign(localStorage, {seen: 1, _rb_q: '[null,1,{"to":"views"},"x"]', _rb_n: "{", _rb_v: "<>"})`)
	tab.open(s.at("/"))
	for { // what is no view is dropped when the server says so
		p := s.next("views")
		if p.Body["kind"] == "navigate" {
			break
		}
	}
	tab.wait(`document.body.innerText.includes("202-555-0143")`)
}
