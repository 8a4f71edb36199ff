// Package sourcetest is the suite that every source passes. It checks what the
// intake of webhooks relies on, independent of the provider's format.
package sourcetest

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/sources"
)

// Subject is the source under test.
type Subject struct {
	Source sources.Source
	// Settings returns complete settings that accept signatures of any of these keys.
	Settings func(keys ...string) sources.Settings
	// Sign signs a request as the provider does. It is nil if the provider signs nothing.
	Sign func(r *sources.Request, key string)
	// SecretInAddress means that the provider signs nothing. Sign puts a secret into the
	// address, and the content is not protected.
	SecretInAddress bool
	// Requests returns unsigned sample webhooks with at least one report each. If it is
	// nil, they are the samples in testdata that have any.
	Requests func() []sources.Request
}

// Sample keys, as long as a provider's.
const (
	currentKey = "sample-key-current-0123456789abcdef"
	oldKey     = "sample-key-of-old-0123456789abcdef"
	wrongKey   = "sample-key-of-nobody-456789abcdef"
)

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	if s.Requests == nil {
		s.Requests = func() []sources.Request { return reporting(Samples(t)) }
	}
	t.Run("describes itself", s.describes)
	t.Run("verifies signatures", s.verifies)
	t.Run("parses the same each time", s.parsesTheSame)
	t.Run("normalizes", s.normalizes)
	t.Run("survives garbage", s.survivesGarbage)
	t.Run("parses the samples", s.samplesHaveTheirResults)
	t.Run("folds messages in any order", s.callsFoldInAnyOrder)
	t.Run("survives truncation", s.survivesTruncation)
}

// reporting returns the messages that have reports.
func reporting(samples []Sample) []sources.Request {
	var requests []sources.Request
	for _, sample := range samples {
		if len(sample.Reports) > 0 {
			requests = append(requests, sample.Request())
		}
	}
	return requests
}

func (s Subject) describes(t *testing.T) {
	t.Parallel()
	d := s.Source.Describe()
	require.Regexp(t, `^[a-z]+$`, d.Name, "the name is part of URLs")
	require.NotEmpty(t, d.Title)
	for _, f := range append(d.Options, d.Credentials...) {
		require.Empty(t, f.Description, "what %q is belongs to the messages of package builtin", f.Name)
	}
	complete := s.Settings(currentKey)
	require.Empty(t, s.Source.Validate(complete))
	for _, f := range d.Credentials {
		without := complete
		without.Credentials = maps.Clone(complete.Credentials)
		without.Credentials[f.Name] = " "
		wrong := s.Source.Validate(without)
		require.Equal(t, f.Required, len(wrong) == 1, "without %s", f.Name)
		if f.Required {
			require.Equal(t, "credentials."+f.Name, wrong[0].Path)
		}
	}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", complete, complete, complete), currentKey)
}

func (s Subject) verifies(t *testing.T) {
	t.Parallel()
	if s.Sign == nil {
		t.Skip("the provider signs nothing")
	}
	for _, sample := range s.Requests() {
		rotating := s.Settings(currentKey, oldKey)
		for _, key := range []string{currentKey, oldKey} {
			require.NoError(t, s.Source.Verify(s.signed(sample, key), rotating))
		}
		s.rejects(t, "a wrong key", s.signed(sample, wrongKey), rotating)
		s.rejects(t, "a removed key", s.signed(sample, oldKey), s.Settings(currentKey))
		s.rejects(t, "no key set", s.signed(sample, currentKey), s.Settings())
		s.rejects(t, "an empty key", s.signed(sample, ""), s.Settings(""))
		s.rejects(t, "no signature", sample, rotating)

		s.detectsTampering(t, sample, rotating)
		for name := range s.signed(sample, currentKey).Header {
			garbled := s.signed(sample, currentKey)
			garbled.Header.Set(name, "\x00=!")
			_ = s.Source.Verify(garbled, rotating) // it must not panic
		}
	}
}

// detectsTampering changes the content of a signed message.
func (s Subject) detectsTampering(t *testing.T, sample sources.Request, set sources.Settings) {
	t.Helper()
	if s.SecretInAddress {
		return
	}
	tampered := s.signed(sample, currentKey)
	if sample.Method == http.MethodGet {
		tampered.URL.RawQuery += "&more=1"
	} else {
		tampered.Body = append([]byte(" "), tampered.Body...)
	}
	s.rejects(t, "another content", tampered, set)
}

// signed returns a copy of the request, signed with the key.
func (s Subject) signed(r sources.Request, key string) sources.Request {
	r.Header = r.Header.Clone()
	u := *r.URL
	r.URL = &u
	s.Sign(&r, key)
	return r
}

