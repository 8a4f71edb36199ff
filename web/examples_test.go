package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page of the API fills in a body from the document, so it must be accepted unchanged.
func TestEveryExampleOfTheDocumentIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PUT", "/sites/{site}/sources/mapped", `{"credentials":{"secrets":"sample-secret-0123456789"}}`)
	browser := w.join("person@example.org", `"role":"viewer"`)
	w.names["user"] = w.userID("person@example.org") // the admin is the last one, and stays
	sent := 0
	for path, item := range document(t, w)["paths"].(object) {
		for method, operation := range item.(object) {
			body, ok := operation.(object)["requestBody"].(object)
			if !ok {
				continue
			}
			taken, isJSON := body["content"].(object)["application/json"].(object)
			if !isJSON { // a file
				continue
			}
			examples, _ := taken["examples"].(object)
			require.NotEmpty(t, examples, "%s %s shows a body that works", method, path)
			for name, example := range examples {
				text, err := json.Marshal(example.(object)["value"])
				require.NoError(t, err)
				answer := w.do(strings.ToUpper(method), addressed(path), adminToken, string(text))
				if strings.HasPrefix(path, "/me") || strings.HasSuffix(path, "/views") { // a token is no user
					answer = w.byBrowser(browser, strings.ToUpper(method), path, string(text))
				}
				require.Less(t, answer.Code, http.StatusMultipleChoices, "%s %s, %s: %s", method, path, name, answer.Body)
				sent++
			}
		}
	}
	require.GreaterOrEqual(t, sent, 12)
}

// addressed puts the world's ids into a path of the document.
func addressed(path string) string {
	source := "callrail"
	if strings.HasSuffix(path, "/preview") {
		source = "mapped" // others have no mapping
	}
	return strings.NewReplacer("{id}", thingOf(path), "{external_id}", "call-example", "{source}", source).Replace(path)
}
