package listing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/internal/sourcestatus"
	"ringback/sources"
	"ringback/sources/listing"
)

var form = listing.Form(settings.Form{Credentials: []settings.Field{{Name: "signing_keys"}}},
	listing.Defaults{URL: "https://api.example.com/", DelayMinutes: 25, RequestsPerMinute: 6},
	[]settings.Field{{Name: "account"}}, []settings.Field{{Name: "api_key"}})

func options(name, value string) settings.Values {
	return settings.Values{Options: map[string]string{name: value}}
}

func TestOptionsOfAnAPIAreChecked(t *testing.T) {
	t.Parallel()
	require.Empty(t, listing.Check(form, settings.Values{}), "the defaults are right")
	for name, wrong := range map[string][]string{
		"time_zone": {"Mars/Olympus"}, "api_url": {"ftp://example.com", "example.com", "https://a:b@example.com", "https://example.com/?a=b", "%"},
		"api_since": {"yesterday"}, "api_delay_minutes": {"-1", "1441", "x"}, "api_every_minutes": {"0", "1441"}, "api_requests_per_minute": {"0", "601"},
	} {
		for _, value := range wrong {
			found := listing.Check(form, options(name, value))
			require.Len(t, found, 1, value)
			require.Equal(t, "options."+name, found[0].Path)
		}
	}
}

func TestAnAPINeedsAllOfItsSettingsOrNone(t *testing.T) {
	t.Parallel()
	missing := func(v settings.Values) []fault.Field {
		return listing.Complete(form, v, []string{"api_key"}, []string{"account"})
	}
	require.Empty(t, missing(settings.Values{Credentials: map[string]string{"signing_keys": "x"}}))
	require.Equal(t, "credentials.api_key", missing(options("account", "1"))[0].Path)
	require.Equal(t, "options.account", missing(settings.Values{Credentials: map[string]string{"api_key": "x"}})[0].Path)
	both := settings.Values{Options: map[string]string{"account": "1"}, Credentials: map[string]string{"api_key": "x"}}
	require.Empty(t, missing(both))
}

func TestG8_OnlyTheKeyOfTheAPIGoesToItsAddress(t *testing.T) {
	t.Parallel()
	before := settings.Values{Credentials: map[string]string{"signing_keys": "x", "api_key": "y"}}
	require.Equal(t, []string{"api_key"}, form.SentElsewhere(before, options("api_url", "https://other.example.com")))
}

func TestThePlanAndTheZone(t *testing.T) {
	t.Parallel()
	v := settings.Values{Options: map[string]string{"api_since": "2026-03-01T00:00:00Z", "api_every_minutes": "5", "time_zone": "Europe/Moscow", "api_tags": "at_end"}}
	require.Equal(t, listing.Plan{
		Since: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Delay: 25 * time.Minute, Every: 5 * time.Minute, RequestsPerMinute: 6,
	}, listing.PlanOf(form, v))
	require.Equal(t, "Europe/Moscow", listing.Zone(form, sources.Settings{Values: v, TimeZone: time.UTC}).String())
	require.Equal(t, time.UTC, listing.Zone(form, sources.Settings{TimeZone: time.UTC}))
	require.True(t, listing.TagsAtEnd(form, v))
	require.False(t, listing.TagsAtEnd(form, settings.Values{}))
	require.Equal(t, "https://api.example.com", listing.Address(form, v))
	q := listing.Query{From: time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}
	first, last := q.Days(listing.Zone(form, sources.Settings{Values: v}))
	require.Equal(t, []int{2, 2}, []int{first.Day(), last.Day()})
	first, _ = q.Days(nil)
	require.Equal(t, 1, first.Day())
}

// answering answers each request in the same way.
type answering struct {
	status int
	body   string
	err    error
}

func (a answering) Do(*http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{"Retry-After": {"7"}}, Body: io.NopCloser(bytes.NewBufferString(a.body))}, nil
}

func TestWhatKeepsAnAPIFromBeingRead(t *testing.T) {
	t.Parallel()
	request := listing.Request{URL: "https://api.example.com/calls", Query: url.Values{"key": {"sample-secret"}}}
	for _, test := range []struct {
		answer answering
		code   sourcestatus.Code
	}{
		{answering{status: 401}, sourcestatus.Refused}, {answering{status: 403}, sourcestatus.Refused}, {answering{status: 404}, sourcestatus.NotFound},
		{answering{status: 429}, sourcestatus.Limited}, {answering{status: 500}, sourcestatus.Unavailable}, {answering{status: 302}, sourcestatus.Unexpected},
		{answering{status: 400}, sourcestatus.Unexpected}, {answering{status: 200, body: "sample caller"}, sourcestatus.Unreadable},
		{answering{err: errors.New("no route to sample-secret")}, sourcestatus.Unreachable},
	} {
		var into map[string]any
		err := listing.Fetch(t.Context(), test.answer, request, &into)
		var failed *listing.Error
		require.ErrorAs(t, err, &failed)
		require.Equal(t, sourcestatus.Problem{Code: test.code, Status: test.answer.status}, failed.Problem)
		require.NotContains(t, err.Error(), "sample")
		if test.code == sourcestatus.Limited {
			require.Equal(t, 7*time.Second, failed.RetryAfter)
		}
		require.Contains(t, sourcestatus.Codes(), test.code)
	}
	var into map[string]int
	require.NoError(t, listing.Fetch(t.Context(), answering{status: 200, body: `{"a":1}`}, request, &into))
	require.Equal(t, map[string]int{"a": 1}, into)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, listing.Fetch(ended, answering{err: context.Canceled}, request, &into), context.Canceled)
}

// TestWhetherThereIsAnotherPage has lists that name their number of pages, that of their
// calls, or neither.
func TestWhetherThereIsAnotherPage(t *testing.T) {
	t.Parallel()
	call := json.RawMessage(`{"id": 7}`)
	for _, test := range []struct {
		page, calls int
		counts      listing.Counts
		more        bool
	}{
		{1, 3, listing.Counts{Pages: 2, Calls: 4}, true}, {2, 1, listing.Counts{Pages: 2, Calls: 4}, false}, {2, 3, listing.Counts{Pages: 2}, false},
		{1, 3, listing.Counts{Calls: 4}, true}, {1, 2, listing.Counts{Calls: 4}, true}, {2, 1, listing.Counts{Calls: 4}, false}, {3, 0, listing.Counts{Calls: 9}, false},
		{1, 3, listing.Counts{}, true}, {2, 1, listing.Counts{}, false}, {2, 0, listing.Counts{}, false},
	} {
		q := listing.Query{Page: test.page}.Of(3)
		page := q.Result(slices.Repeat([]json.RawMessage{call}, test.calls), "id", test.counts, q.JSON)
		require.Equal(t, test.more, page.More, test)
		require.Equal(t, 3, page.Size)
		require.Equal(t, slices.Repeat([]string{"7"}, test.calls), append([]string{}, page.IDs...))
	}
	require.Equal(t, 2, listing.Query{Size: 2}.Of(3).Size)
	require.Equal(t, 3, listing.Query{Size: 4}.Of(3).Size)
}

func TestWhatHasNoIDIsListedWithoutOne(t *testing.T) {
	t.Parallel()
	q := listing.Query{Page: 1}.Of(3)
	page := q.Result([]json.RawMessage{[]byte(`"x"`), []byte(`{"id":"a"}`), []byte(`{"id":null}`), []byte(`{}`), []byte(`null`)}, "id", listing.Counts{}, q.JSON)
	require.Equal(t, []string{"", "a", "", "", ""}, page.IDs)
	require.Len(t, page.Messages, 5)
}
