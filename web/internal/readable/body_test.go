package readable_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/web/internal/readable"
)

// report is a body with a field of each kind.
type report struct {
	ID     string            `json:"id"`
	Kind   string            `json:"kind,omitempty" enum:"started,ended"`
	At     *time.Time        `json:"at,omitempty"`
	Count  *int              `json:"count,omitempty" minimum:"0" maximum:"10"`
	Note   string            `json:"note,omitempty" maxLength:"5"`
	Code   string            `json:"code,omitempty" maxLength:"5"`
	Labels []string          `json:"labels,omitempty" maxItems:"2"`
	More   map[string]string `json:"more,omitempty"`
}

var form = readable.NewForm[report]("note")

func read(t testing.TB, given string) (report, []string, error) {
	t.Helper()
	var body readable.Body[report]
	require.NoError(t, json.Unmarshal([]byte(given), &body))
	zone := time.FixedZone("", 3600)
	got, leftOut, err := form.Read(body, zone)
	var paths []string
	for _, f := range leftOut {
		paths = append(paths, f.Path)
	}
	return got, paths, err
}

func TestWhatCanBeReadIsRead(t *testing.T) {
	t.Parallel()
	got, leftOut, err := read(t, `{"id":7,"kind":"Ended","at":"2026-03-01 13:00:00","count":"3.0","note":["a",1],"code":null,"labels":"x","more":{"a":1}}`)
	require.NoError(t, err)
	require.Empty(t, leftOut)
	require.True(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Equal(*got.At))
	got.At = nil
	require.Equal(t, report{ID: "7", Kind: "ended", Count: new(3), Note: "a, 1", Labels: []string{"x"}, More: map[string]string{"a": "1"}}, got)
}

func TestCaseC09_LengthsAreReadAsThoseOfSources(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"5", "5.0", `"5"`, `"00:05"`, `"0:00:05"`, `"5s"`, `"PT5S"`, `" 5 sec"`, `"५"`} {
		got, leftOut, err := read(t, `{"id":"a","count":`+given+`}`)
		require.NoError(t, err, given)
		require.Empty(t, leftOut, given)
		require.Equal(t, new(5), got.Count, given)
	}
	for _, given := range []string{`"-5"`, `"01:35"`, `"soon"`, "true", "1e300", `"NaN"`, "[5]"} {
		got, leftOut, err := read(t, `{"id":"a","count":`+given+`}`)
		require.NoError(t, err, given)
		require.Equal(t, []string{"count"}, leftOut, given)
		require.Nil(t, got.Count, given)
	}
}

func TestWhatCannotBeReadIsLeftOutAndNamed(t *testing.T) {
	t.Parallel()
	got, leftOut, err := read(t, `{"id":"a\u0000b","kind":"else","at":"soon","count":11,"note":"abcdef","code":"abcdef","labels":["x",{},"y","z"],"more":{"a":{},"b":"c"},"colour":1}`)
	require.NoError(t, err)
	require.Equal(t, []string{"at", "code", "colour", "count", "kind", "labels[1]", "labels[3]", "more.a", "note"}, leftOut)
	require.Equal(t, report{ID: "ab", Note: "abcde", Labels: []string{"x", "y"}, More: map[string]string{"b": "c"}}, got)
}

// Programs send false for an id that they do not have. As a text it would be the same id for
// all.
func TestABooleanIsATextOnlyWherePeopleWrite(t *testing.T) {
	t.Parallel()
	got, leftOut, err := read(t, `{"id":"a","note":true,"code":false,"more":{"a":false},"labels":[true]}`)
	require.NoError(t, err)
	require.Equal(t, []string{"code", "labels[0]", "more.a"}, leftOut)
	require.Equal(t, report{ID: "a", Note: "true", Labels: []string{}, More: map[string]string{}}, got)
}

func TestWithoutARequiredFieldNothingIsRead(t *testing.T) {
	t.Parallel()
	for _, given := range []string{`{}`, `[]`, `7`, `null`, `{"id":{}}`, `{"id":false}`, `{"id":null,"code":"abcdef"}`} {
		_, _, err := read(t, given)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), given)
		require.ErrorContains(t, err, "id", given)
	}
}

func TestAnErrorNamesEachFieldOnce(t *testing.T) {
	t.Parallel()
	type pair struct {
		First  string `json:"first"`
		Second string `json:"second" maxLength:"1"`
		Third  *int   `json:"third,omitempty" minimum:"0"`
	}
	for given, want := range map[string][]string{
		`{"third":-1}`:                             {"first", "second", "third"},
		`{"first":"a","second":"bc"}`:              {"second"},
		`{"first":{},"second":"bc","third":"one"}`: {"first", "second", "third"},
	} {
		var body readable.Body[pair]
		require.NoError(t, json.Unmarshal([]byte(given), &body))
		_, _, err := readable.NewForm[pair]().Read(body, time.UTC)
		var wrong *fault.Error
		require.ErrorAs(t, err, &wrong, given)
		var paths []string
		for _, f := range wrong.Fields {
			paths = append(paths, f.Path)
		}
		require.Equal(t, want, paths, given)
	}
}

func FuzzRead(f *testing.F) {
	for _, given := range []string{`{"id":1}`, `{"id":"a","at":1e9,"count":1e400,"more":{"":""}}`, `{"id":"a","labels":[[["x"]]]}`, `[1]`} {
		f.Add(given)
	}
	f.Fuzz(func(t *testing.T, given string) {
		if !json.Valid([]byte(given)) {
			return
		}
		got, _, err := read(t, given)
		if err != nil {
			require.Equal(t, fault.Invalid, fault.CodeOf(err))
			return
		}
		again, err := json.Marshal(got)
		require.NoError(t, err)
		same, leftOut, err := read(t, string(again))
		require.NoError(t, err)
		require.Empty(t, leftOut)
		twice, err := json.Marshal(same)
		require.NoError(t, err)
		require.JSONEq(t, string(again), string(twice))
	})
}