func (s Subject) rejects(t *testing.T, what string, r sources.Request, set sources.Settings) {
	t.Helper()
	err := s.Source.Verify(r, set)
	require.Error(t, err, what)
	require.Equal(t, fault.Unauthenticated, fault.CodeOf(err), what)
	right := s.signed(r, currentKey)
	for name := range right.Header {
		if r.Header.Get(name) == "" {
			require.NotContains(t, err.Error(), right.Header.Get(name), "%s: the expected signature is in the error", what)
		}
	}
	require.NotContains(t, err.Error(), currentKey, what)
}

func (s Subject) parsesTheSame(t *testing.T) {
	t.Parallel()
	for i, first := range s.Requests() {
		again := s.Requests()[i]
		reports, err := s.Source.Parse(first, s.Settings(currentKey))
		require.NoError(t, err)
		require.NotEmpty(t, reports.Reports)
		repeated, err := s.Source.Parse(again, s.Settings(currentKey))
		require.NoError(t, err)
		require.Equal(t, reports, repeated)

		again.ReceivedAt = again.ReceivedAt.Add(time.Hour) // the provider repeats it later
		late, err := s.Source.Parse(again, s.Settings(currentKey))
		require.NoError(t, err)
		require.Equal(t, ids(reports.Reports), ids(late.Reports), "ids do not depend on the time of arrival")
	}
}

func ids(reports []sources.Report) []string {
	var all []string
	for _, r := range reports {
		id := string(r.Kind) + " " + r.ExternalID
		if r.Event != nil {
			id += " " + r.Event.ID
		}
		all = append(all, id)
	}
	return all
}

var e164 = regexp.MustCompile(`^(\+[1-9][0-9]{3,16})?$`)

func (s Subject) normalizes(t *testing.T) {
	t.Parallel()
	for _, sample := range s.Requests() {
		reading, err := s.Source.Parse(sample, s.Settings(currentKey))
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, r := range reading.Reports {
			require.NotEmpty(t, r.ExternalID)
			RequireNormalized(t, r)
			if r.Event != nil {
				require.False(t, seen[r.Event.ID], "two events in one message have the same id")
				seen[r.Event.ID] = true
			}
		}
	}
}

// RequireNormalized checks that a report is either a call event or a lead, its numbers
// are E.164 and its time is UTC with microseconds.
func RequireNormalized(t testing.TB, r sources.Report) {
	t.Helper()
	if r.Kind == conversion.KindLead {
		require.Nil(t, r.Event)
		require.False(t, r.OnlyIfKnown, "only call events can add to something")
		require.Regexp(t, e164, r.Lead.Phone)
		requireTime(t, r.Lead.At)
		return
	}
	require.Equal(t, conversion.KindCall, r.Kind)
	require.Nil(t, r.Lead)
	require.NotEmpty(t, r.Event.ID)
	if r.OnlyIfKnown {
		require.NotContains(t, []conversion.EventType{conversion.EventStarted, conversion.EventEnded}, r.Event.Type,
			"a start or an end is a report of the call itself")
	}
	require.Regexp(t, e164, r.Event.Caller)
	require.Regexp(t, e164, r.Event.TrackingNumber)
	require.False(t, r.Event.Anonymous && r.Event.Caller != "")
	requireTime(t, r.Event.At)
}

func requireTime(t testing.TB, at time.Time) {
	t.Helper()
	require.False(t, at.IsZero())
	require.Equal(t, at.UTC().Truncate(time.Microsecond), at)
	require.Equal(t, time.UTC, at.Location())
	require.True(t, at.Year() >= 2000 && at.Year() <= 9999, "the year %d: see sources.Plausible", at.Year())
}

func (s Subject) survivesGarbage(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"empty": "", "null": "null", "a number": "7", "a list": "[]", "an object": "{}", "text": "secret-text", "binary": "\x00\xff\xfe",
		"cut short": `{"secret-text": "secret`, "deep lists": strings.Repeat("[", 200_000),
		"deep objects": strings.Repeat(`{"custom":`, 200_000), "huge": `{"note":"` + strings.Repeat("secret-text", 100_000) + `"}`,
		"form": "a=b&c=%zz",
	}
	for name, body := range bodies {
		for _, r := range s.Requests() {
			r.Body = []byte(body)
			s.requireSound(t, r)
			if _, err := s.Source.Parse(r, s.Settings(currentKey)); err != nil {
				require.NotContains(t, err.Error(), "secret", "%s: the error quotes the message", name)
			}
		}
	}
}
