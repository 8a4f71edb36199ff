package web_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/web"
)

func TestTestSendIsRefusedWhenNoKeyOpensTheCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.handler = w.withOtherKeys()
	w.run(t, []scenario{
		{name: "test", method: "POST", path: "/sites/{site}/integrations/{integration}/test", body: `{"kind":"call"}`, status: 409, holds: []string{"set them again"}},
		{name: "it was none", method: "GET", path: "/audit?entity=integration", status: 200, lacks: []string{`"tested"`}},
	})
}

// endless answers more than is stored.
type endless struct{}

func (endless) Do(r *http.Request) (*http.Response, error) {
	body := io.NopCloser(strings.NewReader(strings.Repeat("a", 1<<20)))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body, Request: r}, nil
}

func TestTestSendMarksATruncatedAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var err error
	w.handler, err = web.New(options(w.store, w.clock, w.relay, endless{}, w.log))
	require.NoError(t, err)
	sent := w.must("POST", "/sites/{site}/integrations/{integration}/test", `{"kind":"call"}`)
	require.Equal(t, true, sent["response"].(object)["cut"])
	require.NotContains(t, sent["request"], "cut")
}

func TestPagesAnswerHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/docs", "/docs/swagger-ui.css", "/openapi.json", "//root/login", "//root/healthz", "//root/readyz"} {
		require.Equal(t, http.StatusOK, w.do(http.MethodHead, path, "", "").Code, path)
	}
}

func TestRequestsAreLoggedWithTheirDurationInMilliseconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Contains(t, w.log.String(), `"duration_ms":`)
	require.NotContains(t, w.log.String(), `"duration":`)
}
