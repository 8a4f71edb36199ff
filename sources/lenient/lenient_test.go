package lenient_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/unread"
	"ringback/sources/lenient"
)

func TestValuesOfAnyType(t *testing.T) {
	t.Parallel()
	var got struct {
		Text lenient.Text
		List lenient.List
		Map  lenient.Map
	}
	for given, want := range map[string]string{
		`{}`:                                   `{"Text":"","List":null,"Map":null}`,
		`{"Text":null,"List":null,"Map":null}`: `{"Text":"","List":null,"Map":null}`,
		`{"Text":2100000000547157212,"List":"a, b","Map":""}`:                              `{"Text":"2100000000547157212","List":["a","b"],"Map":null}`,
		`{"Text":" x ","List":["a",{"name":"b"},null,7],"Map":{"a":1,"b":{"c":[]}}}`:       `{"Text":"x","List":["a","b","7"],"Map":{"a":"1","b":"{\"c\":[]}"}}`,
		`{"Text":[],"List":{},"Map":"{\"a\":\"b\"}"}`:                                      `{"Text":"","List":null,"Map":{"a":"b"}}`,
		`{"Text":"undefined","List":"null","Map":{"a":"{gclid}","b":"(not set)","c":"d"}}`: `{"Text":"","List":null,"Map":{"c":"d"}}`,
		`{"Text":false,"List":7,"Map":[]}`:                                                 `{"Text":"false","List":["7"],"Map":null}`,
	} {
		got.Text, got.List, got.Map = "", nil, nil
		require.NoError(t, json.Unmarshal([]byte(given), &got), given)
		text, err := json.Marshal(got)
		require.NoError(t, err)
		require.Equal(t, want, string(text), given)
	}
}

func TestLengthsInTheNotationsOfProviders(t *testing.T) {
	t.Parallel()
	for _, given := range []lenient.Text{"95", "95.9", " 95 ", "01:35", "1:35", "00:01:35", "0:01:35.5", "95s", "1m35s", "PT1M35S", "PT95S", "1 min 35 sec", "1 minute, 35 seconds", "1m 35s", "95 sec.", "95 Seconds", "95000ms", "०१:३५", "+95", "95,0", "95.4", "95 sec", "95 сек", "1 мин 35 сек", "1 мин. 35 с", "1 minute and 35 seconds", "1 min e 35 seg", "P0DT0H1M35S", "1'35\"", "0 days 00:01:35", "00:00:95", "1:35.5", "01:35,5", "1:35 min", "01:35 мин.", "1m:35s", "0h:1m:35s"} {
		got := given.Seconds()
		require.NotNil(t, got, given)
		require.Equal(t, 95, *got, given)
	}
	require.Equal(t, 3695, *lenient.Text("1:01:35").Seconds())
	require.Equal(t, 3695, *lenient.Text("1 hr 1 min 35 secs").Seconds())
	require.Equal(t, 5700, *lenient.Text("95:00").Seconds())
	require.Equal(t, 90061, *lenient.Text("1 day 01:01:01").Seconds())
	require.Equal(t, 90061, *lenient.Text("P1DT1H1M1S").Seconds())
	for _, given := range []lenient.Text{"", "-5", "-5s", "Inf", "NaN", "1:2:3:4", "12:00 PM", ":35", "long", "PT", "1 month", "95 sheep", "min"} {
		require.Nil(t, given.Seconds(), given)
	}
}

func TestWordsOfProvidersInAllSpellings(t *testing.T) {
	t.Parallel()
	for _, given := range []lenient.Text{"in_progress", "In Progress", " IN-PROGRESS "} {
		require.Equal(t, "in-progress", given.Word(), given)
	}
	for given, want := range map[lenient.Text]bool{"true": true, "True": true, "1": true, "YES": true, " y ": true, "false": false, "0": false, "no": false, "": false, "2": false} {
		require.Equal(t, want, given.Yes(), given)
	}
	require.Equal(t, "post_call", lenient.Parameter(&url.URL{RawQuery: "event=Post-Call"}, "event"))
	require.Empty(t, lenient.Parameter(nil, "event"))
}

