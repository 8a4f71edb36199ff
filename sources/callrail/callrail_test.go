package callrail_test

import (
	"crypto/hmac"
	"crypto/sha1"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/callrail"
	"ringback/sources/sourcetest"
)

// sample is the delivery that CallRail publishes, with its key and signature below.
//
//go:embed testdata/sample-delivery.json
var sample []byte

const (
	sampleKey       = "072e77e426f92738a72fe23c4d1953b4"
	sampleSignature = "UZAHbUdfm3GqL7qzilGozGzWV64="
)

var received = time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)

func signedBy(keys ...string) sources.Settings {
	return sources.Settings{
		Region: "US",
		Values: settings.Values{Credentials: map[string]string{"signing_keys": strings.Join(keys, "\n")}},
	}
}

func request(event string, body []byte) sources.Request {
	u := &url.URL{Scheme: "https", Host: "ringback.example.com", Path: "/hooks/callrail/key"}
	if event != "" {
		u.RawQuery = "event=" + event
	}
	return sources.Request{Method: http.MethodPost, URL: u, Header: http.Header{}, Body: body, ReceivedAt: received}
}

// message returns a post-call message with these fields changed. A nil value removes
// the field.
func message(t testing.TB, changed map[string]any) []byte {
	t.Helper()
	fields := map[string]any{
		"resource_id": "CAL01sample", "answered": true, "voicemail": false, "call_type": "answered", "direction": "inbound",
		"duration": 95, "start_time": "2026-03-01T07:00:00.250-05:00", "customer_phone_number": "202-555-0123",
		"tracking_phone_number": "+12025550100", "tags": []string{"sales"}, "session_uuid": "sess-1",
		"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "spring", "landing_page_url": "https://example.com/?gclid=g1",
		"last_requested_url": "https://example.com/contact", "gclid": "g1",
		"custom": map[string]any{"__r_aid_v__": "rtb-id-1", "_biz_uid": "biz-id-1"},
	}
	for name, value := range changed {
		fields[name] = value
		if value == nil {
			delete(fields, name)
		}
	}
	body, err := json.Marshal(fields)
	require.NoError(t, err)
	return body
}

// published returns the published sample, as it was received then.
func published() sources.Request {
	r := request("", sample)
	r.ReceivedAt = time.Date(2018, 2, 19, 19, 0, 0, 0, time.UTC)
	return r
}

func events(t *testing.T, r sources.Request) []conversion.CallEvent {
	t.Helper()
	reports, err := callrail.New().Parse(r, signedBy("k"))
	require.NoError(t, err)
	var all []conversion.CallEvent
	for _, report := range reports.Reports {
		require.NotEmpty(t, report.ExternalID)
		all = append(all, *report.Event)
	}
	return all
}

func subject(t testing.TB) sourcetest.Subject {
	return sourcetest.Subject{
		Source:   callrail.New(),
		Settings: signedBy,
		Sign: func(r *sources.Request, key string) {
			mac := hmac.New(sha1.New, []byte(key))
			mac.Write(r.Body)
			r.Header.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		},
		Requests: func() []sources.Request {
			return []sources.Request{
				published(),
				request("pre_call", message(t, nil)),
				request("post_call", message(t, nil)),
				request("call_modified", message(t, map[string]any{"changes": []string{"tags"}})),
				request("form_submission", form(t)),
			}
		},
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject(t))
}

func FuzzSamples(f *testing.F) { sourcetest.Fuzz(f, subject(f)) }

func TestVerifyPublishedSample(t *testing.T) {
	t.Parallel()
	r := published()
	r.Header.Set("Signature", sampleSignature)
	require.NoError(t, callrail.New().Verify(r, signedBy(sampleKey)))
	require.NoError(t, callrail.New().Verify(r, signedBy("another", sampleKey)))
	require.Error(t, callrail.New().Verify(r, signedBy("another")))
}

