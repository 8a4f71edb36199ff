package calltrackingmetrics_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/calltrackingmetrics"
	"ringback/sources/sourcetest"
)

var received = time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)

func signedBy(keys ...string) sources.Settings {
	return sources.Settings{
		Region: "US",
		Values: settings.Values{Credentials: map[string]string{"secrets": strings.Join(keys, "\n")}},
	}
}

func sign(r *sources.Request, key string) {
	const sent = "1772366400"
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(sent))
	mac.Write(r.Body)
	r.Header.Set("X-CTM-Time", sent)
	r.Header.Set("X-CTM-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func subject() sourcetest.Subject {
	return sourcetest.Subject{Source: calltrackingmetrics.New(), Settings: signedBy, Sign: sign}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }

func request(query, body string) sources.Request {
	u := &url.URL{Scheme: "https", Host: "ringback.example.com", Path: "/hooks/calltrackingmetrics/key", RawQuery: query}
	return sources.Request{Method: http.MethodPost, URL: u, Header: http.Header{}, Body: []byte(body), ReceivedAt: received}
}

func TestReplaysAreRejected(t *testing.T) {
	t.Parallel()
	set := signedBy("k")
	set.Options = map[string]string{"max_age_seconds": "1800"}
	for sent, accepted := range map[string]bool{
		"1772368200": true, "1772366400": true, "1772366399": false, "2026-03-01T12:29:00Z": true, "Sun, 01 Mar 2026 12:29:00 GMT": true,
		"1772366400000": true, "1772366399999": false, "2026-03-01T11:29:00Z": false, "1772999999": false, "soon": false, "": false,
	} {
		r := request("", `{"id":7}`)
		mac := hmac.New(sha1.New, []byte("k"))
		mac.Write([]byte(sent + `{"id":7}`))
		r.Header.Set("X-CTM-Time", sent)
		r.Header.Set("X-CTM-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil))+"\n")
		err := calltrackingmetrics.New().Verify(r, set)
		require.Equal(t, accepted, err == nil, "%q: %v", sent, err)
		require.NoError(t, calltrackingmetrics.New().Verify(r, signedBy("k")), "a day is the default, for headers that can be read")
		r.ReceivedAt = received.Add(24 * time.Hour)
		limited := sent != "soon" && sent != "" && sent != "1772999999" && sent != "1772368200"
		require.Equal(t, limited, calltrackingmetrics.New().Verify(r, signedBy("k")) != nil, sent)
	}
	set.Options["max_age_seconds"] = "soon"
	require.Error(t, calltrackingmetrics.New().Verify(request("", ""), set))
}

// The signature does not cover the URL.
func TestG8_AMessageOfARunningCallEndsNone(t *testing.T) {
	t.Parallel()
	for status, ends := range map[string]bool{"ringing": false, "in_progress": false, "completed": true, "": true} {
		body := fmt.Sprintf(`{"id":7,"unix_time":1772366400,"dial_status":%q}`, status)
		reading, err := calltrackingmetrics.New().Parse(request("event=call_end", body), signedBy("k"))
		require.NoError(t, err)
		last := reading.Reports[len(reading.Reports)-1].Event.Type
		require.Equal(t, ends, last == conversion.EventEnded, status)
	}
}

func TestValidateNamesWrongOptions(t *testing.T) {
	t.Parallel()
	for option, value := range map[string]string{"max_age_seconds": "an hour", "visitor_ids": "bizible", "colour": "red"} {
		set := signedBy("k")
		set.Options = map[string]string{option: value}
		wrong := calltrackingmetrics.New().Validate(set)
		require.Len(t, wrong, 1)
		require.Equal(t, "options."+option, wrong[0].Path)
	}
}

func TestM9_TheBizibleIDIsReadFromTheOwnersField(t *testing.T) {
	t.Parallel()
	const body = `{"id":7,"unix_time":1772366400,"salesforce":{"tracking":[{"name":"biz","value":"own"}]},"custom_fields":{"biz_uid":"default"}}`
	for option, want := range map[string]string{"": "default", "bizible=salesforce.tracking.biz": "own", "bizible=nowhere, bizible=custom_fields.biz_uid": "default", "other=id": ""} {
		set := signedBy("k")
		set.Options = map[string]string{"visitor_ids": option}
		reading, err := calltrackingmetrics.New().Parse(request("", body), set)
		require.NoError(t, err)
		got := ""
		for _, r := range reading.Reports {
			got += r.Event.VisitorIDs["bizible"]
		}
		require.Equal(t, want, got, option)
	}
}
