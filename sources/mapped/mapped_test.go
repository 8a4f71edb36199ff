package mapped_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/settings"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/mapped"
	"ringback/sources/sourcetest"
)

// mapping is that of the sample provider.
func mapping(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/mapping.json")
	require.NoError(t, err)
	return string(text)
}

func subject(t testing.TB) sourcetest.Subject {
	text := mapping(t)
	return sourcetest.Subject{
		Source: mapped.New(),
		Settings: func(keys ...string) sources.Settings {
			return sources.Settings{Region: "BR", TimeZone: time.UTC, Values: settings.Values{
				Credentials: map[string]string{"secrets": strings.Join(keys, "\n")},
				Options: map[string]string{
					"mapping": text, "authentication": "hmac", "hmac_prefix": "sha256=",
					"signed_content": "{header:X-Time}.{url}.{body}",
				},
			}}
		},
		Sign: func(r *sources.Request, key string) {
			r.Header.Set("X-Time", "1772366400")
			mac := hmac.New(sha256.New, []byte(key))
			mac.Write([]byte("1772366400." + r.URL.String() + "." + string(r.Body)))
			r.Header.Set("X-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		},
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject(t))
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject(f)) }

// FuzzMapping reads any message with any mapping that an owner can set.
func FuzzMapping(f *testing.F) {
	f.Add(mapping(f), "a=b&call%5Bid%5D=7", `{"call": {"id": 7}}`)
	f.Add(`{"fields":{"kind":{"constant":"end"},"id":{"from":["$.a[?@.b=='c'].d"]},"started_at":{"from":["$.*"],"format":"hh:mm AM DD.MM.YY"},"tags":{"from":["$[0:9]"]}}}`, "", `{"a":[{"b":"c","d":1}]}`)
	at := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text, query, body string) {
		set := sources.Settings{Region: "US", TimeZone: time.UTC, Values: settings.Values{
			Credentials: map[string]string{"secrets": "sample-secret-0123456789"}, Options: map[string]string{"mapping": text},
		}}
		if len(mapped.New().Validate(set)) > 0 {
			return
		}
		r := sources.Request{
			Method: http.MethodPost, URL: &url.URL{RawQuery: query}, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body), ReceivedAt: at,
		}
		reading, err := mapped.New().Parse(r, set)
		if err != nil {
			var reason *unread.Error
			require.ErrorAs(t, err, &reason)
			return
		}
		for _, report := range reading.Reports {
			sourcetest.RequireNormalized(t, report)
			report.Clean()
		}
	})
}

// parse reads a form with a mapping of these fields.
func parse(t *testing.T, fields, form string) (sources.Reading, error) {
	t.Helper()
	set := sources.Settings{Region: "US", TimeZone: time.UTC, Values: settings.Values{
		Credentials: map[string]string{"secrets": "sample-secret-0123456789"}, Options: map[string]string{"mapping": `{"fields": ` + fields + `}`},
	}}
	require.Empty(t, mapped.New().Validate(set))
	return mapped.New().Parse(sources.Request{
		Method: http.MethodGet, URL: &url.URL{RawQuery: form}, ReceivedAt: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
	}, set)
}

