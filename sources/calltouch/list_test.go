package calltouch_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/sources"
	"ringback/sources/calltouch"
	"ringback/sources/listing"
	"ringback/sources/sourcetest"
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

// moscow is the zone of the site.
var moscow = time.FixedZone("Europe/Moscow", 3*60*60)

// list is the list of the provider.
func list() sourcetest.List {
	return sourcetest.List{
		Source: calltouch.New(), Settings: listed, Zone: moscow, IDs: []string{"2100000000547157212", "702", "703"}, Caller: "74955550123",
		Began: time.Date(2026, 2, 28, 22, 0, 0, 0, time.UTC), // March in Moscow
		Tags:  []string{"sales", "new"}, Asked: received,
	}
}

func TestM9_CallsAreListed(t *testing.T) {
	t.Parallel()
	reading, asked := list().Run(t)
	require.Equal(t, []string{"01/03/2026", "01/03/2026", "1", "1000"}, []string{asked.Get("dateFrom"), asked.Get("dateTo"), asked.Get("page"), asked.Get("limit")})
	require.Len(t, reading.Reports, 3)
	start := reading.Reports[0].Event
	require.Equal(t, "+74955550123", start.Caller)
	require.Equal(t, map[string]string{
		"bizible": "0123456789abcdef0123456789abcdef", "calltouch": "2100000000547157212", "calltouch_session": "100200",
	}, start.VisitorIDs)
	require.Equal(t, "google", start.Traffic.Source, "a value that stands for nothing is none")
}

func TestM9_CallsOfAListThatChangesAreListed(t *testing.T) {
	t.Parallel()
	list().RunChanging(t)
}

func TestListedCallsHaveTheirResults(t *testing.T) {
	t.Parallel()
	list().RunSamples(t)
}

func FuzzList(f *testing.F) { list().Fuzz(f) }

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

// page is a client that is answered with a page of calls.
type page string

func (p page) Do(*http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	_, _ = answer.WriteString(string(p))
	return answer.Result(), nil
}

// TestARecordThatIsNoCallIsKeptUnread lists values that are no objects beside a call.
func TestARecordThatIsNoCallIsKeptUnread(t *testing.T) {
	t.Parallel()
	s := listed("https://api.example.com", "token")
	found, err := calltouch.New().List(t.Context(), page(`{"records":[7,null,"x",[],{"callId":702,"timestamp":1772366400,"duration":5}]}`), s,
		listing.Query{Page: 1, From: received, To: received, Now: received})
	require.NoError(t, err)
	require.Equal(t, []string{"", "", "", "", "702"}, found.IDs)
	for i, message := range found.Messages {
		reading, err := calltouch.New().Parse(message, s)
		if i < 4 {
			require.Error(t, err, string(message.Body))
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "702", reading.Reports[0].ExternalID)
	}
}
