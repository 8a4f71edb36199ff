package readable

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
)

// Body is the body of an operation that is documented as T, and is read by Read. The
// schema of T does not hold for it.
type Body[T any] struct {
	json []byte
}

// documented is the extension of a schema that holds the schema to document in its place.
const documented = "x-documented-as"

// Documented returns the schema that documents a body of this schema.
func Documented(s *huma.Schema) *huma.Schema {
	if as, is := s.Extensions[documented].(*huma.Schema); is {
		return as
	}
	return s
}

// Schema returns the schema of any object.
func (Body[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Extensions: map[string]any{documented: r.Schema(reflect.TypeFor[T](), true, "")},
	}
}

// UnmarshalJSON holds the body for Read.
func (b *Body[T]) UnmarshalJSON(data []byte) error {
	b.json = bytes.Clone(data)
	return nil
}

// TakesZero marks the body as one that may hold the character U+0000.
func (*Body[T]) TakesZero() {}

// Form is how bodies of T are read.
type Form[T any] struct {
	registry huma.Registry
	schema   *huma.Schema
	cut      []string
}

// NewForm returns the form of T. The fields named in cut hold texts that people write.
// If such a text is longer than it may be, its beginning is kept. Other texts, such as
// ids, are left out then.
func NewForm[T any](cut ...string) *Form[T] {
	f := &Form[T]{registry: huma.NewMapRegistry("#/", huma.DefaultSchemaNamer), cut: cut}
	f.schema = f.registry.Schema(reflect.TypeFor[T](), false, "")
	return f
}

// Read returns a body and the fields that were left out of it, with what was expected of
// each. A text in place of a number is read as one, and the other way round. A time
// without a zone is one of the zone given. The error names the required fields that are
// missing or cannot be read.
func (f *Form[T]) Read(b Body[T], zone *time.Location) (body T, leftOut []fault.Field, err error) {
	decoder := json.NewDecoder(bytes.NewReader(b.json))
	decoder.UseNumber() // an id may have more digits than a float holds
	var given any
	if err := decoder.Decode(&given); err != nil {
		return body, nil, fault.New(fault.Invalid, "body_not_json").By(err)
	}
	r := reading{registry: f.registry, zone: zone, cut: f.cut}
	kept, _ := r.value(f.schema, "", given)
	fields, _ := kept.(map[string]any)
	if missing := r.missing(f.schema, fields); len(missing) > 0 {
		return body, nil, fault.InvalidFields(missing...)
	}
	encoded, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(encoded, &body)
	}
	if err != nil {
		return body, nil, fmt.Errorf("reading what is left of a body: %w", err)
	}
	return body, r.leftOut, nil
}

// missing returns the required fields that are not among those kept, with all fields that
// were left out. It is empty if all required fields are kept.
func (r *reading) missing(s *huma.Schema, kept map[string]any) []fault.Field {
	lacking := slices.DeleteFunc(slices.Clone(s.Required), func(name string) bool { return kept[name] != nil })
	if len(lacking) == 0 {
		return nil
	}
	var missing []fault.Field
	for _, name := range lacking {
		if !slices.ContainsFunc(r.leftOut, func(f fault.Field) bool { return f.Path == name }) {
			missing = append(missing, fault.Field{Path: name, Expected: fault.Expect("required_field")})
		}
	}
	return append(missing, r.leftOut...)
}
