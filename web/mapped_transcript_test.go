package web_test

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var transcribed = regexp.MustCompile("(?s)```http\n(GET|POST|PUT) ([^\n]+)\n(.*?)\n?```\n\n```json\n(.*?)\n```")

// The requests of docs/sources/mapped.md set up a source of a provider that nobody knows,
// and are answered as the page says.
func TestM9_AnUnknownProviderIsSetUpInUnderTenRequests(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/sources/mapped.md")
	require.NoError(t, err)
	steps := transcribed.FindAllStringSubmatch(string(page), -1)
	require.NotEmpty(t, steps)
	require.Len(t, steps, strings.Count(string(page), "```http"), "each request has an answer")
	require.Less(t, len(steps), 10)
	w := newWorld(t)
	webhook := ""
	for _, step := range steps {
		method, path, body, want := step[1], strings.Replace(step[2], "{webhook_url}", webhook, 1), step[3], step[4]
		answer := w.do(method, path, adminToken, body)
		require.Equal(t, http.StatusOK, answer.Code, "%s %s: %s", method, path, answer.Body)
		got := decode(t, answer)
		if address, is := got["webhook_url"].(string); is {
			webhook = "//root" + strings.TrimPrefix(address, "https://ringback.example.com")
		}
		var shown any
		require.NoError(t, json.Unmarshal([]byte(want), &shown))
		requireHolds(t, shown, any(got), path)
	}
}

// requireHolds checks that a value has all that is shown of it.
func requireHolds(t *testing.T, shown, got any, where string) {
	t.Helper()
	switch shown := shown.(type) {
	case map[string]any:
		object, is := got.(map[string]any)
		require.True(t, is, where)
		for name, part := range shown {
			requireHolds(t, part, object[name], where+"."+name)
		}
	case []any:
		list, is := got.([]any)
		require.True(t, is, where)
		require.Len(t, list, len(shown), where)
		for i, part := range shown {
			requireHolds(t, part, list[i], where)
		}
	default:
		require.Equal(t, shown, got, where)
	}
}
