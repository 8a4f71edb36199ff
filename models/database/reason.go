package database

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"gorm.io/gorm/schema"
)

// reason is the GORM serializer "reason", for columns that hold why something is as
// it is: JSON since reasons are data, and a sentence in rows of earlier versions.
// The type of the field reads both from JSON: an object, or a text. Its zero value
// is stored as an empty text.
type reason struct{}

func init() { schema.RegisterSerializer("reason", reason{}) }

// Value writes a reason as JSON.
func (reason) Value(_ context.Context, _ *schema.Field, _ reflect.Value, value any) (any, error) {
	if reflect.ValueOf(value).IsZero() {
		return "", nil
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encoding a reason: %w", err)
	}
	return string(encoded), nil
}

// Scan reads a reason. What is no JSON object is read as the sentence of an earlier
// version. An object that this version cannot read is read as its code or, without one,
// as the text that is stored: a reason must not keep its row from being read.
func (reason) Scan(ctx context.Context, field *schema.Field, row reflect.Value, value any) error {
	stored, err := textOf(value)
	if err != nil {
		return err
	}
	read := reflect.New(field.FieldType)
	if len(stored) > 0 {
		if !bytes.HasPrefix(stored, []byte("{")) || !json.Valid(stored) {
			stored, _ = json.Marshal(string(stored)) // a string always marshals
		}
		if err := json.Unmarshal(stored, read.Interface()); err != nil {
			read = reflect.New(field.FieldType)
			if err := json.Unmarshal(essence(stored), read.Interface()); err != nil {
				return fmt.Errorf("decoding a reason: %w", err)
			}
		}
	}
	field.ReflectValueOf(ctx, row).Set(read.Elem())
	return nil
}

// essence returns the JSON of what any version can read of a reason: its code, or its whole
// text.
func essence(stored []byte) []byte {
	var known map[string]any
	if json.Unmarshal(stored, &known) == nil {
		if code, _ := known["code"].(string); code != "" {
			encoded, _ := json.Marshal(map[string]string{"code": code}) // a string always marshals
			return encoded
		}
	}
	encoded, _ := json.Marshal(string(stored)) // a string always marshals
	return encoded
}

// textOf returns the text of a column.
func textOf(value any) ([]byte, error) {
	switch stored := value.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(stored), nil
	case []byte:
		return stored, nil
	default:
		return nil, errors.New("decoding a reason: not a text")
	}
}