func TestVerifyRejectsMessagesOverTheMaximumAge(t *testing.T) {
	t.Parallel()
	set := signedBy(sampleKey)
	set.Options = map[string]string{"max_age_seconds": "3600"}
	r := request("", sample)
	r.Header.Set("Signature", sampleSignature)
	r.ReceivedAt = time.Date(2018, 2, 19, 19, 41, 0, 0, time.UTC)
	require.NoError(t, callrail.New().Verify(r, set))
	r.ReceivedAt = r.ReceivedAt.Add(time.Second)
	require.ErrorContains(t, callrail.New().Verify(r, set), "message_too_old")
}

// The signature covers the body alone, so one that somebody has read must not be sent
// again later, or to the URL of another event.
func TestG8_OneSignedBodyIsOneEvent(t *testing.T) {
	t.Parallel()
	types := func(event string, body []byte) []conversion.EventType {
		var all []conversion.EventType
		for _, e := range events(t, request(event, body)) {
			all = append(all, e.Type)
		}
		return all
	}
	ended := message(t, nil)
	_, err := callrail.New().Parse(request("form_submission", ended), signedBy("k"))
	require.ErrorContains(t, err, "event: event_contradicted", "a call is no lead")
	inProgress := message(t, map[string]any{"call_type": "in_progress", "answered": false, "duration": 0})
	require.Equal(t, []conversion.EventType{conversion.EventStarted}, types("post_call", inProgress), "it ends no call")
	reading, err := callrail.New().Parse(request("post_call", form(t)), signedBy("k"))
	require.NoError(t, err)
	require.Equal(t, conversion.KindLead, reading.Reports[0].Kind, "a form is no call")
}

func TestG8_MessagesOfADayAgoAreRejected(t *testing.T) {
	t.Parallel()
	verify := func(body []byte, receivedAt time.Time, options map[string]string) error {
		r, set := request("", body), signedBy("k")
		subject(t).Sign(&r, "k")
		r.ReceivedAt, set.Options = receivedAt, options
		return callrail.New().Verify(r, set)
	}
	started := time.Date(2026, 3, 1, 12, 0, 0, 250_000_000, time.UTC)
	tomorrow, later := started.Add(24*time.Hour), started.Add(24*time.Hour+time.Microsecond)
	for name, body := range map[string][]byte{
		"by its timestamp": message(t, map[string]any{"timestamp": "2026-03-01T12:00:00.250Z", "start_time": "2026-03-02T12:00:00Z"}),
		"by its start":     message(t, nil),
		"a form":           []byte(`{"resource_id":"FRM01","submitted_at":"2026-03-01T12:00:00.250Z"}`),
	} {
		require.NoError(t, verify(body, tomorrow, nil), name)
		require.ErrorContains(t, verify(body, later, nil), "message_too_old", name)
		require.NoError(t, verify(body, later, map[string]string{"max_age_seconds": "0"}), name)
	}
	require.NoError(t, verify(message(t, map[string]any{"changes": []string{"tags"}}), later, nil), "a change only adds tags to a known call")
	timeless := message(t, map[string]any{"start_time": "yesterday"})
	require.NoError(t, verify(timeless, later, nil), "it is kept as unread")
	require.ErrorContains(t, verify(timeless, later, map[string]string{"max_age_seconds": "60"}), "age_not_known")
}

func TestPublishedSampleIsAMissedCall(t *testing.T) {
	t.Parallel()
	got := events(t, request("", sample))
	require.Len(t, got, 2)
	started, ended := got[0], got[1]
	require.Equal(t, conversion.EventStarted, started.Type)
	require.Equal(t, time.Date(2018, 2, 19, 18, 41, 0, 236_000_000, time.UTC), started.At)
	require.Equal(t, "+12148654559", started.Caller)
	require.Equal(t, "+14045558514", started.TrackingNumber)
	require.Equal(t, &conversion.Traffic{
		Source: "google", Medium: "cpc", Campaign: "Google AdWords", City: "Rochester", Region: "PA", Country: "US",
	}, started.Traffic)
	require.Empty(t, started.VisitorIDs)
	require.Equal(t, conversion.EventEnded, ended.Type)
	require.Equal(t, started.At.Add(13*time.Second), ended.At)
	require.Equal(t, conversion.OutcomeMissed, ended.Outcome, "a voicemail box does not count as answered")
	require.Nil(t, ended.TalkSeconds)
}

