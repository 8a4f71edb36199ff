// Package sourcetest is the suite that every source passes: what intake may
// rely on, whatever the provider's format.
package sourcetest

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/sources"
)

// Subject is the source to be tested.
type Subject struct {
	Source sources.Source
	// Settings are complete, and accept what any of these keys signed.
	Settings func(keys ...string) sources.Settings
	// Sign signs a request as the provider does. Nil: the provider signs nothing.
	Sign func(r *sources.Request, key string)
	// Requests give sample webhooks, unsigned, each with at least one report.
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
	t.Run("describes itself", s.describes)
	t.Run("verifies signatures", s.verifies)
	t.Run("parses the same each time", s.parsesTheSame)
	t.Run("normalises", s.normalises)
	t.Run("survives garbage", s.survivesGarbage)
}

func (s Subject) describes(t *testing.T) {
	t.Parallel()
	d := s.Source.Describe()
	require.Regexp(t, `^[a-z]+$`, d.Name, "it stands in URLs")
	require.NotEmpty(t, d.Title)
	for _, f := range append(d.Options, d.Credentials...) {
		require.NotEmpty(t, f.Description, "field %q", f.Name)
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
		s.refuses(t, "a wrong key", s.signed(sample, wrongKey), rotating)
		s.refuses(t, "a key that was taken away", s.signed(sample, oldKey), s.Settings(currentKey))
		s.refuses(t, "no key set", s.signed(sample, currentKey), s.Settings())
		s.refuses(t, "an empty key", s.signed(sample, ""), s.Settings(""))
		s.refuses(t, "no signature", sample, rotating)

		tampered := s.signed(sample, currentKey)
		tampered.Body = append([]byte(" "), tampered.Body...)
		s.refuses(t, "another body", tampered, rotating)
		for name := range tampered.Header {
			garbled := s.signed(sample, currentKey)
			garbled.Header.Set(name, "\x00=!")
			_ = s.Source.Verify(garbled, rotating) // whatever it says, it does not panic
		}
	}
}

// signed returns a copy of the request, signed with the key.
func (s Subject) signed(r sources.Request, key string) sources.Request {
	r.Header = r.Header.Clone()
	s.Sign(&r, key)
	return r
}

func (s Subject) refuses(t *testing.T, what string, r sources.Request, set sources.Settings) {
	t.Helper()
	err := s.Source.Verify(r, set)
	require.Error(t, err, what)
	require.Equal(t, fault.Unauthenticated, fault.CodeOf(err), what)
	right := s.signed(r, currentKey)
	for name := range right.Header {
		require.NotContains(t, err.Error(), right.Header.Get(name), "%s: the expected signature is in the error", what)
	}
	require.NotContains(t, err.Error(), currentKey, what)
}

func (s Subject) parsesTheSame(t *testing.T) {
	t.Parallel()
	for i, first := range s.Requests() {
		again := s.Requests()[i]
		reports, err := s.Source.Parse(first, s.Settings(currentKey))
		require.NoError(t, err)
		require.NotEmpty(t, reports)
		repeated, err := s.Source.Parse(again, s.Settings(currentKey))
		require.NoError(t, err)
		require.Equal(t, reports, repeated)

		again.ReceivedAt = again.ReceivedAt.Add(time.Hour) // sent again, later
		late, err := s.Source.Parse(again, s.Settings(currentKey))
		require.NoError(t, err)
		require.Equal(t, ids(reports), ids(late), "the ids do not depend on when it arrived")
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

func (s Subject) normalises(t *testing.T) {
	t.Parallel()
	for _, sample := range s.Requests() {
		reports, err := s.Source.Parse(sample, s.Settings(currentKey))
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, r := range reports {
			require.NotEmpty(t, r.ExternalID)
			RequireNormalised(t, r)
			if r.Event != nil {
				require.False(t, seen[r.Event.ID], "two events of one id in one message")
				seen[r.Event.ID] = true
			}
		}
	}
}

// RequireNormalised checks one report: one of call event and lead, E.164, UTC to the microsecond.
func RequireNormalised(t *testing.T, r sources.Report) {
	t.Helper()
	if r.Kind == conversion.KindLead {
		require.Nil(t, r.Event)
		require.False(t, r.OnlyIfKnown, "a lead adds to nothing")
		require.Regexp(t, e164, r.Lead.Phone)
		requireTime(t, r.Lead.At)
		return
	}
	require.Equal(t, conversion.KindCall, r.Kind)
	require.Nil(t, r.Lead)
	require.NotEmpty(t, r.Event.ID)
	if r.OnlyIfKnown {
		require.NotContains(t, []conversion.EventType{conversion.EventStarted, conversion.EventEnded}, r.Event.Type,
			"a start or an end tells of the call itself")
	}
	require.Regexp(t, e164, r.Event.Caller)
	require.Regexp(t, e164, r.Event.TrackingNumber)
	require.False(t, r.Event.Anonymous && r.Event.Caller != "")
	requireTime(t, r.Event.At)
}

func requireTime(t *testing.T, at time.Time) {
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
			reports, err := s.Source.Parse(r, s.Settings(currentKey))
			require.True(t, err == nil || fault.CodeOf(err) == fault.Invalid, "%s: %v", name, err)
			if err != nil {
				require.Empty(t, reports, name)
				require.NotContains(t, err.Error(), "secret", "%s: quotes the message", name)
			}
		}
	}
}
