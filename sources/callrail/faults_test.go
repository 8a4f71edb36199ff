package callrail_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/sources"
	"ringback/sources/callrail"
)

func TestTimesHaveTheBoundsOfTheAPI(t *testing.T) {
	t.Parallel()
	const day = 24 * 60 * 60
	for name, tc := range map[string]struct {
		event   string
		changed map[string]any
		field   string // the rejected field; empty if the message is accepted
	}{
		"the year 2000":                   {"post_call", map[string]any{"start_time": "2000-01-01T00:00:00Z"}, ""},
		"before it":                       {"post_call", map[string]any{"start_time": "1999-12-31T23:59:59Z"}, "start_time"},
		"a day ahead":                     {"pre_call", map[string]any{"start_time": "2026-03-02T12:30:00Z"}, ""},
		"further ahead":                   {"pre_call", map[string]any{"start_time": "2026-03-02T12:30:01Z"}, "start_time"},
		"the last year, beyond its end":   {"post_call", map[string]any{"start_time": "9999-12-31T23:59:59-01:00"}, "start_time"},
		"another time of the call counts": {"post_call", map[string]any{"start_time": "9999-12-31T23:59:59Z", "created_at": "2026-03-01T12:00:00Z"}, ""},
		"ends a day ahead":                {"post_call", map[string]any{"start_time": "2026-03-01T12:30:00Z", "duration": day}, ""},
		"ends further ahead":              {"post_call", map[string]any{"start_time": "2026-03-01T12:30:00Z", "duration": day + 1}, ""},
		"ends never":                      {"post_call", map[string]any{"duration": 2147483647}, ""},
		"a form of the future":            {"form_submission", map[string]any{"submitted_at": "9999-12-31T23:59:59-23:00"}, "submitted_at"},
	} {
		_, err := callrail.New().Parse(request(tc.event, message(t, tc.changed)), signedBy("k"))
		if tc.field == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, fault.Invalid, fault.CodeOf(err), name)
		require.ErrorContains(t, err, tc.field+": time_out_of_range", name)
	}
}

// TestALengthThatNoCallHasLosesNoCall reads a call whose length is left out.
func TestALengthThatNoCallHasLosesNoCall(t *testing.T) {
	t.Parallel()
	for _, duration := range []any{2147483647, 1e300, -5, "long", nil, map[string]any{"a": 1}} {
		read, err := callrail.New().Parse(request("post_call", message(t, map[string]any{"answered": true, "duration": duration})), signedBy("k"))
		require.NoError(t, err, duration)
		start, end := read.Reports[0].Event, read.Reports[1].Event
		require.Equal(t, start.At, end.At, duration)
		require.Equal(t, conversion.OutcomeAnswered, end.Outcome, duration)
		require.Nil(t, end.TalkSeconds, duration)
	}
}

func TestFaultsNameTheField(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		request  sources.Request
		expected string
	}{
		"no JSON":          {request("", []byte("a=b")), "not_json"},
		"no id":            {request("", message(t, map[string]any{"resource_id": nil})), "resource_id"},
		"no start":         {request("", message(t, map[string]any{"start_time": "yesterday"})), "start_time"},
		"an unknown event": {request("text_message", message(t, nil)), "event: event_unknown"},
		"a call as a form": {request("form_submission", message(t, nil)), "event: event_contradicted"},
		"a form's time":    {request("form_submission", []byte(`{"id":7,"submitted_at":"yesterday"}`)), "submitted_at"},
	} {
		_, err := callrail.New().Parse(tc.request, signedBy("k"))
		require.Equal(t, fault.Invalid, fault.CodeOf(err), name)
		require.ErrorContains(t, err, tc.expected, name)
	}
}

func TestValidateNamesWrongOptions(t *testing.T) {
	t.Parallel()
	for option, value := range map[string]string{"max_age_seconds": "an hour", "visitor_cookies": "rtbhouse", "colour": "red"} {
		set := signedBy("k")
		set.Options = map[string]string{option: value}
		wrong := callrail.New().Validate(set)
		require.Len(t, wrong, 1)
		require.Equal(t, "options."+option, wrong[0].Path)
	}
}

// The message is stored with the call: the first three were refused before.
func TestTimesWithoutAnOffsetAndZeroBytesAreRead(t *testing.T) {
	t.Parallel()
	set := signedBy("k")
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	set.TimeZone = berlin
	for given, want := range map[string]time.Time{
		"2026-03-01T12:00:00":       time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
		"2026-03-01 12:00:00 UTC":   time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		"2026-03-01 12:00:00 -0500": time.Date(2026, 3, 1, 17, 0, 0, 0, time.UTC),
		"2026-03-01T12:00:00-05:00": time.Date(2026, 3, 1, 17, 0, 0, 0, time.UTC),
	} {
		reading, err := callrail.New().Parse(request("post_call", message(t, map[string]any{"start_time": given})), set)
		require.NoError(t, err, given)
		require.Equal(t, want, reading.Reports[0].Event.At, given)
	}
	legacy := map[string]any{"start_time": nil, "datetime": "2026-03-01 12:00:00", "customer_name": "Sam\x00ple"}
	reading, err := callrail.New().Parse(request("post_call", message(t, legacy)), set)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), reading.Reports[0].Event.At, "the legacy field is UTC")
	require.Equal(t, "Sample", reading.Reports[0].Clean().Event.CallerName)
}
