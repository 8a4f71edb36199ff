package calltrackingmetrics_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/calltrackingmetrics"
	"ringback/sources/sourcetest"
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

// list is the list of the provider.
func list() sourcetest.List {
	return sourcetest.List{
		Source: calltrackingmetrics.New(), Settings: listed, IDs: []string{"701", "702", "703"}, Caller: "+12025550123",
		Began: time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC), // still February in New York
		Tags:  []string{"sales"}, Asked: received,
	}
}

func TestM9_CallsAreListed(t *testing.T) {
	t.Parallel()
	reading, asked := list().Run(t)
	require.Equal(t, []string{"2026-02-28", "2026-03-01", "1", "150"}, []string{asked.Get("start_date"), asked.Get("end_date"), asked.Get("page"), asked.Get("per_page")})
	require.Len(t, reading.Reports, 4)
	require.Equal(t, "+12025550123", reading.Reports[0].Event.Caller)
	require.Equal(t, "0123456789abcdef01234567", reading.Reports[1].Event.VisitorIDs["calltrackingmetrics"])
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
