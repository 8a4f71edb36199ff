package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/web"
	"ringback/web/collect"
)

func TestOnlyTheSitesOwnPagesMaySend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	metrics := newTally()
	w.as(func(o *web.Options) { o.Metrics = metrics })
	w.must("PATCH", "/sites/{site}/script", `{"origins":["https://shop.example.net:8443"]}`)
	p := w.page()
	for origin, allowed := range map[string]bool{
		"https://www.example.com": true, "http://www.example.com": true, "https://www.example.com:8443": true,
		"https://shop.www.example.com": true, "https://shop.example.net:8443": true,
		"": false, "null": false, "https://example.com": false, "https://www.example.com.example.net": false,
		"https://notwww.example.com": false, "https://shop.example.net": false, "https://a.shop.example.net:8443": false,
		"https://www.example.com@example.net": false, "https://www.example.com/": false, "www.example.com": false,
		"ftp://www.example.com": false, "chrome-extension://www.example.com": false, "https://www.example.com, https://example.net": false, "%": false,
	} {
		p.origin = origin
		for what, body := range map[string]string{"views": view("1", visitor, ""), "leads": lead("1", visitor, ""), "ids": `{"visitor":"` + visitor + `"}`, "forget": `{"visitor":"` + visitor + `"}`} {
			answer := p.post(what, body)
			require.Equal(t, "Origin", answer.Header().Get("Vary"))
			if allowed {
				require.Less(t, answer.Code, 300, "%s: %s", origin, answer.Body)
				require.Equal(t, origin, answer.Header().Get("Access-Control-Allow-Origin"))
				continue
			}
			require.Equal(t, http.StatusForbidden, answer.Code, origin)
			require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"))
			require.NotContains(t, answer.Header(), "Access-Control-Allow-Origin", origin)
			require.NotContains(t, answer.Body.String(), "example.net")
		}
	}
	require.Equal(t, 14*4, metrics.counts["refused origin"])
	twice := w.request(http.MethodPost, "//root/s/"+p.key+"/views", "", view("1", visitor, ""))
	twice.Header["Origin"] = []string{"https://www.example.com", "https://example.net"}
	require.Equal(t, http.StatusForbidden, w.serve(twice).Code, "two origins are none")
}

func TestBodiesOfScriptsThatCannotBeUsedAreRefusedForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	metrics := newTally()
	w.as(func(o *web.Options) { o.Metrics = metrics })
	big := func(n int) string { return `,"referrer":"` + strings.Repeat("x", n) + `"` }
	for _, c := range []struct {
		name, what, body string
		status           int
	}{
		{"not JSON", "views", "{", 400},
		{"nothing", "leads", "", 400},
		{"a list", "leads", "[]", 400},
		{"null", "ids", "null", 400},
		{"no id", "views", `{"visitor":"` + visitor + `","kind":"navigate","url":"https://www.example.com/"}`, 400},
		{"short id", "leads", strings.Replace(lead("1", visitor, ""), "lead-0123456789-1", "lead-1", 1), 400},
		{"long id", "leads", lead(strings.Repeat("x", 64), visitor, ""), 400},
		{"id with a plus", "leads", lead("+", visitor, ""), 400},
		{"visitor with a slash", "forget", `{"visitor":"visitor/0123456789"}`, 400},
		{"visitor of another type", "leads", strings.Replace(lead("1", "x", ""), `"x"`, `{"a":1}`, 1), 400},
		{"no page", "views", view("1", visitor, `,"url":"file:///etc/passwd"`), 400},
		{"no kind", "views", view("1", visitor, `,"kind":"form"`), 400},
		{"a view as large as it may be", "views", view("1", visitor, big(15<<10)), 200},
		{"a view that is larger", "views", view("2", visitor, big(16<<10)), 413},
		{"a lead as large as it may be", "leads", lead("1", visitor, big(63<<10)), 202},
		{"a lead that is larger", "leads", lead("2", visitor, big(64<<10)), 413},
		{"ids that are larger", "ids", `{"visitor":"` + visitor + `"` + big(16<<10) + `}`, 413},
		{"forget that is larger", "forget", `{"visitor":"` + visitor + `"` + big(16<<10) + `}`, 413},
	} {
		answer := p.post(c.what, c.body)
		require.Equal(t, c.status, answer.Code, "%s: %s", c.name, answer.Body)
		require.Equal(t, p.origin, answer.Header().Get("Access-Control-Allow-Origin"), c.name)
		if c.status >= 400 {
			require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"), c.name)
		}
	}
	require.Equal(t, 16, metrics.counts["refused body"])
	require.Empty(t, metrics.counts["refused origin"])
}

