package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/outbound"
	"ringback/sitecheck"
	"ringback/tracker"
	"ringback/web"
)

// siteOf starts a web site with these pages by path.
func siteOf(t *testing.T, pages map[string]http.HandlerFunc) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for path, page := range pages {
		mux.HandleFunc("GET "+path, page)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func htmlPage(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(body))
	}
}

// reachOut makes the world send real requests, to private addresses only if that is allowed.
func (w *world) reachOut(allowPrivate bool) {
	client := outbound.New(outbound.Options{AllowPrivate: allowPrivate})
	w.t.Cleanup(client.Close)
	o := options(w.store, w.clock, w.relay, w.outside, w.log)
	o.Pages = client.Reading(sitecheck.MaxPage)
	var err error
	w.handler, err = web.New(o)
	require.NoError(w.t, err)
}

func TestCheckOfAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachOut(true)
	key := w.must("GET", "/sites/{site}", "")["script_key"].(string)
	address := "https://ringback.example.com/s/" + key + ".js"
	var long bytes.Buffer
	long.WriteString("<p>")
	for long.Len() < 300<<10 { // more than is read of a destination's answer
		long.WriteString("lorem ipsum ")
	}
	server := siteOf(t, map[string]http.HandlerFunc{
		"/{$}": htmlPage(`<html><head><script async src="` + address + `"></script></head><body><a href="tel:+12025550100">(202) 555-0100</a>
			<form data-ringback="contact"><input type="tel" name="tel"></form><p>+1 202-555-0141</p></body></html>`),
		"/strict": func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Add("Content-Security-Policy", "script-src 'self'")
			htmlPage(`<script async src="`+address+`"></script>`)(rw, r)
		},
		"/own":              htmlPage(`<script async src="/s/` + key + `.js"></script>`),
		"/s/" + key + ".js": func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("/* ringback 00000000 */")) },
		"/long":             htmlPage(long.String() + `<script async src="` + address + `"></script>`),
		"/needs":            htmlPage(`<script async src="` + address + `"></script><p>wa.me/12025550100</p>`),
		"/extended":         htmlPage(`<script async src="` + strings.TrimSuffix(address, ".js") + `-extended.js"></script><p>wa.me/12025550100</p>`),
		"/moved":            http.RedirectHandler("https://elsewhere.example.net/?secret=1", http.StatusMovedPermanently).ServeHTTP,
		"/data":             func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("{}")) },
	})
	w.must("PATCH", "/sites/{site}/script", `{"origins":["`+server.URL+`"]}`)
	w.names["server"], w.names["src"] = server.URL, address
	const path = "/sites/{site}/check"
	w.run(t, []scenario{
		{
			name: "everything is there", method: "POST", path: path, as: "editor", body: `{"url":"{server}/#top"}`, status: 200,
			holds: []string{
				`"url":"{server}/"`, `"script":{"found":true,"count":1,"url":"{src}","ours":true,"async":true,"version":"` + tracker.Version + `"}`,
				`{"name":"contact","marked":true,"ignored":false,"captured":true,"fields":[{"name":"tel","means":"phone"}]}`,
				`"replaced":[{"number":"+12025550100","texts":1,"links":1,"by":[{"id":"{pool}","name":"the pool Web site","to":"everybody"}]}]`,
				`{"number":"+12025550141","written":"+1 202-555-0141","links":0,"tracking":true}`, `"level":"problem","about":"numbers"`,
			},
		},
		{name: "a policy in the way", method: "POST", path: path, body: `{"url":"{server}/strict"}`, status: 200, holds: []string{`"level":"problem","about":"policy"`, "prevents the script from loading"}},
		{name: "in Russian", method: "POST", path: path + "?language=ru", body: `{"url":"{server}/strict"}`, status: 200, holds: []string{`"code":"policy_blocks_script","values":{"address":"https://ringback.example.com"}`, "страницы не даёт загрузить скрипт"}, lacks: []string{"prevents"}},
		{name: "another version at another address", method: "POST", path: path, body: `{"url":"{server}/own"}`, status: 200, holds: []string{`"ours":false`, `"version":"00000000"`, "has the version 00000000"}},
		{name: "a long page is read", method: "POST", path: path, body: `{"url":"{server}/long"}`, status: 200, holds: []string{`"found":true`}},
		{
			name: "M10: it needs the extended script", method: "POST", path: path, body: `{"url":"{server}/needs"}`, status: 200,
			holds: []string{`"level":"warning","about":"script","code":"extended_needed","values":{"needs":["addresses"]}`, "The page needs the extended script: an address"}, lacks: []string{`"extended":`},
		},
		{
			name: "M10: it has the extended script", method: "POST", path: path, body: `{"url":"{server}/extended"}`, status: 200,
			holds: []string{`"version":"` + tracker.ExtendedVersion + `","extended":true`, `"code":"extended_used"`}, lacks: []string{"extended_needed", `"replaced":[{`},
		},
		{name: "redirects are told, not followed", method: "POST", path: path, body: `{"url":"{server}/moved"}`, status: 200, holds: []string{"https://elsewhere.example.net/"}, lacks: []string{"secret"}},
		{name: "not HTML", method: "POST", path: path, body: `{"url":"{server}/data"}`, status: 200, holds: []string{"does not lead to a web page"}},
		{name: "not found", method: "POST", path: path, body: `{"url":"{server}/nothing"}`, status: 200, holds: []string{"the error 404"}},
		{name: "viewers do not send requests", method: "POST", path: path, as: "viewer", body: `{"url":"{server}/"}`, status: 403},
	})
	server.Close()
	w.run(t, []scenario{{name: "nobody answers", method: "POST", path: path, body: `{"url":"{server}/"}`, status: 200, holds: []string{"could not be fetched", `"level":"problem","about":"page"`}, lacks: []string{`"script"`}}})
}

