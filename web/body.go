package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
)

// readBody reads a body as it came, of at most so many bytes. What names it for the caller.
func readBody(c echo.Context, what string, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.New(fault.TooLarge, "the %s is larger than %d bytes", what, most)
	case err != nil:
		return nil, fault.New(fault.Invalid, "the request body ended early")
	}
	return body, nil
}
