package models

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
)

// WebSession is the session of a person who signed in to the pages.
type WebSession struct {
	ID        string `gorm:"primaryKey"` // a hash of what the cookie holds
	Data      []byte
	ExpiresAt time.Time
}

// WebSession returns the data of a session. It is not found if it has expired.
func (s *Store) WebSession(ctx context.Context, id string) (data []byte, found bool, err error) {
	var rows []WebSession
	err = s.db.Read(ctx).Where("id = ? AND expires_at > ?", id, s.db.Now()).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, false, s.db.WrapErr("reading a web session", err)
	}
	return rows[0].Data, true, nil
}

// SaveWebSession stores a session, and deletes those that have expired.
func (s *Store) SaveWebSession(ctx context.Context, session WebSession) error {
	session.ExpiresAt = database.Timestamp(session.ExpiresAt)
	return s.db.Tx(ctx, "storing a web session", func(tx *gorm.DB) error {
		if err := tx.Where("expires_at <= ?", s.db.Now()).Delete(&WebSession{}).Error; err != nil {
			return err
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&session).Error
	})
}

// DeleteWebSession ends a session. It does nothing if there is none.
func (s *Store) DeleteWebSession(ctx context.Context, id string) error {
	return s.db.WrapErr("ending a web session", s.db.Write(ctx).Where("id = ?", id).Delete(&WebSession{}).Error)
}
