package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/limits"
	"ringback/web/internal/problem"
)

// jsonFormat reads and writes bodies.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error { return huma.DefaultJSONFormat.Marshal(w, v) },
	Unmarshal: func(data []byte, v any) error {
		data = bytes.TrimPrefix(data, []byte("\uFEFF")) // some programs on Windows write a byte order mark
		if refusesZero(v) && limits.HoldsZero(data) {
			return problem.ErrZeroCharacter
		}
		err := json.Unmarshal(data, v)
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" { // the text of the error quotes the value
			return fmt.Errorf("expected a plain %s in %s", wrong.Type.Kind(), wrong.Field)
		}
		return err
	},
}

// refusesZero reports whether a body may not hold the character U+0000. Huma reads each
// body twice, first into any value to compare it with the schema. That says nothing of
// the operation.
func refusesZero(v any) bool {
	if _, compared := v.(*any); compared {
		return false
	}
	_, takes := v.(interface{ TakesZero() })
	return !takes
}
