package models

import (
	"context"
	"log/slog"

	"gorm.io/gorm"

	"ringback/models/database"
)

// sealedRow is a row with credentials.
type sealedRow interface {
	database.SealedRow
	readable() (name string, is bool)
}

// MarkUnreadable records that no key opens the integration's credentials.
func (i *Integration) MarkUnreadable() { i.CredentialsUnreadable = true }

// MarkUnreadable records that no key opens the source's credentials.
func (s *SiteSource) MarkUnreadable() { s.CredentialsUnreadable = true }

func (i *Integration) readable() (name string, is bool) { return i.ID, !i.CredentialsUnreadable }

func (s *SiteSource) readable() (name string, is bool) {
	return s.SiteID + "/" + s.Source, !s.CredentialsUnreadable
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
	var rows []Row
	if err := database.Locked(tx).Where("credentials IS NOT NULL").Find(&rows).Error; err != nil {
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

// exceptUnreadable selects the columns that a change writes. Credentials that no
// key opens are not overwritten unless the change sets others: the key may come
// back.
func exceptUnreadable(tx *gorm.DB, isUnreadable *bool, credentials map[string]string) *gorm.DB {
	tx = tx.Select("*")
	if *isUnreadable && len(credentials) == 0 {
		return tx.Omit("credentials")
	}
	*isUnreadable = false
	return tx
}
