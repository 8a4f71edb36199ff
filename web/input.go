package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/web/internal/problem"
)

// jsonFormat reads and writes bodies.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error { return huma.DefaultJSONFormat.Marshal(w, v) },
	Unmarshal: func(data []byte, v any) error {
		if limits.HoldsZero(data) {
			return problem.ErrZeroCharacter
		}
		err := json.Unmarshal(data, v)
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" { // its own words quote the value
			return fmt.Errorf("expected a plain %s in %s", wrong.Type.Kind(), wrong.Field)
		}
		return err
	},
}

// refuseUnstorable refuses addresses with text that no database would find.
func refuseUnstorable(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if !limits.IsStorable(u.Path) {
			return echo.NewHTTPError(http.StatusNotFound)
		}
		for name, values := range u.Query() {
			for _, value := range append(values, name) {
				if !limits.IsStorable(value) {
					return fault.InvalidFields(fault.Field{Path: problem.Short(strings.ToValidUTF8(name, "")), Expected: "UTF-8 text without zero characters"})
				}
			}
		}
		return next(c)
	}
}

// optional is a field of a change that may be given, given as null, or left out.
type optional[T any] struct {
	given bool
	value *T // nil: given as null
}

// UnmarshalJSON is called only for fields that are given.
func (o *optional[T]) UnmarshalJSON(data []byte) error {
	o.given = true
	return json.Unmarshal(data, &o.value)
}

// Schema documents the field as what it holds.
func (o optional[T]) Schema(r huma.Registry) *huma.Schema { return schemaOf[T](r) }