// The check must not load pages of other people, or pages inside a private network.
func TestG9_OnlyTheSitesOwnPagesAreFetched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, url := range []string{
		"https://other.example.net/", "https://www.example.com.evil.example.net/", "https://example.com/", "ftp://www.example.com/",
		"file:///etc/passwd", "https://user:psychic@www.example.com/", "www.example.com", "//www.example.com/", "javascript:alert(1)",
		"https:www.example.com", "http://169.254.169.254/", "http://[::1]/", "", "https://", "https://www.example.com@evil.example.net/",
	} {
		answer := w.do("POST", "/sites/{site}/check", adminToken, `{"url":"`+url+`"}`)
		require.Equal(t, 422, answer.Code, "%s: %s", url, answer.Body)
		require.Contains(t, answer.Body.String(), `"field":"url"`)
		require.NotContains(t, answer.Body.String(), "psychic")
	}
	w.must("PATCH", "/sites/{site}", `{"domains":["www.example.com","203.0.113.7"]}`)
	ports := []string{"http://www.example.com:8080/a?b=c", "https://www.example.com:22/", "http://203.0.113.7/"}
	for _, url := range ports {
		require.Equal(t, 422, w.do("POST", "/sites/{site}/check", adminToken, `{"url":"`+url+`"}`).Code, "%s: domains are not verified", url)
	}
	w.must("PATCH", "/sites/{site}/script", `{"origins":["http://www.example.com:8080","http://203.0.113.7"]}`)
	for _, url := range []string{"https://www.example.com/", "https://SHOP.www.example.com:443/", ports[0], ports[2]} {
		require.Equal(t, 200, w.do("POST", "/sites/{site}/check", adminToken, `{"url":"`+url+`"}`).Code, url)
	}
}

func TestACheckDoesNotReachIntoPrivateNetworks(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	server := siteOf(t, map[string]http.HandlerFunc{"/": func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }})
	w := newWorld(t)
	w.reachOut(false)
	named := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	w.must("PATCH", "/sites/{site}/script", `{"origins":["`+server.URL+`","`+named+`"]}`)
	for _, url := range []string{server.URL, named} {
		answer := w.do("POST", "/sites/{site}/check", adminToken, `{"url":"`+url+`"}`)
		require.Equal(t, 200, answer.Code, answer.Body)
		require.Contains(t, answer.Body.String(), "private network")
	}
	require.Empty(t, asked)
}

