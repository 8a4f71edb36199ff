package endpoint_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"ringback/web/internal/endpoint"
)

// connection records the deadline for reading.
type connection struct {
	http.ResponseWriter
	until time.Time
}

func (c *connection) SetReadDeadline(until time.Time) error {
	c.until = until
	return nil
}

func TestBodyMustArriveWithinSeconds(t *testing.T) {
	t.Parallel()
	conn := &connection{ResponseWriter: httptest.NewRecorder()}
	request := httptest.NewRequest(http.MethodPost, "/s/key/views", strings.NewReader("{}"))
	before := time.Now()
	body, err := endpoint.ReadBody(echo.New().NewContext(request, conn), 10)
	require.NoError(t, err)
	require.Equal(t, "{}", string(body))
	require.WithinRange(t, conn.until, before.Add(time.Second), time.Now().Add(9*time.Second))
}
