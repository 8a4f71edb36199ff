package wire

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Answer is an answer with a body.
type Answer[T any] struct {
	Body T
}

// Body returns the answer with this body.
func Body[T any](body T) *Answer[T] { return &Answer[T]{Body: body} }

// NoBody is the answer without a body.
type NoBody struct{}

// Optional is a field of a change that may be set, set to null, or left out.
type Optional[T any] struct {
	IsSet bool
	Value *T // nil if it is set to null
}

// UnmarshalJSON is called only if the field is not left out.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	o.IsSet = true
	return json.Unmarshal(data, &o.Value)
}

// Schema documents the field like the value it holds.
func (o Optional[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}
