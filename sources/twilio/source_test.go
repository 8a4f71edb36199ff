package twilio_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/sourcetest"
	"ringback/sources/twilio"
)

func signedBy(keys ...string) sources.Settings {
	return sources.Settings{
		Region: "US",
		Values: settings.Values{Credentials: map[string]string{"auth_tokens": strings.Join(keys, "\n")}},
	}
}

// signature returns the signature of an address and the fields of a form.
func signature(key, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(address))
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		mac.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func sign(r *sources.Request, key string) {
	form := url.Values{}
	if r.Method == http.MethodPost {
		form, _ = url.ParseQuery(string(r.Body))
	}
	r.Header.Set("X-Twilio-Signature", signature(key, r.URL.String(), form))
}

func subject() sourcetest.Subject {
	return sourcetest.Subject{Source: twilio.New(), Settings: signedBy, Sign: sign}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }

func request(method, address, body string) sources.Request {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return sources.Request{Method: method, URL: u, Header: http.Header{}, Body: []byte(body), ReceivedAt: time.Date(2026, 3, 1, 12, 0, 3, 0, time.UTC)}
}

// The expected signature was made with openssl from the address and the sorted fields.
func TestSignatureIsThatOfAnIndependentImplementation(t *testing.T) {
	t.Parallel()
	r := request("POST", "https://ringback.example.com/hooks/twilio/key?a=b", "To=%2B12025550100&CallSid=CA01&From=%2B12025550123")
	r.Header.Set("X-Twilio-Signature", "EptN2qdJ01QczBNLo+jKmR+Xzcc=")
	require.NoError(t, twilio.New().Verify(r, signedBy("sample-token")))
}

func TestTheAddressIsSignedWithAndWithoutItsPort(t *testing.T) {
	t.Parallel()
	form := url.Values{"CallSid": {"CA01", "ignored"}, "From": {"+12025550123"}}
	for called, signed := range map[string][]string{
		"https://ringback.example.com/hooks/twilio/key?a=b":      {"https://ringback.example.com/hooks/twilio/key?a=b", "https://ringback.example.com:443/hooks/twilio/key?a=b"},
		"https://ringback.example.com:8443/hooks/twilio/key?a=b": {"https://ringback.example.com/hooks/twilio/key?a=b", "https://ringback.example.com:8443/hooks/twilio/key?a=b"},
		"http://ringback.example.com/hooks/twilio/key":           {"http://ringback.example.com/hooks/twilio/key", "http://ringback.example.com:80/hooks/twilio/key"},
		"https://[2001:db8::1]:8443/hooks/twilio/key":            {"https://[2001:db8::1]/hooks/twilio/key", "https://[2001:db8::1]:8443/hooks/twilio/key"},
	} {
		for _, address := range signed {
			r := request("POST", called, form.Encode())
			r.Header.Set("X-Twilio-Signature", signature("k", address, form))
			require.NoError(t, twilio.New().Verify(r, signedBy("old", "k")), "%s signed as %s", called, address)
		}
		r := request("POST", called, form.Encode())
		r.Header.Set("X-Twilio-Signature", signature("k", strings.Replace(signed[0], "hooks", "other", 1), form))
		require.Error(t, twilio.New().Verify(r, signedBy("k")))
	}
}

func TestG8_CallbacksOfADayAgoAreRejected(t *testing.T) {
	t.Parallel()
	const address = "https://ringback.example.com/hooks/twilio/key"
	verify := func(form url.Values, age time.Duration, options map[string]string) error {
		r, set := request("POST", address, form.Encode()), signedBy("k")
		r.Header.Set("X-Twilio-Signature", signature("k", address, form))
		r.ReceivedAt, set.Options = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(age), options
		return twilio.New().Verify(r, set)
	}
	callback := url.Values{"CallSid": {"CA01"}, "CallStatus": {"ringing"}, "Timestamp": {"Sun, 01 Mar 2026 12:00:00 +0000"}}
	require.NoError(t, verify(callback, 24*time.Hour, nil))
	require.ErrorContains(t, verify(callback, 24*time.Hour+time.Second, nil), "message_too_old")
	require.NoError(t, verify(callback, 48*time.Hour, map[string]string{"max_age_seconds": "0"}))
	callback.Del("Timestamp")
	require.NoError(t, verify(callback, 48*time.Hour, nil), "requests for TwiML have no time")
	require.Error(t, verify(callback, 0, map[string]string{"max_age_seconds": "60"}))
}

func TestABodyThatIsNoFormIsSignedByItsDigest(t *testing.T) {
	t.Parallel()
	const body = `{"CallSid":"CA01"}`
	sum := sha256.Sum256([]byte(body))
	address := "https://ringback.example.com/hooks/twilio/key?bodySHA256=" + hex.EncodeToString(sum[:])
	for sent, accepted := range map[string]bool{body: true, body + " ": false} {
		r := request("POST", address, sent)
		r.Header.Set("X-Twilio-Signature", signature("k", address, nil))
		require.Equal(t, accepted, twilio.New().Verify(r, signedBy("k")) == nil)
	}
}

func TestOwnersWithoutDialMayCountEveryConnectedCall(t *testing.T) {
	t.Parallel()
	set := signedBy("k")
	set.Options = map[string]string{"answered_by": "call"}
	for body, outcome := range map[string]conversion.Outcome{
		"CallSid=CA01&CallStatus=completed&CallDuration=40": conversion.OutcomeAnswered,
		"CallSid=CA01&CallStatus=completed&CallDuration=0":  conversion.OutcomeMissed,
		"CallSid=CA01&CallStatus=no-answer":                 conversion.OutcomeMissed,
		"CallSid=CA01&CallStatus=failed":                    conversion.OutcomeFailed,
	} {
		reading, err := twilio.New().Parse(request("POST", "https://ringback.example.com/", body), set)
		require.NoError(t, err)
		var events []conversion.CallEvent
		for _, r := range reading.Reports {
			events = append(events, *r.Event)
		}
		require.Equal(t, outcome, conversion.FoldCall(events).Outcome, body)
	}
	set.Options["answered_by"] = "luck"
	require.Equal(t, "options.answered_by", twilio.New().Validate(set)[0].Path)
}
