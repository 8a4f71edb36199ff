package models

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/models/database"
)

// sealedRow is a row with credentials.
type sealedRow interface {
	database.SealedRow
	seals() sealedColumns
}

// sealedColumns are the columns of a row that hold credentials.
type sealedColumns struct {
	of       string          // names the row in the log
	readable map[string]bool // whether a key opens the column, by its name; empty columns are readable
}

const (
	credentialsColumn = "credentials"
	hookKeyColumn     = "hook_key"
)

// MarkUnreadable records that no key opens the integration's credentials.
func (i *Integration) MarkUnreadable(string) { i.CredentialsUnreadable = true }

// MarkUnreadable records that no key opens the source's credentials, or its hook key.
func (s *SiteSource) MarkUnreadable(column string) {
	if column == hookKeyColumn {
		s.hookKeyUnreadable = true
		return
	}
	s.CredentialsUnreadable = true
}

func (i *Integration) seals() sealedColumns {
	return sealedColumns{of: i.ID, readable: map[string]bool{credentialsColumn: !i.CredentialsUnreadable}}
}

func (s *SiteSource) seals() sealedColumns {
	return sealedColumns{
		of: s.SiteID + "/" + s.Source, readable: map[string]bool{credentialsColumn: !s.CredentialsUnreadable, hookKeyColumn: !s.hookKeyUnreadable},
	}
}

// Reseal encrypts all credentials again with the primary key, so that older keys
// can be dropped. Credentials that no key opens are logged and stay as they are.
func (s *Store) Reseal(ctx context.Context) (Resealed, error) {
	var all Resealed
	err := s.db.Tx(ctx, "sealing with the primary key", func(tx *gorm.DB) error {
		integrations, err := reseal[Integration](s, tx)
		if err != nil {
			return err
		}
		sources, err := reseal[SiteSource](s, tx)
		if err != nil {
			return err
		}
		tokens, err := reseal[IntegrationTokens](s, tx)
		all = Resealed{
			Sealed:     integrations.Sealed + sources.Sealed + tokens.Sealed,
			Unreadable: integrations.Unreadable + sources.Unreadable + tokens.Unreadable,
		}
		return err
	})
	return all, err
}

// Resealed counts rows with credentials.
type Resealed struct {
	Sealed     int // encrypted with the primary key now
	Unreadable int // opened by no key, left as they are
}

// reseal encrypts the credentials of one table again.
func reseal[Row any, P interface {
	*Row
	sealedRow
}](s *Store, tx *gorm.DB) (Resealed, error) {
	columns := slices.Sorted(maps.Keys(P(new(Row)).seals().readable))
	var rows []Row
	if err := database.Locked(tx).Where(strings.Join(columns, " IS NOT NULL OR ") + " IS NOT NULL").Find(&rows).Error; err != nil {
		return Resealed{}, err
	}
	var count Resealed
	for i := range rows {
		sealed := P(&rows[i]).seals()
		readable := slices.DeleteFunc(slices.Clone(columns), func(column string) bool { return !sealed.readable[column] })
		if len(readable) < len(columns) {
			s.logger.LogAttrs(tx.Statement.Context, slog.LevelWarn, "credentials.unreadable", slog.String("of", sealed.of))
			count.Unreadable++
		} else {
			count.Sealed++
		}
		if len(readable) == 0 {
			continue
		}
		if err := tx.Model(&rows[i]).Select(readable).UpdateColumns(&rows[i]).Error; err != nil {
			return Resealed{}, err
		}
	}
	return count, nil
}

// exceptUnreadable selects the columns that a change writes: all but these others.
// Credentials that no key opens are not overwritten unless the change sets others: the
// key may come back. All columns are left out at once, as GORM keeps the last list only.
func exceptUnreadable(tx *gorm.DB, isUnreadable *bool, credentials map[string]string, others ...string) *gorm.DB {
	if *isUnreadable && len(credentials) == 0 {
		others = append(others, credentialsColumn)
	} else {
		*isUnreadable = false
	}
	return tx.Select("*").Omit(others...)
}
