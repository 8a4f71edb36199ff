package openapi

import (
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
		if limits.HoldsZero(data) {
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
