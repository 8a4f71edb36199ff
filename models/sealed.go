package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ringback/secrets"
)

// sealed is the GORM serializer of credentials: a map as JSON, encrypted for
// its table, column and row. GORM knows serializers by name for the whole
// process, so the box comes with the context of the statement.
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

// place names where a sealed value lies: "integrations.credentials/int_01...".
// The key columns come first in their tables, so they are read before it.
func place(ctx context.Context, field *schema.Field, row reflect.Value) string {
	keys := make([]string, 0, len(field.Schema.PrimaryFields))
	for _, key := range field.Schema.PrimaryFields {
		value, _ := key.ValueOf(ctx, row)
		keys = append(keys, fmt.Sprint(value))
	}
	return field.Schema.Table + "." + field.DBName + "/" + strings.Join(keys, "/")
}

// Value seals. An empty map is stored as NULL.
func (sealed) Value(ctx context.Context, field *schema.Field, row reflect.Value, value any) (any, error) {
	credentials, ok := value.(map[string]string)
	if !ok || len(credentials) == 0 {
		return nil, nil
	}
	box, err := boxOf(ctx)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(credentials)
	if err != nil {
		return nil, fmt.Errorf("encoding credentials: %w", err)
	}
	return box.Seal(plain, place(ctx, field, row))
}

// Scan opens.
func (sealed) Scan(ctx context.Context, field *schema.Field, row reflect.Value, value any) error {
	var credentials map[string]string
	if raw, ok := value.([]byte); ok && len(raw) > 0 {
		box, err := boxOf(ctx)
		if err != nil {
			return err
		}
		plain, err := box.Open(raw, place(ctx, field, row))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, &credentials); err != nil {
			return errors.New("decoding credentials: not a JSON object of texts")
		}
	}
	field.ReflectValueOf(ctx, row).Set(reflect.ValueOf(credentials))
	return nil
}

// Reseal encrypts everything sealed again with the primary key, so that older
// keys can be dropped. It gives the number of rows it sealed.
func (s *Store) Reseal(ctx context.Context) (int, error) {
	count := 0
	err := s.inTx(ctx, "sealing with the primary key", func(tx *gorm.DB) error {
		var integrations []Integration
		if err := locked(tx).Where("credentials IS NOT NULL").Find(&integrations).Error; err != nil {
			return err
		}
		for i := range integrations {
			if err := tx.Model(&integrations[i]).Select("credentials").UpdateColumns(&integrations[i]).Error; err != nil {
				return err
			}
		}
		var sources []SiteSource
		if err := locked(tx).Where("credentials IS NOT NULL").Find(&sources).Error; err != nil {
			return err
		}
		for i := range sources {
			if err := tx.Model(&sources[i]).Select("credentials").UpdateColumns(&sources[i]).Error; err != nil {
				return err
			}
		}
		count = len(integrations) + len(sources)
		return nil
	})
	return count, err
}
