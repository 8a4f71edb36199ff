package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"ringback/internal/outbound"
)

type object = map[string]any

func TestOpenAPIDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	doc := document(t, w)
	require.Equal(t, "3.1.0", doc["openapi"])
	ids := map[string]bool{}
	for path, item := range doc["paths"].(object) {
		for method, o := range item.(object) {
			operation, name := o.(object), strings.ToUpper(method)+" "+path
			require.NotEmpty(t, operation["summary"], name)
			require.Contains(t, operation["description"], "Needs a token of role", name)
			require.NotEmpty(t, operation["security"], name)
			require.False(t, ids[operation["operationId"].(string)], "%s: operation ids are unique", name)
			ids[operation["operationId"].(string)] = true
			responses := operation["responses"].(object)
			for _, status := range []string{"401", "403", "500", "503"} {
				require.Contains(t, responses[status].(object)["content"], "application/problem+json", name)
			}
			if strings.Contains(path, "{") {
				require.Contains(t, responses, "404", name)
			}
			for _, p := range items(operation["parameters"]) {
				if p.(object)["$ref"] == nil {
					require.NotEmpty(t, p.(object)["description"], "%s: %v", name, p.(object)["name"])
				}
			}
			if body, ok := operation["requestBody"].(object); ok {
				require.Contains(t, responses, "422", name)
				require.Contains(t, responses, "413", name)
				require.Len(t, body["content"], 1, name)
				if !strings.HasSuffix(path, ".csv") {
					require.Contains(t, body["content"], "application/json", name)
				}
			}
		}
	}
	resolve(t, doc, doc)
}

func items(v any) []any {
	l, _ := v.([]any)
	return l
}

// resolve checks that every reference leads somewhere and every object refuses unknown fields.
func resolve(t *testing.T, doc object, node any) {
	t.Helper()
	switch n := node.(type) {
	case object:
		if ref, ok := n["$ref"].(string); ok {
			path, found := strings.CutPrefix(ref, "#/components/")
			require.True(t, found, ref)
			kind, name, _ := strings.Cut(path, "/")
			require.Contains(t, doc["components"].(object)[kind], name)
		}
		if n["type"] == "object" && n["properties"] != nil {
			require.Contains(t, n, "additionalProperties", "%v", n)
		}
		for _, child := range n {
			resolve(t, doc, child)
		}
	case []any:
		for _, child := range n {
			resolve(t, doc, child)
		}
	}
}

func TestOpenAPIInYAMLIsTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var fromYAML any
	require.NoError(t, yaml.Unmarshal(w.do("GET", "/openapi.yaml", "", "").Body.Bytes(), &fromYAML))
	asJSON, err := json.Marshal(fromYAML)
	require.NoError(t, err)
	require.JSONEq(t, w.do("GET", "/openapi.json", "", "").Body.String(), string(asJSON))
}

func TestDocumentationWorksOffline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.do("GET", "/docs", "", "")
	require.Equal(t, http.StatusOK, page.Code)
	require.NotContains(t, page.Body.String(), "https://")
	require.Contains(t, page.Header().Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'")
	for path, contentType := range map[string]string{
		"/docs/swagger-ui-bundle.js": "javascript", "/docs/swagger-ui.css": "text/css", "/docs/start.js": "javascript", "/docs/favicon-32x32.png": "image/png",
	} {
		require.Contains(t, page.Body.String(), "/api/v1"+path)
		file := w.do("GET", path, "", "")
		require.Equal(t, http.StatusOK, file.Code, path)
		require.Contains(t, file.Header().Get("Content-Type"), contentType)
	}
}

func TestTheLongestTimeoutThatCanBeSetIsTheLongestThatIsWaitedFor(t *testing.T) {
	t.Parallel()
	doc := document(t, newWorld(t))
	delivery := doc["components"].(object)["schemas"].(object)["DeliveryChanges"].(object)
	timeout := delivery["properties"].(object)["timeout_seconds"].(object)
	require.InDelta(t, outbound.MaxTimeout.Seconds(), timeout["maximum"], 0)
}
