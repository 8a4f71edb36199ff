package demo_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/dev/demo"
)

func TestARefusalNamesTheFieldAndWhatWasExpected(t *testing.T) {
	t.Parallel()
	ringback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"title": "Unprocessable Entity", "detail": "the request is not valid",
			"errors": [{"field": "domains[0]", "expected": "a host name"}]}`)
	}))
	defer ringback.Close()
	_, err := demo.Open(t.Context(), demo.API{URL: ringback.URL, Token: "sample"}, demo.Places{RTBHouse: "http://127.0.0.1:1", Shop: "http://127.0.0.1:2"})
	require.ErrorContains(t, err, "domains[0]")
	require.ErrorContains(t, err, "a host name")
}