func TestM9_TimesDurationsAndOutcomes(t *testing.T) {
	t.Parallel()
	fields := `{"kind": {"constant": "end"}, "id": {"from": ["$.id"]},
		"started_at": {"from": ["$.t"], "format": "DD.MM.YYYY hh:mm AM", "zone": "America/Sao_Paulo"},
		"talk_seconds": {"from": ["$.ms"], "unit": "milliseconds"}, "wait_seconds": {"from": ["$.clock"]},
		"outcome": {"from": ["$.r"], "values": {"NO ANSWER": "missed", "ok": "answered"}}}`
	reading, err := parse(t, fields, "id=7&t=01.03.2026+09:01+am&ms=95900&clock=1:05&r=no+answer")
	require.NoError(t, err)
	start, end := reading.Reports[0].Event, reading.Reports[1].Event
	require.Equal(t, time.Date(2026, 3, 1, 12, 1, 0, 0, time.UTC), start.At)
	require.Equal(t, start.At.Add(160*time.Second), end.At)
	require.Equal(t, conversion.OutcomeMissed, end.Outcome)
	require.Nil(t, end.TalkSeconds, "nobody talked: a voicemail box may have recorded")
	require.Equal(t, 65, *end.WaitSeconds)

	reading, err = parse(t, fields, "id=7&t=01.03.2026+09:01+AM&ms=95900&r=OK")
	require.NoError(t, err)
	require.Equal(t, 95, *reading.Reports[1].Event.TalkSeconds)

	for form, want := range map[string]unread.Defect{
		"t=01.03.2026+09:01+AM":                {Code: unread.Missing, Field: "$.id"},
		"id=7&t=2026-03-01":                    {Code: unread.BadTime, Field: "$.t", Example: "01.03.2026 12:00 PM"},
		"id=7&t=01.03.2027+09:01+AM":           {Code: unread.OutOfRange, Field: "$.t", Example: "01.03.2026 12:00 PM"},
		"id=7&t=01.03.2026+09:01+AM&r=psychic": {Code: unread.UnknownValue, Field: "$.r", Example: "answered, missed, busy, failed"},
	} {
		_, err := parse(t, fields, form)
		var reason *unread.Error
		require.ErrorAs(t, err, &reason, form)
		require.Equal(t, want, reason.Reason, form)
	}
}

// Some providers send no time. The end is then the time at which the message came, and a
// repeated message is the same event all the same.
func TestM9_AMessageWithoutATimeIsOfTheArrival(t *testing.T) {
	t.Parallel()
	fields := `{"kind": {"constant": "end"}, "id": {"from": ["$.id"]}, "total_seconds": {"from": ["$.d"], "unit": "minutes"}}`
	reading, err := parse(t, fields, "id=7&d=1,5")
	require.NoError(t, err)
	start, end := reading.Reports[0].Event, reading.Reports[1].Event
	require.Equal(t, time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC), end.At)
	require.Equal(t, end.At.Add(-90*time.Second), start.At)
}

func TestM9_FallbacksTagsAndGroups(t *testing.T) {
	t.Parallel()
	fields := `{"kind": {"from": ["$.e"], "constant": "end", "values": {"*": "start"}}, "id": {"from": ["$.uuid", "$['call id']"]},
		"tags": {"from": ["$.tags"], "separator": ";", "values": {"junk": ""}}, "caller": {"from": ["$.none", "$.from"]}, "visitor_ids.bizible": {"from": ["$.biz"]},
		"traffic.source": {"from": ["$.src"], "values": {"(direct)": ""}, "constant": "offline"}, "click_ids.gclid": {"from": ["$.gclid"]}}`
	reading, err := parse(t, fields, "call+id=sip:7@example.com&tags=a;+junk+;b;a&from=12025550123&src=(direct)&biz=7059e81415f34f7bbaf40fe32fdcba21&gclid=g")
	require.NoError(t, err)
	require.Regexp(t, "^digest-[0-9a-f]{32}$", reading.Reports[0].ExternalID, "an id that Temporal may not show")
	start, end := reading.Reports[0].Event, reading.Reports[1].Event
	require.Equal(t, "+12025550123", start.Caller)
	require.Equal(t, []string{"a", "b"}, end.Tags)
	require.Equal(t, &conversion.Traffic{Source: "offline", ClickIDs: map[string]string{"gclid": "g"}}, start.Traffic)
	require.Equal(t, map[string]string{"bizible": "7059e81415f34f7bbaf40fe32fdcba21"}, start.VisitorIDs)

	reading, err = parse(t, fields, "uuid=7&e=x")
	require.NoError(t, err)
	require.Equal(t, conversion.EventStarted, reading.Reports[0].Event.Type)
	require.Len(t, reading.Reports, 1)
}

