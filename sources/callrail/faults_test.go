package callrail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

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
		"ends further ahead":              {"post_call", map[string]any{"start_time": "2026-03-01T12:30:00Z", "duration": day + 1}, "duration"},
		"ends never":                      {"post_call", map[string]any{"duration": 2147483647}, "duration"},
		"a form of the future":            {"form_submission", map[string]any{"submitted_at": "9999-12-31T23:59:59-23:00"}, "submitted_at"},
	} {
		_, err := callrail.New().Parse(request(tc.event, message(t, tc.changed)), signedBy("k"))
		if tc.field == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, fault.Invalid, fault.CodeOf(err), name)
		require.ErrorContains(t, err, tc.field+": ", name)
		require.ErrorContains(t, err, "one day ahead", name)
	}
}

func TestFaultsNameTheField(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		request  sources.Request
		expected string
	}{
		"no JSON":          {request("", []byte("a=b")), "not a JSON object"},
		"no id":            {request("", message(t, map[string]any{"resource_id": nil})), "resource_id"},
		"no start":         {request("", message(t, map[string]any{"start_time": "yesterday"})), "start_time"},
		"an unknown event": {request("text_message", message(t, nil)), "event: pre_call"},
		"a form's time":    {request("form_submission", message(t, nil)), "submitted_at"},
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
