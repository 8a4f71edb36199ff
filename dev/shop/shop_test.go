package shop_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/dev/shop"
)

const tag = `<script async src="https://ringback.example.com/s/sample.js"></script>`

// actions stands in for Ringback.
type actions struct {
	called *string
	lead   string
	err    error
}

func (a actions) Call(_ context.Context, number string) (string, error) {
	*a.called = number
	return "/thanks", a.err
}

func (a actions) LastLead(context.Context) (string, error) { return a.lead, a.err }

// visit returns a browser that has opened the shop.
func visit(t *testing.T, a actions) (browser *http.Client, address string) {
	t.Helper()
	site, err := shop.New(tag, a)
	require.NoError(t, err)
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	cookies, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: cookies}, server.URL
}

func get(t *testing.T, browser *http.Client, address string) (int, string) {
	t.Helper()
	answer, err := browser.Get(address)
	require.NoError(t, err)
	return read(t, answer)
}

func read(t *testing.T, answer *http.Response) (int, string) {
	t.Helper()
	defer func() { require.NoError(t, answer.Body.Close()) }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

func TestEveryPageOfTheShopCarriesTheTagAndTheNumber(t *testing.T) {
	t.Parallel()
	browser, address := visit(t, actions{})
	for _, path := range []string{"/", "/contact", "/thanks"} {
		status, page := get(t, browser, address+path)
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, page, tag, path)
		require.Contains(t, page, `href="tel:&#43;12025550100">(202) 555-0100</a>`, path)
	}
	_, page := get(t, browser, address+"/contact")
	require.Contains(t, page, `data-ringback="Call me back"`)
}

func TestTheAdSetsRTBHousesCookieOnce(t *testing.T) {
	t.Parallel()
	browser, address := visit(t, actions{})
	at, err := url.Parse(address)
	require.NoError(t, err)
	_, page := get(t, browser, address+"/ad")
	require.NotContains(t, page, tag, "it is not the shop's page")
	require.Contains(t, page, "utm_medium=cpc")
	require.Contains(t, page, "gclid=sample-click-")
	first := browser.Jar.Cookies(at)
	require.Equal(t, shop.RTBHouseCookie, first[0].Name)
	get(t, browser, address+"/ad")
	require.Equal(t, first, browser.Jar.Cookies(at), "a second look is the same visitor's")
}

func TestTheTelephoneCallsTheNumberThatThePageShows(t *testing.T) {
	t.Parallel()
	for shown, want := range map[string]string{"+12025550143": "+12025550143", "(202) 555-0143": "+12025550143"} {
		var called string
		browser, address := visit(t, actions{called: &called})
		answer, err := browser.PostForm(address+"/call", url.Values{"number": {shown}})
		require.NoError(t, err)
		status, page := read(t, answer)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "Thank you", "it leads to what became of the call")
		require.Equal(t, want, called)
	}
}

func TestWhatDoesNotWorkIsSaid(t *testing.T) {
	t.Parallel()
	var called string
	browser, address := visit(t, actions{called: &called, err: errors.New("the call is still waiting")})
	answer, err := browser.PostForm(address+"/call", url.Values{"number": {shop.Number}})
	require.NoError(t, err)
	status, page := read(t, answer)
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, page, "the call is still waiting")

	answer, err = browser.PostForm(address+"/call", url.Values{"number": {"none"}})
	require.NoError(t, err)
	status, _ = read(t, answer)
	require.Equal(t, http.StatusBadRequest, status)

	browser, address = visit(t, actions{})
	status, page = get(t, browser, address+"/last-lead")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, page, "no lead of this shop yet")
}

func TestAnOrdinaryFormLeavesThePage(t *testing.T) {
	t.Parallel()
	browser, address := visit(t, actions{lead: "/thanks"})
	answer, err := browser.PostForm(address+"/contact", url.Values{"phone": {"(202) 555-0127"}})
	require.NoError(t, err)
	_, page := read(t, answer)
	require.Contains(t, page, "Thank you")
	_, page = get(t, browser, address+"/last-lead")
	require.Contains(t, page, "Thank you", "it leads to the lead")
}