func TestM9_LateDataLeadsAndWhatIsIgnored(t *testing.T) {
	t.Parallel()
	fields := `{"kind": {"from": ["$.e"]}, "id": {"from": ["$.id"]}, "tags": {"from": ["$.tag"]}, "session_id": {"from": ["$.s"]},
		"direction": {"from": ["$.d"]}, "email": {"from": ["$.email"]}, "fields.topic": {"from": ["$.topic"]}, "fields": {"from": ["$.more"]}}`
	reading, err := parse(t, fields, "e=late&id=7&s=9&tag=x")
	require.NoError(t, err)
	require.Equal(t, conversion.EventLinked, reading.Reports[0].Event.Type)
	require.Equal(t, conversion.EventTagged, reading.Reports[1].Event.Type)
	require.True(t, reading.Reports[0].OnlyIfKnown && reading.Reports[1].OnlyIfKnown, "late data make no call")

	reading, err = parse(t, fields, "e=lead&id=7&email=a@example.com&topic=t&more="+url.QueryEscape(`{"size":3,"topic":"u"}`))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"topic": "t", "size": "3"}, reading.Reports[0].Lead.Fields)

	for form, want := range map[string]sources.Omission{"e=ignore": sources.NotAReport, "e=late&id=7": sources.NotAReport, "e=end&id=7&d=outbound": sources.OutboundCall} {
		reading, err = parse(t, fields, form)
		require.NoError(t, err)
		require.Equal(t, want, reading.LeftOut, form)
	}
	_, err = parse(t, fields, "e=lead&id=7")
	require.ErrorContains(t, err, "$.email", "nobody could be found by it")
}

// TestM9_WhatCannotBeReadAsItIsWrittenIsRefused checks formats of times that would match
// nothing, names that the API does not take, and bodies with more than one message.
func TestM9_WhatCannotBeReadAsItIsWrittenIsRefused(t *testing.T) {
	t.Parallel()
	for field, isRight := range map[string]bool{
		`"started_at": {"from": ["$.t"], "format": "YYYY-MM-DD HH:mm:ss.SSS"}`: true,
		`"started_at": {"from": ["$.t"], "format": "YYYY-MM-DD HH:mm:ss:SSS"}`: false,
		`"started_at": {"from": ["$.t"], "format": "YYYYMMDDHHmmssSSS"}`:       false,
		`"visitor_ids.rtbhouse": {"from": ["$.v"]}`:                            true,
		`"visitor_ids.RTBHouse": {"from": ["$.v"]}`:                            false,
	} {
		m, err := mapped.ReadMapping(`{"fields": {"kind": {"constant": "end"}, "id": {"from": ["$.id"]}, ` + field + `}}`)
		require.NoError(t, err)
		require.Equal(t, isRight, len(m.Check()) == 0, field)
	}
	reading, err := parse(t, `{"kind": {"constant": "start"}, "id": {"from": ["$.id"]}, "started_at": {"from": ["$.t"], "format": "YYYY-MM-DD HH:mm:ssZ"}}`, "id=1&t="+url.QueryEscape("2026-03-01 15:00:00+0300"))
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), reading.Reports[0].Event.At)
	set := sources.Settings{TimeZone: time.UTC, Values: settings.Values{Options: map[string]string{"mapping": `{"fields": {"kind": {"constant": "end"}, "id": {"from": ["$.id"]}}}`}}}
	_, err = mapped.New().Parse(sources.Request{Method: http.MethodPost, URL: &url.URL{}, Body: []byte("{\"id\":1}\n{\"id\":2}")}, set)
	require.ErrorContains(t, err, string(unread.NotJSON))
}