func TestR5_PostCallReportsTheOutcome(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		changed map[string]any
		outcome conversion.Outcome
		talk    *int
	}{
		"answered":                    {nil, conversion.OutcomeAnswered, new(95)},
		"duration as a string":        {map[string]any{"duration": "95"}, conversion.OutcomeAnswered, new(95)},
		"unknown duration":            {map[string]any{"duration": ""}, conversion.OutcomeAnswered, nil},
		"negative duration":           {map[string]any{"duration": "-1"}, conversion.OutcomeAnswered, nil},
		"missed":                      {map[string]any{"answered": false, "call_type": "missed"}, conversion.OutcomeMissed, nil},
		"abandoned":                   {map[string]any{"answered": false, "call_type": "abandoned"}, conversion.OutcomeMissed, nil},
		"voicemail picked up":         {map[string]any{"voicemail": true}, conversion.OutcomeMissed, nil},
		"voicemail with a transcript": {map[string]any{"call_type": "voicemail_transcription"}, conversion.OutcomeMissed, nil},
		"flags as strings":            {map[string]any{"answered": "true", "voicemail": "false"}, conversion.OutcomeAnswered, new(95)},
	} {
		got := events(t, request("post_call", message(t, tc.changed)))
		require.Len(t, got, 2, name)
		require.Equal(t, tc.outcome, got[1].Outcome, name)
		require.Equal(t, tc.talk, got[1].TalkSeconds, name)
	}
}

func TestPlaceholdersBeforeTheEndAreIgnored(t *testing.T) {
	t.Parallel()
	placeholder := map[string]any{"answered": false, "call_type": "missed", "duration": 0}
	for _, event := range []string{"pre_call", "routing_complete"} {
		got := events(t, request(event, message(t, placeholder)))
		require.Len(t, got, 1, event)
		require.Equal(t, conversion.EventStarted, got[0].Type)
		require.Equal(t, "+12025550123", got[0].Caller)
	}
	require.Len(t, events(t, request("", message(t, map[string]any{"call_type": "in_progress"}))), 1)
}

func TestR6_TagAddedAfterTheEndIsLate(t *testing.T) {
	t.Parallel()
	post := events(t, request("post_call", message(t, nil)))
	require.Equal(t, []string{"sales"}, post[1].Tags)
	require.Equal(t, conversion.TagByAPI, post[1].TagOrigin)

	changed := map[string]any{"changes": []string{"tags"}, "tags": []string{"sales", "late"}, "timestamp": "2026-03-01T07:00:00.250-05:00"}
	for _, event := range []string{"call_modified", "post_call", ""} { // regardless of the URL's parameter
		modified := events(t, request(event, message(t, changed)))
		require.Len(t, modified, 1)
		require.Equal(t, conversion.EventTagged, modified[0].Type)
		require.Equal(t, received, modified[0].At)

		call := conversion.FoldCall(append(post, modified...))
		for _, tag := range call.Tags {
			require.Equal(t, tag.Label == "late", tag.At.After(call.EndedAt), tag.Label)
		}
	}
	require.Empty(t, events(t, request("call_modified", message(t, map[string]any{"changes": []string{"note"}, "tags": ""}))))
}

func TestR6_ModificationNeverCreatesAConversion(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"pre_call", "post_call", "call_modified", ""} {
		for name, changes := range map[string]any{"call modified": []string{"tags"}, "another": nil} {
			reports, err := callrail.New().Parse(request(event, message(t, map[string]any{"changes": changes})), signedBy("k"))
			require.NoError(t, err)
			modified := changes != nil || event == "call_modified"
			for _, r := range reports.Reports {
				require.Equal(t, modified, r.OnlyIfKnown, "%s at the URL of %q", name, event)
			}
		}
	}
}

