package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ringback/internal/secrets"
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

// sealedRow is a row that can do without its credentials.
type sealedRow interface {
	lackCredentials()
	readable() (name string, is bool)
}

func (i *Integration) lackCredentials() { i.CredentialsUnreadable = true }
func (s *SiteSource) lackCredentials()  { s.CredentialsUnreadable = true }

func (i *Integration) readable() (name string, is bool) { return i.ID, !i.CredentialsUnreadable }

func (s *SiteSource) readable() (name string, is bool) {
	return s.SiteID + "/" + s.Source, !s.CredentialsUnreadable
}

// Scan opens. What no key opens is left out and marked: one integration that
// was sealed with a key that is gone must not stop its whole site.
func (sealed) Scan(ctx context.Context, field *schema.Field, row reflect.Value, value any) error {
	var credentials map[string]string
	if raw, ok := value.([]byte); ok && len(raw) > 0 {
		box, err := boxOf(ctx)
		if err != nil {
			return err
		}
		plain, err := box.Open(raw, place(ctx, field, row))
		if marked, ok := reflect.Indirect(row).Addr().Interface().(sealedRow); ok && err != nil {
			marked.lackCredentials()
			return nil
		}
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
// keys can be dropped. What no key opens is logged and stays as it is.
func (s *Store) Reseal(ctx context.Context) (Resealed, error) {
	var all Resealed
	err := s.inTx(ctx, "sealing with the primary key", func(tx *gorm.DB) error {
		integrations, err := reseal[Integration](s, tx)
		if err != nil {
			return err
		}
		sources, err := reseal[SiteSource](s, tx)
		all = Resealed{Sealed: integrations.Sealed + sources.Sealed, Unreadable: integrations.Unreadable + sources.Unreadable}
		return err
	})
	return all, err
}

// Resealed counts rows with credentials.
type Resealed struct {
	Sealed     int // with the primary key now
	Unreadable int // that no key opens: left as they are
}

// reseal seals the rows of one table anew.
func reseal[Row any, P interface {
	*Row
	sealedRow
}](s *Store, tx *gorm.DB) (Resealed, error) {
	var rows []Row
	if err := locked(tx).Where("credentials IS NOT NULL").Find(&rows).Error; err != nil {
		return Resealed{}, err
	}
	var count Resealed
	for i := range rows {
		if name, readable := P(&rows[i]).readable(); !readable {
			s.logger.LogAttrs(tx.Statement.Context, slog.LevelWarn, "credentials.unreadable", slog.String("of", name))
			count.Unreadable++
			continue
		}
		if err := tx.Model(&rows[i]).Select("credentials").UpdateColumns(&rows[i]).Error; err != nil {
			return Resealed{}, err
		}
		count.Sealed++
	}
	return count, nil
}

// keepUnreadable keeps a change from overwriting credentials that no key opens,
// unless it sets others: the key may come back.
func keepUnreadable(tx *gorm.DB, isUnreadable *bool, credentials map[string]string) *gorm.DB {
	tx = tx.Select("*")
	if *isUnreadable && len(credentials) == 0 {
		return tx.Omit("credentials")
	}
	*isUnreadable = false
	return tx
}