func TestMessagesOfAllFormats(t *testing.T) {
	t.Parallel()
	set := sources.Settings{TimeZone: time.UTC, Values: settings.Values{Options: map[string]string{"mapping": `{"fields": {"kind": {"constant": "start"}, "id": {"from": ["$.id", "$.body[0].id", "$.json.id"]}}}`}}}
	for name, m := range map[string]struct{ query, kind, body string }{
		"JSON":                 {"", "application/json", "\ufeff{\"id\": 123456789012345678}"},
		"JSON without a type":  {"", "", ` {"id": 123456789012345678}`},
		"a list":               {"", "application/json", `[{"id": "123456789012345678"}]`},
		"a form":               {"", "application/x-www-form-urlencoded", "id=123456789012345678"},
		"a form with JSON":     {"", "application/x-www-form-urlencoded", "json=" + url.QueryEscape(`{"id":"123456789012345678"}`)},
		"a form with parts":    {"", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n123456789012345678\r\n--x--\r\n"},
		"a query":              {"id=123456789012345678&secret=s", "", ""},
		"the body goes before": {"id=9", "application/json", `{"id": 123456789012345678}`},
	} {
		reading, err := mapped.New().Parse(sources.Request{
			Method: http.MethodPost, URL: &url.URL{RawQuery: m.query}, Header: http.Header{"Content-Type": {m.kind}}, Body: []byte(m.body), ReceivedAt: time.Now(),
		}, set)
		require.NoError(t, err, name)
		require.Equal(t, "123456789012345678", reading.Reports[0].ExternalID, name)
	}
}

func TestBoundsOfMessages(t *testing.T) {
	t.Parallel()
	set := sources.Settings{Values: settings.Values{Options: map[string]string{"mapping": `{"fields": {"kind": {"constant": "start"}, "id": {"from": ["$.id"]}}}`}}}
	for name, body := range map[string]string{
		"many values":         "[" + strings.Repeat("1,", 60_000) + "1]",
		"deep lists":          strings.Repeat("[", 70) + strings.Repeat("]", 70),
		"many fields":         "a=1" + strings.Repeat("&b=1", 60_000),
		"many JSON in a form": strings.Repeat("a="+url.QueryEscape("["+strings.Repeat("1,", 999)+"1]")+"&", 60),
	} {
		_, err := mapped.New().Parse(sources.Request{Method: http.MethodPost, Body: []byte(body)}, set)
		require.ErrorContains(t, err, string(unread.TooManyValues), name)
	}
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	const secret = "sample-secret-0123456789"
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+secret))
	for name, tc := range map[string]struct {
		options map[string]string
		query   string
		header  http.Header
		right   bool
	}{
		"parameter":                   {nil, "secret=" + secret, nil, true},
		"parameter of another name":   {map[string]string{"authentication_name": "key"}, "key=" + secret, nil, true},
		"wrong parameter":             {nil, "secret=psychic", nil, false},
		"no parameter":                {nil, "", nil, false},
		"header":                      {map[string]string{"authentication": "header", "authentication_name": "X-Key"}, "", http.Header{"X-Key": {secret}}, true},
		"bearer":                      {map[string]string{"authentication": "header"}, "", http.Header{"Authorization": {"Bearer " + secret}}, true},
		"basic":                       {map[string]string{"authentication": "header"}, "", http.Header{"Authorization": {basic}}, true},
		"no basic":                    {map[string]string{"authentication": "header"}, "", http.Header{"Authorization": {"Basic ???"}}, false},
		"parameter instead of header": {map[string]string{"authentication": "header"}, "secret=" + secret, nil, false},
		"empty signature":             {map[string]string{"authentication": "hmac"}, "", http.Header{"X-Signature": {""}}, false},
	} {
		set := sources.Settings{Values: settings.Values{Credentials: map[string]string{"secrets": "other-secret-0123456789 " + secret}, Options: tc.options}}
		require.Empty(t, mapped.New().Validate(set), name)
		err := mapped.New().Verify(sources.Request{URL: &url.URL{RawQuery: tc.query}, Header: tc.header}, set)
		require.Equal(t, tc.right, err == nil, "%s: %v", name, err)
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	const base = `"kind": {"constant": "end"}, "id": {"from": ["$.id"]}`
	for path, options := range map[string]map[string]string{
		"options.time_zone":                           {"time_zone": "Moscow time"},
		"options.colour":                              {"colour": "red"},
		"options.authentication":                      {"authentication": "magic"},
		"options.authentication_name":                 {"authentication_name": "a b"},
		"options.signed_content":                      {"signed_content": "{header:X-Time}"},
		"options.mapping":                             {"mapping": `{"field": {}}`},
		"options.mapping.fields.id":                   {"mapping": `{"fields": {"kind": {"constant": "end"}}}`},
		"options.mapping.fields.kind.constant":        {"mapping": `{"fields": {"kind": {"constant": "over"}, "id": {"from": ["$.id"]}}}`},
		"options.mapping.fields.outcome.values":       {"mapping": `{"fields": {` + base + `, "outcome": {"values": {"a": "b"}}}}`},
		"options.mapping.fields.colour":               {"mapping": `{"fields": {` + base + `, "colour": {"from": ["$.a"]}}}`},
		"options.mapping.fields.traffic.colour":       {"mapping": `{"fields": {` + base + `, "traffic.colour": {"from": ["$.a"]}}}`},
		"options.mapping.fields.caller.from[1]":       {"mapping": `{"fields": {` + base + `, "caller": {"from": ["$.a", "caller"]}}}`},
		"options.mapping.fields.caller.unit":          {"mapping": `{"fields": {` + base + `, "caller": {"from": ["$.a"], "unit": "seconds"}}}`},
		"options.mapping.fields.talk_seconds.unit":    {"mapping": `{"fields": {` + base + `, "talk_seconds": {"from": ["$.a"], "unit": "years"}}}`},
		"options.mapping.fields.started_at.format":    {"mapping": `{"fields": {` + base + `, "started_at": {"from": ["$.a"], "format": "DD.MM"}}}`},
		"options.mapping.fields.started_at.zone":      {"mapping": `{"fields": {` + base + `, "started_at": {"from": ["$.a"], "zone": "Moscow"}}}`},
		"options.mapping.fields.session_id.separator": {"mapping": `{"fields": {` + base + `, "session_id": {"from": ["$.a"], "separator": ";"}}}`},
		"options.mapping.fields":                      {"mapping": `{"fields": {` + base + strings.Repeat(`, "fields.a`+`": {"from": ["$.*"]}`, 1) + many(21) + `}}`},
	} {
		set := sources.Settings{Values: settings.Values{Credentials: map[string]string{"secrets": "sample-secret-0123456789"}, Options: options}}
		wrong := mapped.New().Validate(set)
		require.Len(t, wrong, 1, path)
		require.Equal(t, path, wrong[0].Path)
	}
	set := sources.Settings{Values: settings.Values{Credentials: map[string]string{"secrets": "short"}}}
	require.Equal(t, "credentials.secrets", mapped.New().Validate(set)[0].Path)
}