func TestRepeatIsTheSameEventAndChangeIsAnother(t *testing.T) {
	t.Parallel()
	id := func(changed map[string]any) string {
		changed["changes"] = []string{"tags"}
		return events(t, request("call_modified", message(t, changed)))[0].ID
	}
	require.Equal(t, id(map[string]any{}), id(map[string]any{"note": "something else changed"}))
	require.NotEqual(t, id(map[string]any{}), id(map[string]any{"tags": []string{"sales", "late"}}))
}

func TestR3_VisitorIDsAndTrafficComeWithTheCall(t *testing.T) {
	t.Parallel()
	started := events(t, request("post_call", message(t, nil)))[0]
	require.Equal(t, map[string]string{"rtbhouse": "rtb-id-1", "bizible": "biz-id-1", "callrail": "sess-1"}, started.VisitorIDs)
	require.Equal(t, &conversion.Traffic{
		Source: "google", Medium: "cpc", Campaign: "spring", LandingPage: "https://example.com/?gclid=g1",
		PageURL: "https://example.com/contact", ClickIDs: map[string]string{"gclid": "g1"},
	}, started.Traffic)

	for name, tc := range map[string]struct {
		custom any
		want   string
	}{
		"the first id is unusable": {map[string]any{"__r_aid_v__": "unknown", "__rtbh.aid": "second"}, "second"},
		"an encoded unusable id":   {map[string]any{"__r_aid_v__": "%7B%22id%22%3A%22undefined%22%7D", "__rtbh.aid": "second"}, "second"},
		"the cookie is an object":  {map[string]any{"__rtbh.aid": map[string]any{"id": "x"}}, `{"id":"x"}`},
		"the cookies are a string": {`{"__rtbh.aid":"x"}`, "x"},
		"there are none":           {"", ""},
		"null":                     {map[string]any{"__r_aid_v__": nil}, ""},
	} {
		started := events(t, request("post_call", message(t, map[string]any{"custom": tc.custom})))[0]
		require.Equal(t, tc.want, started.VisitorIDs["rtbhouse"], name)
	}

	set := signedBy("k")
	set.Options = map[string]string{"visitor_cookies": " mine = my_cookie "}
	reports, err := callrail.New().Parse(request("post_call", message(t, map[string]any{"custom": map[string]any{"my_cookie": "m"}})), set)
	require.NoError(t, err)
	require.Equal(t, "m", reports.Reports[0].Event.VisitorIDs["mine"])
}

func TestCallWithoutAVisitHasNoTraffic(t *testing.T) {
	t.Parallel()
	nothing := map[string]any{"customer_city": "Springfield"}
	for _, name := range []string{"utm_source", "utm_medium", "utm_campaign", "landing_page_url", "last_requested_url", "gclid"} {
		nothing[name] = ""
	}
	require.Nil(t, events(t, request("post_call", message(t, nothing)))[0].Traffic)
}

func TestCallersWithoutAReadableNumber(t *testing.T) {
	t.Parallel()
	for given, anonymous := range map[string]bool{"anonymous": true, "": true, "+266696687": true, "12": false} {
		started := events(t, request("post_call", message(t, map[string]any{"customer_phone_number": given})))[0]
		require.Empty(t, started.Caller, given)
		require.Equal(t, anonymous, started.Anonymous, given)
	}
}

func TestOutboundCallsAreNotReported(t *testing.T) {
	t.Parallel()
	for _, outbound := range []map[string]any{{"direction": "outbound"}, {"direction": nil, "call_type": "outbound"}} {
		reading, err := callrail.New().Parse(request("", message(t, outbound)), signedBy("k"))
		require.NoError(t, err)
		require.Equal(t, sources.Reading{LeftOut: sources.OutboundCall}, reading)
	}
}
