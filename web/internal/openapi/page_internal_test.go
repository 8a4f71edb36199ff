package openapi

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

// writings counts how often the document that contains it is written.
type writings int

func (w *writings) MarshalJSON() ([]byte, error) {
	*w++
	return []byte("true"), nil
}

// TestTheDocumentIsWrittenWhenItIsRead checks that the start does not wait for the
// document. Every test of the package web starts the service, and spent most of its
// time on documents that nothing read.
func TestTheDocumentIsWrittenWhenItIsRead(t *testing.T) {
	t.Parallel()
	e := echo.New()
	a := New(e, "test", Access{}, slog.New(slog.DiscardHandler))
	var written writings
	a.huma.OpenAPI().Extensions = map[string]any{"x-written": &written}
	a.MountDocument(e)
	require.Zero(t, written)
	for i, path := range []string{Root + "/openapi.json", Root + "/openapi.yaml"} {
		for range 2 {
			answer := httptest.NewRecorder()
			e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, http.NoBody))
			require.Equal(t, http.StatusOK, answer.Code)
			require.Contains(t, answer.Body.String(), "x-written")
			require.EqualValues(t, i+1, written)
		}
	}
}