// many returns so many fields with a path that looks at many values.
func many(n int) string {
	all := ""
	for i := range n {
		all += `, "fields.f` + string(rune('a'+i)) + `": {"from": ["$.*"]}`
	}
	return all
}

// The cost of a path must not grow faster than the message.
func TestPathsThatCouldTakeLongAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"$..id", "$[*,*]", "$.a['x','y']", "$[?@[?@.a]]", "$[?@.a==$.b]", "$[?count(@.*)>1]", "$." + strings.Repeat("a", 200), "id", "", "$[",
	} {
		m := mapped.Mapping{Fields: map[string]mapped.Field{"kind": {Constant: "end"}, "id": {From: []string{text}}}}
		require.Len(t, m.Check(), 1, text)
	}
	for _, text := range []string{"$.id", "$['a..b,c($']", "$.a[0].b", "$.custom[?@.name=='a, b'].value", "$.a[*].b", `$["it\"s, ?"]`} {
		m := mapped.Mapping{Fields: map[string]mapped.Field{"kind": {Constant: "end"}, "id": {From: []string{text}}}}
		require.Empty(t, m.Check(), text)
	}
}

func TestMembersOfTheFamily(t *testing.T) {
	t.Parallel()
	all := sources.NewRegistry(mapped.New(), mapped.Of(mapped.Preset{Name: "preset"}))
	source, ok := all.Get("mapped-acme")
	require.True(t, ok)
	require.Equal(t, "mapped-acme", source.Describe().Name)
	for _, name := range []string{"mapped-", "mapped-A", "mapped-a-b", "preset-a", "other-a", "mapped-" + strings.Repeat("a", 33)} {
		_, ok := all.Get(name)
		require.False(t, ok, name)
	}
}
