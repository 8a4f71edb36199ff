package twilio_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/twilio"
)

func TestCaseC09_LengthsAndWordsInAllSpellings(t *testing.T) {
	t.Parallel()
	for _, length := range []string{"95", "95.0", "01:35", "95s"} {
		for _, status := range []string{"completed", "Completed", "COMPLETED"} {
			s := signedBy("k")
			s.Options = map[string]string{"answered_by": "call"}
			r := request(http.MethodPost, "https://ringback.example.com/", "CallSid=CA1&CallStatus="+status+"&CallDuration="+length+"&From=sip%3A%2B12025550123%3A5060&To=sips%3A2025550100%40host.example")
			r.ReceivedAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			read, err := twilio.New().Parse(r, s)
			require.NoError(t, err)
			require.Len(t, read.Reports, 2, length)
			start, end := read.Reports[0].Event, read.Reports[1].Event
			require.Equal(t, 95*time.Second, end.At.Sub(start.At), length)
			require.Equal(t, new(95), end.TalkSeconds, length)
			require.Equal(t, []string{"+12025550123", "+12025550100"}, []string{start.Caller, start.TrackingNumber})
		}
	}
	for _, direction := range []string{"outbound-api", "Outbound API", "OUTBOUND_DIAL"} {
		read, err := twilio.New().Parse(request(http.MethodPost, "https://ringback.example.com/", "CallSid=CA1&CallStatus=completed&Direction="+direction), signedBy("k"))
		require.NoError(t, err)
		require.Equal(t, sources.OutboundCall, read.LeftOut, direction)
	}
	read, err := twilio.New().Parse(request(http.MethodPost, "https://ringback.example.com/", "CallSid=CA1&CallStatus=No+Answer"), signedBy("k"))
	require.NoError(t, err)
	require.Equal(t, conversion.OutcomeMissed, read.Reports[1].Event.Outcome)
}
