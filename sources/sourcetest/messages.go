package sourcetest

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/unread"
	"ringback/sources"
)

// samplesHaveTheirResults parses every sample of the package's testdata.
func (s Subject) samplesHaveTheirResults(t *testing.T) {
	for _, sample := range Samples(t) {
		require.NotEmpty(t, sample.About, sample.file)
		for _, field := range sample.fields(t) {
			require.True(t, sample.isMarked(field), "%s: the field %s has no mark of %v", sample.file, field, marks)
		}
		got := sample
		reading, err := s.Source.Parse(sample.Request(), s.Settings(currentKey))
		got.Reports, got.LeftOut, got.Unread = reported(reading.Reports), reading.LeftOut, nil
		var reason *unread.Error
		if errors.As(err, &reason) {
			got.Unread = &reason.Reason
		}
		if *update {
			write(t, sample.file, got)
			continue
		}
		require.Equal(t, asJSON(t, sample), asJSON(t, got), sample.file)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	require.NoError(t, err)
	return string(text)
}

// callsFile has the calls that the samples of one call fold to.
const callsFile = "testdata/samples/calls.golden"

// callsFoldInAnyOrder stores the messages of each call in every order, each of them
// twice, and expects the same call.
func (s Subject) callsFoldInAnyOrder(t *testing.T) {
	calls := map[string]conversion.Call{}
	for name, samples := range byCall(Samples(t)) {
		require.LessOrEqual(t, len(samples), 6, "%s: there are too many orders", name)
		calls[name] = s.folded(t, samples)
		for _, order := range orders(len(samples)) {
			var arrived []Sample
			for _, i := range order {
				arrived = append(arrived, samples[i], samples[order[0]])
			}
			require.Equal(t, asJSON(t, calls[name]), asJSON(t, s.folded(t, arrived)), "%s in the order %v", name, order)
		}
	}
	if len(calls) == 0 {
		return
	}
	if *update {
		require.NoError(t, os.WriteFile(callsFile, []byte(asJSON(t, calls)+"\n"), 0o644))
	}
	want, err := os.ReadFile(callsFile)
	require.NoError(t, err)
	require.Equal(t, string(want), asJSON(t, calls)+"\n")
}

func byCall(samples []Sample) map[string][]Sample {
	calls := map[string][]Sample{}
	for _, sample := range samples {
		if sample.Call != "" {
			calls[sample.Call] = append(calls[sample.Call], sample)
		}
	}
	return calls
}

// folded returns the call that the messages fold to. They must be about one call.
func (s Subject) folded(t *testing.T, samples []Sample) conversion.Call {
	t.Helper()
	var events []conversion.CallEvent
	id := ""
	for _, sample := range samples {
		reading, err := s.Source.Parse(sample.Request(), s.Settings(currentKey))
		require.NoError(t, err, sample.file)
		for _, report := range reading.Reports {
			if id == "" {
				id = report.ExternalID
			}
			require.Equal(t, id, report.ExternalID, "%s is about another call", sample.file)
			events = append(events, *report.Event)
		}
	}
	return conversion.FoldCall(events)
}

// orders returns all orders of n things.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range orders(n - 1) {
		for at := range n {
			order := append(append(append([]int{}, shorter[:at]...), n-1), shorter[at:]...)
			all = append(all, order)
		}
	}
	return all
}

// survivesTruncation parses every beginning of every sample, and every sample without
// one of its fields.
func (s Subject) survivesTruncation(t *testing.T) {
	for _, sample := range Samples(t) {
		whole := sample.Request()
		for n := range len(whole.Body) {
			r := whole
			r.Body = whole.Body[:n]
			s.requireSound(t, r)
		}
		for n := range len(whole.URL.RawQuery) {
			r, u := whole, *whole.URL
			u.RawQuery = u.RawQuery[:n]
			r.URL = &u
			s.requireSound(t, r)
		}
		for name := range sample.Form {
			s.requireSound(t, sample.without(name).Request())
		}
		s.survivesMissingFields(t, sample)
	}
}

func (s Sample) without(name string) Sample {
	form := map[string]string{}
	for other, value := range s.Form {
		if other != name {
			form[other] = value
		}
	}
	s.Form = form
	return s
}

// survivesMissingFields parses a JSON sample without one of its fields, and with each
// as null, as an empty text, as a number, as a list and as an object.
func (s Subject) survivesMissingFields(t *testing.T, sample Sample) {
	t.Helper()
	if len(sample.Body) == 0 {
		return
	}
	var object map[string]any
	require.NoError(t, json.Unmarshal(sample.Body, &object))
	for name, value := range object {
		for _, other := range []any{nil, "", 7, -1.5, true, []any{nil, map[string]any{}}, map[string]any{"x": []any{}}, "\x00\u2028"} {
			object[name] = other
			s.requireSound(t, withBody(t, sample, object))
		}
		delete(object, name)
		s.requireSound(t, withBody(t, sample, object))
		object[name] = value
	}
}

func withBody(t *testing.T, sample Sample, object map[string]any) sources.Request {
	t.Helper()
	body, err := json.Marshal(object)
	require.NoError(t, err)
	sample.Body = body
	return sample.Request()
}

// requireSound parses a message and checks what intake relies on, whatever is in it.
func (s Subject) requireSound(t testing.TB, r sources.Request) {
	t.Helper()
	reading, err := s.Source.Parse(r, s.Settings(currentKey))
	if err != nil {
		var reason *unread.Error
		require.ErrorAs(t, err, &reason)
		require.Contains(t, unread.Codes(), reason.Reason.Code)
		require.Empty(t, reading.Reports)
		return
	}
	for _, report := range reading.Reports {
		RequireNormalized(t, report)
	}
}

// Fuzz parses messages that begin as the samples, with a body and a query of the
// fuzzer's.
func Fuzz(f *testing.F, s Subject) {
	for _, sample := range Samples(f) {
		r := sample.Request()
		f.Add(r.Method, r.URL.RawQuery, r.Body)
	}
	at := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, method, query string, body []byte) {
		r := sources.Request{
			Method: method, URL: &url.URL{Scheme: "https", Host: "ringback.example.com", Path: "/hooks/sample/key", RawQuery: query},
			Header: map[string][]string{}, Body: body, ReceivedAt: at,
		}
		s.requireSound(t, r)
		require.Error(t, s.Source.Verify(r, s.Settings(currentKey)), "it is not signed")
		if s.Sign != nil {
			require.Error(t, s.Source.Verify(s.signed(r, wrongKey), s.Settings(currentKey)), "it is signed with another key")
		}
		clean, err := s.Source.Parse(r, s.Settings(currentKey))
		for _, report := range clean.Reports {
			require.NoError(t, err)
			report.Clean()
		}
	})
}
