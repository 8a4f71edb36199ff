// Package endpoint has what the endpoints outside of the API share, which are plain
// Echo handlers: the script, webhooks, pages and health. It must not know what they
// answer.
package endpoint

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
)

// GetAndHead registers a GET route that also answers HEAD.
func GetAndHead(e *echo.Echo, path string, handle echo.HandlerFunc, middleware ...echo.MiddlewareFunc) {
	e.Match([]string{http.MethodGet, http.MethodHead}, path, handle, middleware...)
}

// bodyTimeout is how long the body of a request may take, as it is for the operations
// of the API. A client that takes longer holds up a shutdown.
const bodyTimeout = 5 * time.Second

// Deadline returns the deadline of a connection that has so much time from now on. It is by the
// clock of the machine: the service goes by the clock of the database, which may be another.
func Deadline(in time.Duration) time.Time { return time.Now().Add(in) }

// ReadBody returns the body of a request, which may have limit bytes at most and must
// arrive within bodyTimeout.
func ReadBody(c echo.Context, limit int64) ([]byte, error) {
	body, whole, err := ReadStart(c, limit)
	if err == nil && !whole {
		return nil, fault.New(fault.TooLarge, "body_over_limit").With("Limit", strconv.FormatInt(limit, 10))
	}
	return body, err
}

// ReadStart returns the first limit bytes of the body of a request, and reports whether
// they are the whole of it. They must arrive within bodyTimeout.
func ReadStart(c echo.Context, limit int64) (body []byte, whole bool, err error) {
	// In tests without a connection there is no deadline to set.
	_ = http.NewResponseController(c.Response()).SetReadDeadline(Deadline(bodyTimeout))
	body, err = io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, limit))
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		return nil, false, fault.New(fault.Invalid, "body_cut")
	}
	return body, err == nil, nil
}
