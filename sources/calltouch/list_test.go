package calltouch_test

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
	"ringback/sources/calltouch"
	"ringback/sources/listing"
	"ringback/test/calllistfake"
)

const secret = "sample-secret-0123456789"

var received = time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)

// listed returns the settings of an API at an address.
func listed(address, token string) sources.Settings {
	s := signedBy(secret)
	s.Options["api_url"], s.Options["api_site_id"], s.Credentials["api_token"] = address, calllistfake.Account, token
	return s
}

func TestM9_CallsAreListed(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	provider := &calllistfake.Server{LargestPage: 2, Zone: zone}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	began := time.Date(2026, 2, 28, 22, 0, 0, 0, time.UTC) // March in Moscow
	for i, id := range []string{"2100000000547157212", "702", "703"} {
		provider.Put(calllistfake.Call{ID: id, At: began.Add(time.Duration(i) * time.Minute), Seconds: 95, Answered: true, Caller: "74955550123", Tags: []string{"sales", "new"}})
	}
	s, query := listed(server.URL, calllistfake.Key), listing.Query{From: began, To: began.Add(time.Hour), Page: 1, Now: received}
	require.Empty(t, calltouch.New().Validate(s))
	page, err := calltouch.New().List(t.Context(), client, s, query)
	require.NoError(t, err)
	require.True(t, page.More)
	require.Equal(t, 3, page.Total)
	require.Len(t, page.Messages, 2)
	asked := url.Values(provider.Requests()[0].Query)
	require.Equal(t, []string{"01/03/2026", "01/03/2026", "1", "1000"}, []string{asked.Get("dateFrom"), asked.Get("dateTo"), asked.Get("page"), asked.Get("limit")})

	reading, err := calltouch.New().Parse(page.Messages[0], s)
	require.NoError(t, err)
	require.Len(t, reading.Reports, 3)
	start, end, tags := reading.Reports[0], reading.Reports[1].Event, reading.Reports[2]
	require.Equal(t, "2100000000547157212", start.ExternalID)
	require.True(t, began.Equal(start.Event.At))
	require.Equal(t, "+74955550123", start.Event.Caller)
	require.Equal(t, map[string]string{
		"bizible": "0123456789abcdef0123456789abcdef", "calltouch": "2100000000547157212", "calltouch_session": "100200",
	}, start.Event.VisitorIDs)
	require.Equal(t, "google", start.Event.Traffic.Source, "a value that stands for nothing is none")
	require.Equal(t, conversion.OutcomeAnswered, end.Outcome)
	require.Equal(t, 95, *end.TalkSeconds)
	require.Empty(t, end.Tags, "R6: when a tag was set is not known")
	require.Equal(t, []string{"sales", "new"}, tags.Event.Tags)
	s.Options["api_tags"] = "at_end"
	reading, err = calltouch.New().Parse(page.Messages[0], s)
	require.NoError(t, err)
	require.Equal(t, []string{"sales", "new"}, reading.Reports[1].Event.Tags)

	var refused *listing.Error
	_, err = calltouch.New().List(t.Context(), client, listed(server.URL, "another"), query)
	require.ErrorAs(t, err, &refused)
	require.Equal(t, sourcestatus.Problem{Code: sourcestatus.Refused, Status: http.StatusUnauthorized}, refused.Problem)
}

// TestAListedCallThatMayGoOnHasNoLength has calls that nobody has answered: as long as
// their phase does not say that they are over, somebody may.
func TestAListedCallThatMayGoOnHasNoLength(t *testing.T) {
	t.Parallel()
	at := time.Unix(1772366400, 0)
	for body, ends := range map[string]time.Time{
		"callId=7&timestamp=1772366400&duration=0&waitingConnect=20&successful=false":                         at,
		"callId=7&timestamp=1772366400&duration=0&waitingConnect=20&successful=false&callphase=callLost":      at.Add(20 * time.Second),
		"callId=7&timestamp=1772366400&duration=60&waitingConnect=20&successful=true":                         at.Add(80 * time.Second),
		"callId=7&timestamp=1772366400&duration=60&waitingConnect=20&successful=true&callphase=callConnected": {},
	} {
		r := sources.Request{Method: http.MethodPost, URL: &url.URL{RawQuery: "event=listed"}, Body: []byte(body), ReceivedAt: received}
		reading, err := calltouch.New().Parse(r, signedBy(secret))
		require.NoError(t, err)
		if ends.IsZero() {
			require.Len(t, reading.Reports, 1, body)
			continue
		}
		require.Len(t, reading.Reports, 2, body)
		require.True(t, ends.Equal(reading.Reports[1].Event.At), body)
	}
}

func TestAnAccountIsNamedByItsAddressAndID(t *testing.T) {
	t.Parallel()
	require.Equal(t, "https://api.calltouch.ru "+calllistfake.Account, calltouch.New().Account(listed("", "token")))
	require.Empty(t, calltouch.New().Account(listed("", "")))
	require.Empty(t, calltouch.New().Account(signedBy(secret)))
	require.Equal(t, "credentials.api_token", calltouch.New().Validate(listed("", ""))[0].Path)
}
