package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// seenVisit reports a page view as the script does, and returns the id of its session.
func seenVisit(t *testing.T, base string, api *harness.API, site, visitor, path string) string {
	t.Helper()
	key := api.Must("GET", "/api/v1/sites/"+site, nil)["script_key"].(string)
	body, err := json.Marshal(harness.JSON{
		"id": "view-of-" + visitor, "visitor": visitor, "ago": 0, "kind": "navigate", "url": "https://shop.example.com/" + path,
		"referrer": "", "ids": harness.JSON{}, "storage": "cookie", "version": "1a2b3c4d",
	})
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/s/"+key+"/views", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	request.Header.Set("Origin", "https://shop.example.com")
	request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	var seen struct{ Session string }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&seen))
	return seen.Session
}