func TestTimesInTheNotationsOfProviders(t *testing.T) {
	t.Parallel()
	moscow, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for given, want := range map[lenient.Text]time.Time{
		"2026-03-01T12:00:00Z": noon, "2026-03-01T07:00:00.000-05:00": noon, "2026-03-01T07:00:00-0500": noon, "2026-03-01 07:00:00 -0500": noon,
		"2026-03-01 07:00 AM -05:00": noon, "2026-03-01 12:00:00 UTC": noon, "Sun, 01 Mar 2026 12:00:00 +0000": noon, "Sun, 01 Mar 2026 12:00:00 GMT": noon,
		"1772366400": noon, "1772366400000": noon, "2026-03-01T15:00:00": noon, "2026-03-01 15:00": noon, " 2026-03-01 15:00:00 ": noon,
		"2026-03-01T12:00Z": noon, "2026-03-01T07:00-05:00": noon, "2026-03-01 12:00:00Z": noon, "2026-03-01 12:00:00 Z": noon, "2026-03-01 07:00:00-0500": noon,
		"2026-03-01 07:00:00-05": noon, "2026-03-01T07:00:00-05": noon, "20260301T120000Z": noon, "2026/03/01 15:00:00": noon, "Sun, 1 Mar 2026 12:00:00 +0000": noon,
		"1772366400.0": noon, "1772366400.75": noon, "1772366400000.5": noon,
		"2026-03-01 12:00 +0000": noon, "2026-03-01 15:00 +0300": noon, "2026-03-01T07:00 -05:00": noon, "2026/03/01 12:00:00 +0000": noon, "2026/03/01 15:00 +03": noon, "2026/3/1 12:00:00Z": noon,
		"Sun Mar 01 2026 12:00:00 GMT+0000 (Coordinated Universal Time)": noon, "Sun Mar 01 2026 15:00:00 GMT+0300 (Moscow Standard Time)": noon, "Sun Mar 01 2026 15:00:00 GMT+0300": noon,
		"Sun Mar 01 2026 09:00:00 GMT-0300 (GMT-03:00)": noon, "Sun Mar  1 12:00:00 UTC 2026": noon, "Sun Mar 01 12:00:00 +0000 2026": noon, "Sun Mar  1 15:00:00 2026": noon,
		"1772366400000000": noon, "1772366400123456": noon, "1772366400000000000": noon, "1772366400123456789": noon, "1.7723664E9": noon, "1.7723664e+12": noon, "1.7723664E+09": noon,
		"2026-03-01t12:00:00z": noon, "2026-03-01T12:00:00z": noon, "2026-03-01t15:00:00+03:00": noon, "2026-03-01T12:00:00,000Z": noon, "2026-03-01 12:00:00,123 +0000": noon, "2026-03-01 15:00:00,5": noon,
		"20260301T150000": noon, "20260301T1200Z": noon, "20260301T070000-0500": noon, "20260301t120000.000z": noon, "20260301150000": noon,
		"Sunday, 01-Mar-26 12:00:00 UTC": noon, "01-Mar-2026 15:00:00": noon, "1 Mar 2026 12:00:00 +0000": noon, "Mar 1, 2026 3:00:00 PM": noon, "Mar 1, 2026, 3:00:00 pm": noon, "March 1, 2026 at 3:00 PM": noon,
		"2026-03-01 03:00:00 PM": noon, "2026-03-01 3:00 p.m.": noon, "2026-03-01 15:00 PM": noon, "2026-03-01T12:00:00Z[UTC]": noon, "2026-03-01T13:00:00+01:00[Europe/Berlin]": noon, "2026-03-01T13:00:00[Europe/Berlin]": noon,
		"/Date(1772366400000)/": noon, "/Date(1772366400000+0300)/": noon, "2026-03-01 12:00:00 +0000 UTC": noon, "2026-03-01T12:00:00.000 +0000": noon, "2026-03-01T15:00:00 03:00": noon, "2026-03-01T12:00:00 00:00": noon,
		"2026-03-01 15:00:00 UTC+3": noon, "2026-03-01 09:00:00 GMT-3": noon, "2026-03-01T07:00:00−05:00": noon, "20260301 15:00:00": noon, "20260301 15:00": noon, "01.03.2026 15:00:00": noon, "01.03.2026, 15:00": noon, "1.3.2026 12:00:00 +0000": noon, "01/Mar/2026:12:00:00 +0000": noon, "2026-03-01 07:00:00 America/New_York": noon,
		"1772366400,5":      noon,
		"2026-3-1 15:00:00": noon, "2026-03-01 17:30:00 +05:30": noon, "2026-03-01 08:30:00 -0330": noon,
	} {
		got, ok := lenient.ParseTime(given, moscow)
		require.True(t, ok, given)
		require.True(t, want.Equal(got.Truncate(time.Second)), "%s: %s", given, got)
	}
	for _, given := range []lenient.Text{"", "yesterday", "12", "17723664000000", "01.03.2026", "2026-03-01 12:00:00 EST", "2026-03-01", "20260301", "1e5", "-1772366400", "9.9e99", "177236640000000", "12:00:00", "03/01/2026 12:00:00", "2026-13-01 12:00", "2026-03-01 25:00", "Date()"} {
		_, ok := lenient.ParseTime(given, nil)
		require.False(t, ok, given)
	}
	got, ok := lenient.ParseTime("01/03/2026 12:00:00", nil, "02/01/2006 15:04:05")
	require.True(t, ok)
	require.Equal(t, noon, got)
}

func TestFirstTimeNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	received := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for given, code := range map[lenient.Text]unread.Code{"": unread.BadTime, "soon": unread.BadTime, "1999-01-01T00:00:00Z": unread.OutOfRange, "2027-01-01T00:00:00Z": unread.OutOfRange} {
		_, err := lenient.FirstTime(received, "at", "2026-03-01T12:00:00Z", lenient.TimeField{Value: given})
		var reason *unread.Error
		require.ErrorAs(t, err, &reason, given)
		require.Equal(t, unread.Defect{Code: code, Field: "at", Example: "2026-03-01T12:00:00Z"}, reason.Reason)
	}
	got, err := lenient.FirstTime(received, "at", "", lenient.TimeField{Value: "soon"}, lenient.TimeField{Value: "1772366400"})
	require.NoError(t, err)
	require.Equal(t, received, got)
}

func TestPathsInAMessage(t *testing.T) {
	t.Parallel()
	tree := lenient.ReadTree([]byte(`{"a":{"b":"x","c.d":7,"e":null},"list":[{"id":"f","value":true},{"name":"g","value":[1]},"h"],"text":"{\"i\":\"y\"}","a.b":""}`))
	for path, want := range map[string]string{
		"a.b": "x", "a.c.d": "7", "a.e": "", "a.missing": "", "list.f": "true", "list.g": "[1]", "list.2": "h", "list.9": "", "text.i": "y", "": "", "a": `{"b":"x","c.d":7,"e":null}`,
	} {
		require.Equal(t, want, tree.At(path), path)
	}
	require.Empty(t, lenient.ReadTree([]byte("{")).At("a"))
	require.Equal(t, "y", lenient.TreeOf(map[string]string{"attrs": `{"i":"y"}`}).At("attrs.i"))
}

func TestFirstPhoneThatCanBeRead(t *testing.T) {
	t.Parallel()
	require.Equal(t, "+12025550123", lenient.FirstPhone("US", "12", "202-555-0123").E164)
	require.True(t, lenient.FirstPhone("US", "", "").Anonymous)
	require.True(t, lenient.FirstPhone("US", "Anonymous", "12").Anonymous)
	require.Zero(t, lenient.FirstPhone("US", "12", ""))
	require.Equal(t, map[string]string{"a": "b"}, lenient.NotEmpty(map[string]lenient.Text{"a": "b", "c": "", "": "d"}))
	require.Nil(t, lenient.NotEmpty(nil))
}