func TestTheContentTypeOfAScriptsRequestDoesNotMatter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	for i, given := range []string{"", "text/plain", "application/json", "application/x-www-form-urlencoded", "nonsense"} {
		r := w.request(http.MethodPost, "//root/s/"+p.key+"/views", "", view(fmt.Sprint(i), visitor, ""))
		r.Header.Set("Content-Type", given)
		r.Header.Set("Origin", p.origin)
		r.Header.Set("User-Agent", chrome)
		require.Equal(t, http.StatusOK, w.serve(r).Code, given)
	}
}

func TestAnUnknownKeyIsA404AndOtherMethodsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	metrics := newTally()
	w.as(func(o *web.Options) { o.Metrics = metrics })
	unknown := p
	unknown.key = "unknown"
	answer := unknown.post("views", view("1", visitor, ""))
	require.Equal(t, http.StatusNotFound, answer.Code)
	require.NotContains(t, answer.Header(), "Access-Control-Allow-Origin")
	require.Equal(t, 1, metrics.counts["refused key"])
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		require.GreaterOrEqual(t, w.do(method, "//root/s/"+p.key+"/views", "", "").Code, 400, method)
	}
	w.must("PATCH", "/sites/{site}", `{"domains":["other.example.com"]}`)
	require.Equal(t, http.StatusForbidden, p.post("views", view("1", visitor, "")).Code, "a change is seen at once")
	require.Equal(t, http.StatusNoContent, w.do("DELETE", "/sites/{site}", adminToken, "").Code)
	require.Equal(t, http.StatusNotFound, p.post("views", view("1", visitor, "")).Code)
}

// limited serves the world with limits.
func limited(w *world, l collect.Limits) *tally {
	metrics := newTally()
	w.as(func(o *web.Options) { o.Limits, o.Metrics = l, metrics })
	return metrics
}

// A customer of an IPv6 provider has a /48 with 65,536 networks.
func TestG6_AWideNetworkHasTheAllowanceOfTenAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	limited(w, collect.Limits{RequestsPerAddress: 1000, LeadsPerAddress: 0.1})
	p := w.page()
	accepted := 0
	for i := range 60 {
		p.address = fmt.Sprintf("[2001:db8:1:%x::1]:1", i)
		if p.post("leads", lead(fmt.Sprint(i), visitor, "")).Code == http.StatusAccepted {
			accepted++
		}
	}
	require.Equal(t, 30, accepted, "three at once for each of ten addresses")
	p.address = "[2001:db8:2::1]:1"
	require.Equal(t, http.StatusAccepted, p.post("leads", lead("other", visitor, "")).Code)
}

// Each withdrawal of consent stores a row, also of a visitor that is not known.
func TestG6_AnAddressWithdrawsConsentATenthAsOften(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	limited(w, collect.Limits{RequestsPerAddress: 20})
	p := w.page()
	stored := 0
	for i := range 60 {
		body := fmt.Sprintf(`{"visitor":"visitor-0123456789-%d"}`, i)
		if p.post("forget", body).Code == http.StatusNoContent {
			stored++
		}
	}
	require.Equal(t, 20, stored)
	w.clock.Advance(time.Second)
	require.Equal(t, http.StatusNoContent, p.post("forget", `{"visitor":"`+visitor+`"}`).Code)
}

