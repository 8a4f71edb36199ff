package tracker_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func brokenDown(post) reply { return reply{down: true} }

// queue evaluates to the entries that wait in the browser.
const queue = `Object.entries(localStorage).filter(([name]) => name.startsWith("_rb_q")).map(([, entry]) => JSON.parse(entry))`

const emptyQueue = queue + `.length === 0`

// queued returns an expression that is true if an entry of the queue contains text.
func queued(text string) string { return "JSON.stringify(" + queue + ").includes(`" + text + "`)" }

func TestR3_LeadIsKeptWhileTheServerIsDown(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.answers(brokenDown)
	tab.open(s.at("/?gclid=landing"))
	s.next("views")
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	tab.wait(queue + `.length === 2`)
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
	s.answers(func(post) reply { return reply{status: http.StatusServiceUnavailable} })
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
	require.True(t, came["in_page"], "a later view is sent before the lead")
	tab.wait(emptyQueue)
	s.quiet()
}

func TestR3_LeadIsSentAgainInThePage(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.arrive(s)
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
	tab.arrive(s)
	s.answers(func(post) reply { return reply{status: http.StatusBadRequest} })
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	s.next("leads")
	tab.wait(emptyQueue)
	s.answers(func(post) reply { return reply{status: http.StatusForbidden} })
	tab.run(`ringback("lead", {phone: "+12025550124"})`)
	s.next("leads")
	tab.wait(queued("+12025550124"))
}

func TestR3_LeadIsSentWhenTheDeviceIsOnlineAgain(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.arrive(s)
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
	tab.wait("!" + queued("claimed"))
	s.quiet()
	offline(false)
	require.Equal(t, "+12025550123", s.next("leads").fields()["phone"])
	tab.wait(emptyQueue)
}

func TestTabsDoNotSendTheSameEntry(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	const noClaimEnds = timeStandsStill + `const timer = setTimeout; window.setTimeout = (fn, ms, ...rest) => ms === 10_000 || timer(fn, ms, ...rest)`
	tab.before(noClaimEnds)
	tab.arrive(s)
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
	second.before(noClaimEnds)
	second.open(s.at("/second"))
	s.next("views")
	eval[any](second, followAnswer)
	second.run(`dispatchEvent(new Event("online")); ringback("page")`)
	s.next("views")
	tab.wait(queue + `.length === 1`)
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
	tab.run(`for (let i = 0; i < 60; i++) ringback("page");
		for (let i = 0; i < 60; i++) ringback("lead", {phone: "+120255501" + (10 + i)})`)
	counts := eval[[]int](tab, `["views", "leads"].map(to => `+queue+`.filter(e => e.to === to).length)`)
	require.LessOrEqual(t, counts[0], 51, "including one that is stored again after it was sent")
	require.LessOrEqual(t, counts[1], 51)
	require.True(t, eval[bool](tab, queued("+12025550169")), "the oldest are dropped")
	require.False(t, eval[bool](tab, queued("+12025550110")))
}

// TestForeignStorageIsHarmless meets entries with the script's names that the script
// has not written.
func TestForeignStorageIsHarmless(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(`if (!localStorage.seen) Object.assign(localStorage, {seen: 1, _rb_q: "[1]", _rb_q1: "null", _rb_q2: '{"to":"views"}', _rb_q3: "x", _rb_n: "{", _rb_v: "<>"})`)
	tab.open(s.at("/"))
	for { // entries that are not views are dropped when the server rejects them
		p := s.next("views")
		if p.Body["kind"] == "navigate" {
			break
		}
	}
	tab.wait(`document.body.innerText.includes("202-555-0143")`)
}

// TestR3_OneEntryDoesNotBlockOthers has a lead whose connection always breaks.
func TestR3_OneEntryDoesNotBlockOthers(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.arrive(s)
	s.answers(func(p post) reply {
		r := well(p)
		r.down = p.Body["form"] == "poison"
		return r
	})
	tab.run(`ringback("lead", {form: "poison", phone: "+12025550123"}); ringback("lead", {form: "next", phone: "+12025550123"})`)
	for s.first("leads").Body["form"] != "next" {
	}
	tab.wait(queue + `.length === 1`)
	s.answers(nil)
	require.Equal(t, "poison", s.first("leads").Body["form"], "it is retried")
	tab.wait(emptyQueue)
}

func TestR3_LeadTooLargeToOutliveThePageIsSent(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.arrive(s)
	tab.run(`ringback("lead", {phone: "+12025550123", tags: Array(40).fill("я".repeat(1000))})`)
	require.Len(t, s.next("leads").Body["tags"], 40)
	tab.wait(emptyQueue)
}

func TestLongAddressesAreCut(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	start := s.at("/?q=")
	tab.open(start + strings.Repeat("a", 1999-len(start)) + "%20" + strings.Repeat("b", 70_000))
	require.Equal(t, start+strings.Repeat("a", 1999-len(start))+"%", s.next("views").Body["url"], "the server drops the incomplete escape")
	tab.wait(emptyQueue)
}

// TestR3_TabsDoNotOverwriteEachOther has another tab add a lead at the moment at
// which this tab writes.
func TestR3_TabsDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.arrive(s)
	s.answers(brokenDown)
	other := tab.another()
	other.open(s.at("/other"))
	other.run(`ringback("lead", {form: "other", phone: "+12025550123"}); window.theirs = ` + queue + `.find(e => e.body.form === "other")`)
	theirs := eval[string](other, `JSON.stringify(theirs)`)
	tab.run(`for (const name in localStorage) if (localStorage[name].includes?.('"other"')) delete localStorage[name];
		const text = JSON.stringify; JSON.stringify = what => { localStorage["_rb_q1-2-3-4567890123"] = text(` + theirs + `); return text(what) };
		ringback("lead", {form: "own", phone: "+12025550123"}); JSON.stringify = text`)
	require.True(t, eval[bool](tab, queued(`"own"`)))
	require.True(t, eval[bool](tab, queued(`"other"`)))
}

func TestR3_UnconfirmedEntryIsStoredAgain(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.arrive(s)
	hold := make(chan struct{})
	s.answers(func(post) reply { return reply{status: http.StatusServiceUnavailable, wait: hold} })
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	s.next("leads")
	tab.run(`localStorage.clear()`)
	close(hold)
	tab.wait(queued("+12025550123"))
}

func TestClaimInTheFutureIsIgnored(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(`localStorage["_rb_q1-2-3-4567890123"] ||= JSON.stringify({to: "leads", at: Date.now(), claimed: Date.now() + 86_400_000, body: {form: "claimed"}})`)
	tab.open(s.at("/"))
	s.next("views")
	lead := s.next("leads")
	require.Equal(t, "claimed", lead.Body["form"])
	require.Equal(t, "1-2-3-4567890123", lead.Body["id"])
}
