package database

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ringback/internal/secrets"
)

// sealed is the GORM serializer "sealed", for credentials: a map or a text is stored
// as JSON, encrypted for its table, column and row. Serializers are registered for
// the whole process, so the keys come with the context of the statement.
type sealed struct{}

func init() { schema.RegisterSerializer("sealed", sealed{}) }

type boxKey struct{}

func withBox(ctx context.Context, box *secrets.Box) context.Context {
	return context.WithValue(ctx, boxKey{}, box)
}

func boxOf(ctx context.Context) (*secrets.Box, error) {
	if box, ok := ctx.Value(boxKey{}).(*secrets.Box); ok && box != nil {
		return box, nil
	}
	return nil, errors.New("the store has no encryption keys")
}

// place returns the place of a sealed value, as "integrations.credentials/int_01...".
// It is encrypted with the value, which then opens nowhere else. The key columns
// come first in their tables, so they are already read.
func place(ctx context.Context, field *schema.Field, row reflect.Value) string {
	keys := make([]string, 0, len(field.Schema.PrimaryFields))
	for _, key := range field.Schema.PrimaryFields {
		value, _ := key.ValueOf(ctx, row)
		keys = append(keys, fmt.Sprint(value))
	}
	return field.Schema.Table + "." + field.DBName + "/" + strings.Join(keys, "/")
}

// Value encrypts credentials. An empty map or text is stored as NULL.
func (sealed) Value(ctx context.Context, field *schema.Field, row reflect.Value, value any) (any, error) {
	switch credentials := value.(type) {
	case map[string]string:
		if len(credentials) == 0 {
			return nil, nil
		}
	case string:
		if credentials == "" {
			return nil, nil
		}
	default:
		return nil, fmt.Errorf("%T cannot be sealed", value)
	}
	box, err := boxOf(ctx)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encoding credentials: %w", err)
	}
	return box.Seal(plain, place(ctx, field, row))
}

// SealedRow is a row that stays usable without its credentials.
type SealedRow interface {
	// MarkUnreadable records that no key opens what is sealed in this column.
	MarkUnreadable(column string)
}

// Scan decrypts credentials. If no key opens them, they are left out and the row
// is marked: one integration whose key is lost must not stop its whole site.
func (sealed) Scan(ctx context.Context, field *schema.Field, row reflect.Value, value any) error {
	credentials := reflect.New(field.FieldType)
	if raw, ok := value.([]byte); ok && len(raw) > 0 {
		box, err := boxOf(ctx)
		if err != nil {
			return err
		}
		plain, err := box.Open(raw, place(ctx, field, row))
		if marked, ok := reflect.Indirect(row).Addr().Interface().(SealedRow); ok && err != nil {
			marked.MarkUnreadable(field.DBName)
			return nil
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, credentials.Interface()); err != nil {
			return errors.New("decoding credentials: not a JSON object of texts, or a text")
		}
	}
	field.ReflectValueOf(ctx, row).Set(credentials.Elem())
	return nil
}

// CredentialsColumn is the name of the column of sealed credentials in each table that has
// one.
const CredentialsColumn = "credentials"

// ExceptUnreadable selects the columns that a change writes: all but these others.
// Credentials that no key opens are not overwritten unless the change sets others: the
// key may come back. All columns are left out at once, as GORM keeps the last list only.
func ExceptUnreadable(tx *gorm.DB, isUnreadable *bool, credentials map[string]string, others ...string) *gorm.DB {
	if *isUnreadable && len(credentials) == 0 {
		others = append(others, CredentialsColumn)
	} else {
		*isUnreadable = false
	}
	return tx.Select("*").Omit(others...)
}
