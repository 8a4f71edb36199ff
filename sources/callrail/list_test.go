package callrail_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/callrail"
	"ringback/sources/listing"
	"ringback/sources/sourcetest"
	"ringback/test/calllistfake"
)

// listing settings of an API at an address.
func listed(address, key string) sources.Settings {
	return sources.Settings{Region: "US", TimeZone: time.UTC, Values: settings.Values{
		Options:     map[string]string{"api_url": address, "api_account_id": calllistfake.Account, "api_company_id": "COM1", "time_zone": "America/New_York"},
		Credentials: map[string]string{"api_key": key, "signing_keys": "sample"},
	}}
}

// list is the list of the provider.
func list() sourcetest.List {
	return sourcetest.List{
		Source: callrail.New(), Settings: listed, IDs: []string{"CAL1", "CAL2", "CAL3"}, Caller: "+12025550123",
		Began: time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC), // still February in New York
		Tags:  []string{"sales"}, Asked: received,
	}
}

func TestM9_CallsAreListed(t *testing.T) {
	t.Parallel()
	reading, asked := list().Run(t)
	require.Equal(t, []string{"2026-02-27", "2026-03-01", "COM1", "250"}, []string{asked.Get("start_date"), asked.Get("end_date"), asked.Get("company_id"), asked.Get("per_page")})
	require.Len(t, reading.Reports, 3)
	require.Equal(t, "+12025550123", reading.Reports[0].Event.Caller)
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
