package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
)

// errZeroCharacter is the error of a body with a zero character, which PostgreSQL cannot keep in text.
var errZeroCharacter = errors.New("the request body holds a zero character (\\u0000), which cannot be stored")

// jsonFormat reads and writes bodies.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error { return huma.DefaultJSONFormat.Marshal(w, v) },
	Unmarshal: func(data []byte, v any) error {
		if hasZero(data) {
			return errZeroCharacter
		}
		err := json.Unmarshal(data, v)
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" { // its own words quote the value
			return fmt.Errorf("expected a plain %s in %s", wrong.Type.Kind(), wrong.Field)
		}
		return err
	},
}

// hasZero reports whether JSON text has the escape of a zero character in it.
func hasZero(data []byte) bool {
	escape := []byte(`\u0000`)
	for start := 0; ; {
		i := bytes.Index(data[start:], escape)
		if i < 0 {
			return false
		}
		backslashes := 0
		for at := start + i; at >= 0 && data[at] == '\\'; at-- {
			backslashes++
		}
		if backslashes%2 == 1 { // an even number is escaped backslashes before plain text
			return true
		}
		start += i + len(escape)
	}
}

// refuseUnstorable refuses addresses with text that no database would find.
func refuseUnstorable(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if !storable(u.Path) {
			return echo.NewHTTPError(http.StatusNotFound)
		}
		for name, values := range u.Query() {
			for _, value := range append(values, name) {
				if !storable(value) {
					return fault.InvalidFields(fault.Field{Path: short(strings.ToValidUTF8(name, "")), Expected: "UTF-8 text without zero characters"})
				}
			}
		}
		return next(c)
	}
}

func storable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

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
