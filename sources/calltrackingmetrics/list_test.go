package calltrackingmetrics_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/outbound"
	"ringback/internal/sourcestatus"
	"ringback/sources"
	"ringback/sources/calltrackingmetrics"
	"ringback/sources/listing"
	"ringback/test/calllistfake"
)

// listed returns the settings of an API at an address.
func listed(address, key string) sources.Settings {
	s := signedBy("sample")
	s.TimeZone = time.UTC
	s.Options = map[string]string{"api_url": address, "api_account_id": calllistfake.Account, "time_zone": "America/New_York"}
	s.Credentials["api_access_key"], s.Credentials["api_secret_key"] = key, calllistfake.Secret
	return s
}

func TestM9_CallsAreListed(t *testing.T) {
	t.Parallel()
	provider := &calllistfake.Server{LargestPage: 2}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	began := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC) // still February in New York
	for i, id := range []string{"701", "702", "703"} {
		provider.Put(calllistfake.Call{ID: id, At: began.Add(time.Duration(i) * time.Minute), Seconds: 95, Answered: true, Caller: "+12025550123", Tags: []string{"sales"}})
	}
	s, query := listed(server.URL, calllistfake.Key), listing.Query{From: began, To: began.Add(time.Hour), Page: 1, Now: received}
	require.Empty(t, calltrackingmetrics.New().Validate(s))
	page, err := calltrackingmetrics.New().List(t.Context(), client, s, query)
	require.NoError(t, err)
	require.True(t, page.More)
	require.Equal(t, 3, page.Total)
	require.Len(t, page.Messages, 2)
	asked := url.Values(provider.Requests()[0].Query)
	require.Equal(t, []string{"2026-02-28", "2026-03-01", "1", "150"}, []string{asked.Get("start_date"), asked.Get("end_date"), asked.Get("page"), asked.Get("per_page")})

	query.Page = 2
	page, err = calltrackingmetrics.New().List(t.Context(), client, s, query)
	require.NoError(t, err)
	require.False(t, page.More)
	require.Len(t, page.Messages, 1)
	reading, err := calltrackingmetrics.New().Parse(page.Messages[0], s)
	require.NoError(t, err)
	require.Len(t, reading.Reports, 4)
	start, linked, end, tags := reading.Reports[0], reading.Reports[1].Event, reading.Reports[2].Event, reading.Reports[3]
	require.Equal(t, "701", start.ExternalID)
	require.True(t, began.Equal(start.Event.At))
	require.Equal(t, "+12025550123", start.Event.Caller)
	require.Equal(t, "0123456789abcdef01234567", linked.VisitorIDs["calltrackingmetrics"])
	require.Equal(t, conversion.OutcomeAnswered, end.Outcome)
	require.Equal(t, 95, *end.TalkSeconds)
	require.Empty(t, end.Tags, "R6: when a tag was set is not known")
	require.True(t, tags.OnlyIfKnown)
	require.Equal(t, []string{"sales"}, tags.Event.Tags)
	s.Options["api_tags"] = "at_end"
	reading, err = calltrackingmetrics.New().Parse(page.Messages[0], s)
	require.NoError(t, err)
	require.Equal(t, []string{"sales"}, reading.Reports[2].Event.Tags)

	var refused *listing.Error
	_, err = calltrackingmetrics.New().List(t.Context(), client, listed(server.URL, "another"), query)
	require.ErrorAs(t, err, &refused)
	require.Equal(t, sourcestatus.Problem{Code: sourcestatus.Refused, Status: http.StatusUnauthorized}, refused.Problem)
}

func TestAListedCallThatIsUnderWayHasNoEnd(t *testing.T) {
	t.Parallel()
	for body, reports := range map[string]int{
		`{"id":7,"unix_time":1772366400,"duration":40,"status":"in progress"}`:    1,
		`{"id":7,"unix_time":1772366400,"duration":0,"dial_status":""}`:           1,
		`{"id":7,"unix_time":1772366400,"duration":40,"dial_status":"completed"}`: 2,
	} {
		reading, err := calltrackingmetrics.New().Parse(request("event=listed", body), signedBy("sample"))
		require.NoError(t, err)
		require.Len(t, reading.Reports, reports, body)
		require.Equal(t, conversion.EventStarted, reading.Reports[0].Event.Type)
	}
}

func TestAnAccountIsNamedByItsAddressAndID(t *testing.T) {
	t.Parallel()
	require.Equal(t, "https://api.calltrackingmetrics.com "+calllistfake.Account, calltrackingmetrics.New().Account(listed("", "key")))
	require.Empty(t, calltrackingmetrics.New().Account(listed("", "")))
	require.Empty(t, calltrackingmetrics.New().Account(signedBy("sample")))
	require.Equal(t, "credentials.api_access_key", calltrackingmetrics.New().Validate(listed("", ""))[0].Path)
}
