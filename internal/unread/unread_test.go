package unread_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/unread"
)

// like reports whether a text matches a LIKE pattern.
func like(text, pattern string) bool {
	quoted := regexp.QuoteMeta(strings.NewReplacer(`\_`, "_", `\%`, "<percent>", `\\`, `\`).Replace(pattern))
	return regexp.MustCompile("(?s)^" + strings.ReplaceAll(strings.ReplaceAll(quoted, "%", ".*"), "<percent>", "%") + "$").MatchString(text)
}

func TestMessagesAreFoundByWhatTheyMention(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ query, body, person string }{
		"a number in E.164":             {"", `{"from": "+12025550123"}`, "+12025550123"},
		"as written":                    {"", `{"from": "(202) 555-0123"`, "+12025550123"},
		"with a trunk prefix":           {"", `{"from": "020 7946 0123"`, "+442079460123"},
		"in a form":                     {"", "From=%2B12025550123&To=%2B12025550100", "+12025550123"},
		"in a query":                    {"callerphone=12025550123&id=7", "", "+12025550123"},
		"beside a broken escape":        {"", "From=%2B12025550123&x=%zz", "+12025550123"},
		"an address":                    {"", `{"email":"Visitor.One@Example.com"}`, "visitor.one@example.com"},
		"an address in a form":          {"", "email=visitor%40example.com", "visitor@example.com"},
		"an address with a JSON escape": {"", `{"email":"visitor\u0040example.com"}`, "visitor@example.com"},
		"a visitor id":                  {"", `{"custom":{"_biz_uid":"7059e81415f34f7bbaf40fe32fdcba21"}}`, "7059e81415f34f7bbaf40fe32fdcba21"},
		"an id with underscores":        {"", `{"session": "ses_01jdq"}`, "ses_01jdq"},
		"a cookie with an object":       {"", `{"a": "%7B%22id%22%3A%22abcdef1234%22%7D"}`, `{"id":"abcdef1234"}`},
		"beside a zero byte":            {"", "{\"name\": \"x\x00y\", \"n\": \"+12025550123\"", "+12025550123"},
	} {
		pattern := unread.Pattern(tc.person)
		require.True(t, like(unread.Mentions(tc.query, []byte(tc.body)), pattern), "%s: %q in %q", name, pattern, unread.Mentions(tc.query, []byte(tc.body)))
		require.False(t, like(unread.Mentions("", []byte(`{"from": "+12025550199", "email": "other@example.com"}`)), pattern), name)
	}
	for _, short := range []string{"", "+1", "abc", strings.Repeat("x", 300)} {
		require.Empty(t, unread.Pattern(short))
	}
}

func TestErrorNamesTheFieldAndIsInvalid(t *testing.T) {
	t.Parallel()
	err := unread.Expecting(unread.BadTime, "start_time", "2026-03-01T12:00:00Z")
	require.ErrorContains(t, err, "start_time: time_unreadable")
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.EqualError(t, unread.New(unread.NotJSON, ""), "the message cannot be read: not_json")
}

func FuzzMentions(f *testing.F) {
	f.Add("a=b", []byte(`{"from":"+12025550123"}`), "+12025550123")
	f.Fuzz(func(t *testing.T, query string, body []byte, person string) {
		mentions := unread.Mentions(query, body)
		require.NotContains(t, mentions, "\x00")
		unread.Pattern(person)
	})
}
