package calltouch_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/calltouch"
	"ringback/sources/sourcetest"
)

func signedBy(keys ...string) sources.Settings {
	return sources.Settings{
		Region: "RU",
		Values: settings.Values{
			Credentials: map[string]string{"secrets": strings.Join(keys, "\n")},
			Options:     map[string]string{"time_zone": "Europe/Moscow"},
		},
	}
}

func subject() sourcetest.Subject {
	return sourcetest.Subject{
		Source: calltouch.New(), Settings: signedBy, SecretInAddress: true,
		Sign: func(r *sources.Request, key string) {
			query := r.URL.Query()
			query.Set("secret", key)
			r.URL.RawQuery = query.Encode()
		},
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }

func TestValidateNamesWrongOptions(t *testing.T) {
	t.Parallel()
	for option, value := range map[string]string{"time_zone": "Moscow time", "visitor_ids": "bizible", "colour": "red"} {
		set := signedBy("sample-secret-0123456789")
		set.Options = map[string]string{option: value}
		wrong := calltouch.New().Validate(set)
		require.Len(t, wrong, 1)
		require.Equal(t, "options."+option, wrong[0].Path)
	}
	wrong := calltouch.New().Validate(signedBy("short"))
	require.Len(t, wrong, 1)
	require.Equal(t, "credentials.secrets", wrong[0].Path)
}

// reading returns what is read of a message that was sent as a form.
func reading(t *testing.T, fields map[string]string) sources.Reading {
	t.Helper()
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	got, err := calltouch.New().Parse(sources.Request{
		Method: http.MethodPost, URL: &url.URL{RawQuery: "event=call_end"}, Header: http.Header{}, Body: []byte(form.Encode()),
		ReceivedAt: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
	}, signedBy("sample-secret-0123456789"))
	require.NoError(t, err)
	return got
}

func realCall() map[string]string {
	return map[string]string{"id": "7", "callerphone": "74955550123", "timestamp": "1772366400", "duration": "95", "status": "successful"}
}

func TestM9_MacrosOfAdPlatformsMakeNoTestMessage(t *testing.T) {
	t.Parallel()
	for field, value := range map[string]string{
		"utm_campaign": "{campaign_id}", "utm_term": "{keyword}", "utm_content": "${ad}", "city": "{city}", "sessionId": "{sessionId}", "url": "{lpurl}", "attrs": "__ATTRS__", "fio": "{{name}}",
	} {
		fields := realCall()
		fields[field] = value
		got := reading(t, fields)
		require.Empty(t, got.LeftOut, field)
		require.Equal(t, reading(t, realCall()), got, "%s is as if it were not there", field)
	}
	for field, value := range map[string]string{"id": "{id}", "callerphone": "{callerphone}", "timestamp": "{timestamp}", "callerNumber": "%callerNumber%"} {
		fields := realCall()
		if field == "callerNumber" {
			delete(fields, "callerphone")
		}
		fields[field] = value
		require.Equal(t, sources.Reading{LeftOut: sources.TestMessage}, reading(t, fields), field)
	}
	fields := realCall()
	fields["callId"], fields["callerNumber"], fields["calltime"] = "{callId}", "{callerNumber}", "{calltime}"
	require.Empty(t, reading(t, fields).LeftOut, "the fields that count have values")
	fields["callerphone"] = "<не указано>"
	delete(fields, "callerNumber")
	require.True(t, reading(t, fields).Reports[0].Event.Anonymous)
}

func TestM9_StatusesAndTagsOfCalltouch(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]conversion.Outcome{
		"successful": conversion.OutcomeAnswered, "Успешный": conversion.OutcomeAnswered, "1": conversion.OutcomeAnswered, "true": conversion.OutcomeAnswered,
		"unsuccessful": conversion.OutcomeMissed, "Неуспешный": conversion.OutcomeMissed, "false": conversion.OutcomeMissed, "занято": conversion.OutcomeMissed, "other": conversion.OutcomeMissed,
	} {
		fields := realCall()
		fields["status"] = status
		require.Equal(t, want, reading(t, fields).Reports[1].Event.Outcome, status)
	}
	for _, tags := range []string{"sales,new", "sales;new", "sales|new", `["sales","new"]`, `[{"category":"c","type":"AUTO","names":["sales","new"]}]`, `[{"names":["sales"]},{"names":["new"]}]`} {
		fields := realCall()
		fields["callTags"] = tags
		require.Equal(t, []string{"sales", "new"}, reading(t, fields).Reports[1].Event.Tags, tags)
	}
}
