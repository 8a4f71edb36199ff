package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// over sends a request over a connection, whose deadlines are by the clock of the machine.
func (w *world) over(request *http.Request) (status int, body string) {
	w.t.Helper()
	server := httptest.NewServer(w.handler)
	defer server.Close()
	url, err := request.URL.Parse(server.URL + request.URL.RequestURI())
	require.NoError(w.t, err)
	request.URL, request.RequestURI = url, ""
	answer, err := server.Client().Do(request)
	require.NoError(w.t, err)
	read, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	require.NoError(w.t, answer.Body.Close())
	return answer.StatusCode, string(read)
}

// A process goes by the clock of the database, which is months behind that of its machine
// here: files have their time all the same.
func TestG3_FilesComeAndGoWhateverTheClockOfTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file := "external_id,email\n" + strings.Repeat("lead-1,visitor@example.com\n", 4_000) // more than comes with the headers
	request := w.request("POST", "/sites/{site}/people.csv", w.tokens["intake"], file)
	request.Header.Set("Content-Type", "text/csv")
	status, body := w.over(request)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"lines":4000`)

	status, body = w.over(w.pageRequest("/sites/{site}/calls.csv", w.tokens["viewer"]))
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, "call-1")
	require.Equal(t, 3, strings.Count(body, "\r\n"), body)
}