func TestAddressOverItsRateIsRefusedWithRetryAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	metrics := limited(w, collect.Limits{RequestsPerAddress: 2, LeadsPerAddress: 0.1})
	p := w.page()
	ids := `{"visitor":"` + visitor + `"}`
	for range 10 {
		require.Equal(t, http.StatusNoContent, p.post("ids", ids).Code, "a burst is fine")
	}
	over := p.post("ids", ids)
	require.Equal(t, http.StatusTooManyRequests, over.Code)
	require.Equal(t, "1", over.Header().Get("Retry-After"))
	require.Equal(t, p.origin, over.Header().Get("Access-Control-Allow-Origin"), "the script can see it")
	require.Contains(t, over.Body.String(), `"code":"rate_limited"`)
	require.Equal(t, 1, metrics.counts["refused rate"])
	unknown := p
	unknown.key = "unknown"
	require.Equal(t, http.StatusTooManyRequests, unknown.post("ids", ids).Code, "no key is looked up for it")

	other := p
	other.address = "192.0.2.2:1"
	require.Equal(t, http.StatusNoContent, other.post("ids", ids).Code, "others go on")
	w.clock.Advance(500 * time.Millisecond)
	require.Equal(t, http.StatusNoContent, p.post("ids", ids).Code)
	require.Equal(t, http.StatusTooManyRequests, p.post("ids", ids).Code)

	w.clock.Advance(time.Hour)
	for i := range 3 {
		require.Equal(t, http.StatusAccepted, p.post("leads", lead(fmt.Sprint(i), visitor, "")).Code)
	}
	over = p.post("leads", lead("3", visitor, ""))
	require.Equal(t, http.StatusTooManyRequests, over.Code, "leads have a limit of their own")
	require.Equal(t, "10", over.Header().Get("Retry-After"))
	require.Equal(t, http.StatusNoContent, p.post("ids", ids).Code)
}

func TestASiteThatGetsTooMuchIsLimitedAndOthersAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	limited(w, collect.Limits{RequestsPerSite: 2})
	p := w.page()
	post := func(p page, i int) int {
		p.address = fmt.Sprintf("192.0.2.%d:1", i)
		return p.post("ids", `{"visitor":"`+visitor+`"}`).Code
	}
	for i := range 4 {
		require.Equal(t, http.StatusNoContent, post(p, i))
	}
	require.Equal(t, http.StatusTooManyRequests, post(p, 5))
	other := p
	other.key = w.must("POST", "/sites", `{"name":"Another","domains":["www.example.com"]}`)["script_key"].(string)
	require.Equal(t, http.StatusNoContent, post(other, 5))
	w.clock.Advance(time.Second)
	require.Equal(t, http.StatusNoContent, post(p, 5))
}

func TestLimitsCountBehindProxiesAndByNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	send := func(address, forwarded string) int {
		p.address, p.forwarded = address, forwarded
		return p.post("ids", `{"visitor":"`+visitor+`"}`).Code
	}
	w.as(func(o *web.Options) {
		o.Limits, o.TrustedProxies = collect.Limits{RequestsPerAddress: 0.2}, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	})
	require.Equal(t, http.StatusNoContent, send("10.0.0.1:1", "192.0.2.1"))
	require.Equal(t, http.StatusNoContent, send("10.0.0.1:1", "192.0.2.2"), "each visitor by itself")
	require.Equal(t, http.StatusTooManyRequests, send("10.0.0.2:1", "203.0.113.7, 192.0.2.1"), "whatever a visitor claims before it")
	require.Equal(t, http.StatusNoContent, send("192.0.2.3:1", "192.0.2.4"))
	require.Equal(t, http.StatusTooManyRequests, send("192.0.2.3:1", "192.0.2.5"), "who is no proxy of ours is believed nothing")
	require.Equal(t, http.StatusNoContent, send("[2001:db8:1:1::1]:1", ""))
	require.Equal(t, http.StatusTooManyRequests, send("[2001:db8:1:1:ffff::2]:1", ""), "a /64 is one address")
	require.Equal(t, http.StatusNoContent, send("[2001:db8:1:2::1]:1", ""))
}