// A page may be made to take long, and the same process accepts the calls of all sites.
func TestG6_FewPagesAreCheckedAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachOut(true)
	began, goOn := make(chan struct{}), make(chan struct{})
	server := siteOf(t, map[string]http.HandlerFunc{
		"/slow": func(rw http.ResponseWriter, r *http.Request) {
			began <- struct{}{}
			<-goOn
			htmlPage("<p></p>")(rw, r)
		},
		"/{$}": htmlPage("<p></p>"),
	})
	release := sync.OnceFunc(func() { close(goOn) })
	t.Cleanup(release)
	account := func() (sites [3]string, token string) {
		owner := w.must("POST", "/accounts", `{"name":"Another account"}`)["id"].(string)
		require.Equal(t, http.StatusOK, w.do("PATCH", "/accounts/"+owner+"/limits", adminToken, `{"limits":{"checks_at_once":2}}`).Code)
		r := w.request("POST", "/tokens", adminToken, `{"name":"editor","role":"editor"}`)
		r.Header.Set("Ringback-Account", owner)
		token = decode(t, w.serve(r))["token"].(string)
		for i := range sites {
			answer := w.do("POST", "/sites", token, `{"name":"Shop"}`)
			sites[i] = decode(t, answer)["id"].(string)
			answer = w.do("PATCH", "/sites/"+sites[i]+"/script", token, `{"origins":["`+server.URL+`"]}`)
			require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		}
		return sites, token
	}
	check := func(site, path, token string) int {
		return w.do("POST", "/sites/"+site+"/check", token, `{"url":"`+server.URL+path+`"}`).Code
	}
	slow := make(chan int, checksPerProcess)
	begin := func(site, token string) {
		go func() { slow <- check(site, "/slow", token) }()
		<-began
	}

	first, firstToken := account()
	second, secondToken := account()
	third, thirdToken := account()
	begin(first[0], firstToken)
	require.Equal(t, http.StatusConflict, check(first[0], "/", firstToken), "one check of a site at a time")
	require.Equal(t, http.StatusOK, check(first[1], "/", firstToken), "another site's page may be checked")
	begin(first[1], firstToken)
	require.Equal(t, http.StatusTooManyRequests, check(first[2], "/", firstToken), "two checks of an account at a time")
	begin(second[0], secondToken)
	begin(second[1], secondToken)
	require.Equal(t, http.StatusTooManyRequests, check(third[0], "/", thirdToken), "four checks in the process at a time")
	release()
	for range checksPerProcess {
		require.Equal(t, http.StatusOK, <-slow)
	}
	require.Equal(t, http.StatusOK, check(third[0], "/", thirdToken))
}

// checksPerProcess is how many pages are checked at the same time.
const checksPerProcess = 4

func TestChecksStandInTheAuditTrail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("POST", "/sites/{site}/check", `{"url":"https://www.example.com/contact?email=visitor@example.com"}`)
	answer := w.do("GET", "/audit?entity=site", adminToken, "")
	require.Contains(t, answer.Body.String(), `"action":"checked"`)
	require.Contains(t, answer.Body.String(), `"page":{"to":"https://www.example.com/contact"}`)
}

func TestCheckOfAPageNamesWhatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachOut(true)
	server := siteOf(t, map[string]http.HandlerFunc{"/{$}": htmlPage(`<form data-ringback></form><a href="tel:+12025550100">call</a>`)})
	w.must("PATCH", "/sites/{site}/script", `{"forms":"none","origins":["`+server.URL+`"]}`)
	w.must("PATCH", "/sites/{site}/pools/{pool}", `{"enabled":false}`)
	w.names["server"] = server.URL
	w.run(t, []scenario{{
		name: "off", method: "POST", path: "/sites/{site}/check", body: `{"url":"{server}/"}`, status: 200,
		holds: []string{"because the pool Web site is switched off", "1 form marked with data-ringback, but the settings turn no form into leads"},
	}})
}
