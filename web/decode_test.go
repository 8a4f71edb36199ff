package web_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// decode reads a JSON answer. An empty body is an empty object.
func decode(t *testing.T, answer *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	out := map[string]any{}
	if answer.Body.Len() > 0 {
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &out), answer.Body.String())
	}
	return out
}