func TestTagsInTheNotationsOfProviders(t *testing.T) {
	t.Parallel()
	want := lenient.List{"sales", "new"}
	for _, given := range []string{
		`"sales,new"`, `"sales, new"`, `"sales;new"`, `"sales; new;"`, `"sales|new"`, `"sales\nnew"`, `["sales","new"]`, `"[\"sales\",\"new\"]"`, `"[{\"name\":\"sales\"},{\"name\":\"new\"}]"`,
		`[{"name":"sales"},{"label":"new"}]`, `[{"tag":"sales"},{"title":"new"}]`, `{"0":"sales","1":"new"}`, `{"1":"sales","10":"new"}`, `{"names":["sales","new"]}`, `[{"category":"c","type":"AUTO","names":["sales","new"]}]`,
		`[{"names":["sales"]},{"names":["new"]}]`, `["sales",null,"","undefined","{tag}","new"]`, `[{"id":1,"tag":{"name":"sales"}},"new"]`,
	} {
		var got lenient.List
		require.NoError(t, json.Unmarshal([]byte(given), &got), given)
		require.Equal(t, want, got, given)
	}
	for given, want := range map[string]lenient.List{`["a, b"]`: {"a, b"}, `"a;b, c"`: {"a;b", "c"}, `"[sales] x"`: {"[sales] x"}, `"[1] x"`: {"[1] x"}, `{"id":7}`: nil, `""`: nil, `null`: nil} {
		var got lenient.List
		require.NoError(t, json.Unmarshal([]byte(given), &got), given)
		require.Equal(t, want, got, given)
	}
	require.Equal(t, []string{"a,b", "c"}, lenient.Labels("a,b;c", ";"))
	require.Equal(t, []string{"a", "b", "c"}, lenient.Labels([]any{"a, b", "c"}, ","))
	for _, text := range []string{"[sales, new]", "['sales', 'new']", "{sales,new}", `{sales,"new"}`, `"sales","new"`, "'sales', 'new'", "sales\tnew", "sales;\nnew"} {
		require.Equal(t, []string{"sales", "new"}, lenient.Labels(text, ""), text)
	}
	for _, label := range []string{"[Brand]", "[Brand] Search", "#sale", "Ann's", "a/b", "50% off", "\"", "VIP (gold)"} {
		require.Equal(t, []string{label}, lenient.Labels(label, ""), label)
		require.Equal(t, []string{label}, lenient.Labels([]any{label}, ""), label)
	}
	require.Equal(t, []string{"[Brand] Search", "[x]"}, lenient.Labels("[Brand] Search, [x]", ""))
	require.Equal(t, []string{"sales"}, lenient.Labels("['sales']", ""))
}

// FuzzValues reads any text as a time, a length and tags.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{"2026-03-01T12:00:00[Europe/Moscow]", "Sun Mar  1 12:00:00 UTC 2026", "1.7723664E9", "/Date(1772366400000)/", "1 day 01:35", "1'35\"", `[{"names":["a",{"0":"b"}]}]`, `{"1":"a;b"}`} {
		f.Add(seed, ",")
	}
	f.Fuzz(func(t *testing.T, text, separator string) {
		given := lenient.Text(text)
		if at, read := lenient.ParseTime(given, nil); read {
			again, read := lenient.ParseTime(lenient.Text(at.Format(time.RFC3339Nano)), nil)
			require.True(t, !read || again.Equal(at), "%q: %s, %s", text, at, again)
		}
		if seconds := given.Seconds(); seconds != nil {
			require.GreaterOrEqual(t, *seconds, 0)
		}
		for _, label := range append(lenient.Labels(text, ""), lenient.Labels(text, separator)...) {
			require.NotEmpty(t, label)
		}
	})
}
