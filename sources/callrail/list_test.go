package callrail_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/outbound"
	"ringback/internal/settings"
	"ringback/internal/sourcestatus"
	"ringback/sources"
	"ringback/sources/callrail"
	"ringback/sources/listing"
	"ringback/test/calllistfake"
)

// listing settings of an API at an address.
func listed(address, key string) sources.Settings {
	return sources.Settings{Region: "US", TimeZone: time.UTC, Values: settings.Values{
		Options:     map[string]string{"api_url": address, "api_account_id": calllistfake.Account, "api_company_id": "COM1", "time_zone": "America/New_York"},
		Credentials: map[string]string{"api_key": key, "signing_keys": "sample"},
	}}
}

func TestM9_CallsAreListed(t *testing.T) {
	t.Parallel()
	provider := &calllistfake.Server{LargestPage: 2}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	began := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC) // still February in New York
	for i, id := range []string{"CAL1", "CAL2", "CAL3"} {
		provider.Put(calllistfake.Call{ID: id, At: began.Add(time.Duration(i) * time.Minute), Seconds: 95, Answered: true, Caller: "+12025550123", Tags: []string{"sales"}})
	}
	s, query := listed(server.URL, calllistfake.Key), listing.Query{From: began, To: began.Add(time.Hour), Page: 1, Now: received}
	require.Empty(t, callrail.New().Validate(s))
	page, err := callrail.New().List(t.Context(), client, s, query)
	require.NoError(t, err)
	require.True(t, page.More)
	require.Len(t, page.Messages, 2)
	asked := url.Values(provider.Requests()[0].Query)
	require.Equal(t, []string{"2026-02-27", "2026-03-01", "COM1", "250"}, []string{asked.Get("start_date"), asked.Get("end_date"), asked.Get("company_id"), asked.Get("per_page")})

	reading, err := callrail.New().Parse(page.Messages[0], s)
	require.NoError(t, err)
	require.Len(t, reading.Reports, 3)
	start, end, tags := reading.Reports[0], reading.Reports[1].Event, reading.Reports[2]
	require.Equal(t, "CAL1", start.ExternalID)
	require.Equal(t, conversion.EventStarted, start.Event.Type)
	require.True(t, began.Equal(start.Event.At))
	require.Equal(t, "+12025550123", start.Event.Caller)
	require.Equal(t, conversion.OutcomeAnswered, end.Outcome)
	require.Equal(t, 95, *end.TalkSeconds)
	require.Empty(t, end.Tags, "R6: when a tag was set is not known")
	require.True(t, tags.OnlyIfKnown)
	require.Equal(t, []string{"sales"}, tags.Event.Tags)
	require.Equal(t, received, tags.Event.At)

	s.Options["api_tags"] = "at_end"
	reading, err = callrail.New().Parse(page.Messages[0], s)
	require.NoError(t, err)
	require.Equal(t, []string{"sales"}, reading.Reports[1].Event.Tags)
	query.Page = 2
	page, err = callrail.New().List(t.Context(), client, s, query)
	require.NoError(t, err)
	require.False(t, page.More)
	require.Len(t, page.Messages, 1)

	var refused *listing.Error
	_, err = callrail.New().List(t.Context(), client, listed(server.URL, "another"), query)
	require.ErrorAs(t, err, &refused)
	require.Equal(t, sourcestatus.Problem{Code: sourcestatus.Refused, Status: http.StatusUnauthorized}, refused.Problem)
}

func TestAListedCallWithoutALengthHasNoEnd(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"id":"CAL1","start_time":"2026-03-01T12:00:00Z","duration":null}`,
		`{"id":"CAL1","start_time":"2026-03-01T12:00:00Z","duration":7,"call_type":"in_progress"}`,
	} {
		reading, err := callrail.New().Parse(request(listing.Event, []byte(body)), signedBy("sample"))
		require.NoError(t, err)
		require.Len(t, reading.Reports, 1)
		require.Equal(t, conversion.EventStarted, reading.Reports[0].Event.Type)
	}
}

func TestAnAccountIsNamedByItsAddressAndIDs(t *testing.T) {
	t.Parallel()
	require.Equal(t, "https://api.callrail.com "+calllistfake.Account+" COM1", callrail.New().Account(listed("", "key")))
	require.Empty(t, callrail.New().Account(listed("", "")))
	require.Empty(t, callrail.New().Account(signedBy("sample")))
	half := listed("", "")
	require.Equal(t, "credentials.api_key", callrail.New().Validate(half)[0].Path)
}