// A page that reports invented sessions does not exhaust a pool.
func TestM10_ManySessionsOfOneAddressDoNotExhaustAPool(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 50)
	metrics := limited(w, collect.Limits{NewSessionsPerAddress: 2})
	views := 0
	see := func(p page, who int) map[string][]string {
		views++
		return p.see(view(fmt.Sprint(views), fmt.Sprintf("visitor-0123456789-%d", who), "")).Numbers
	}
	first := see(p, 1)
	require.Len(t, first["12025550170"], 5, "in all forms that pages use")
	require.NotEmpty(t, see(p, 2))
	require.Empty(t, see(p, 3))
	require.Equal(t, 1, metrics.counts["withheld"])
	require.Equal(t, first, see(p, 1), "who was there before keeps the number")
	other := p
	other.address = "192.0.2.2:1"
	require.NotEmpty(t, see(other, 4), "others get theirs")
	require.Empty(t, see(p, 3), "coming back is no way around")

	again := func(who, click int) map[string][]string { // each arrival starts a new session of a known visitor
		views++
		w.clock.Advance(time.Minute)
		more := fmt.Sprintf(`,"url":"https://www.example.com/?gclid=click-%d"`, click)
		return p.see(view(fmt.Sprint(views), fmt.Sprintf("visitor-0123456789-%d", who), more)).Numbers
	}
	require.NotEmpty(t, again(1, 1))
	require.Empty(t, again(1, 2), "nor do the same visitors' ever new sessions")
	w.clock.Advance(5 * time.Minute)
	require.Equal(t, 3, metrics.counts["withheld"])
	require.NotEmpty(t, see(p, 5), "after a while there may be more")
}

func TestExhaustedPoolsAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pool := w.must("POST", "/sites/{site}/pools", `{"name":"A","replaces":["+442079460100"],"default_number":"+442079460199"}`)["id"].(string)
	metrics := limited(w, collect.Limits{})
	require.Equal(t, map[string][]string{"442079460100": {"442079460199", "020 7946 0199", "+44 20 7946 0199", "+44 (0)20 7946 0199", "020 7946 0199"}}, w.page().see(view("1", visitor, "")).Numbers)
	require.Equal(t, 1, metrics.counts["dry "+pool])
	require.Equal(t, 1, metrics.counts["view new_session"])
	w.page().see(view("2", visitor, ""))
	require.Equal(t, 1, metrics.counts["view continued"])
}

func TestBotsMakeNoVisits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	metrics := limited(w, collect.Limits{})
	p, spider, unnamed := w.page(), w.page(), w.page()
	spider.userAgent, unnamed.userAgent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", ""
	for i, bot := range []struct {
		page page
		more string
	}{{spider, ""}, {unnamed, ""}, {p, `,"bot":true`}} {
		who := fmt.Sprintf("visitor-0123456789-%d", i)
		answer := bot.page.post("views", view(fmt.Sprint(i), who, bot.more))
		require.Equal(t, http.StatusOK, answer.Code)
		require.JSONEq(t, `{"session":"","numbers":{}}`, answer.Body.String())
		require.Equal(t, http.StatusAccepted, bot.page.post("leads", lead(fmt.Sprint(i), who, bot.more+`,"email":"visitor@example.com","tags":["sales"]`)).Code)
		require.Empty(t, w.sessions(who), "neither the view nor the lead is a visit")
		detail, _ := w.stored(fmt.Sprint(i))
		require.Equal(t, "visitor@example.com", detail["email"], "the lead is kept")
		require.Contains(t, fmt.Sprint(detail["tags"]), "label:bot", "and says what it is")
		require.NotContains(t, detail, "session_id")
	}
	require.Equal(t, 3, metrics.counts["view bot"])
	person := `,"email":"visitor@example.com"`
	require.Equal(t, http.StatusAccepted, p.post("leads", lead("9", visitor, person)).Code)
	detail, _ := w.stored("9")
	require.NotContains(t, fmt.Sprint(detail["tags"]), "bot")
}
