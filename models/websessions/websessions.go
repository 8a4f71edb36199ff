// Package websessions stores the sessions of people who signed in to the pages. It must
// not know what is in a session, nor who may do what.
package websessions

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
)

// Store stores sessions. It is safe for concurrent use. Its errors are those of
// database.DB.WrapErr.
type Store struct{ db *database.DB }

// New returns the sessions in a database.
func New(db *database.DB) *Store { return &Store{db} }

// Session is the session of a person who signed in to the pages.
type Session struct {
	ID        string `gorm:"primaryKey"` // a hash of what the cookie holds
	Data      []byte
	ExpiresAt time.Time
}

// TableName returns the name of the table.
func (Session) TableName() string { return "web_sessions" }

// WebSession returns the data of a session. It is not found if it has expired.
func (s *Store) WebSession(ctx context.Context, id string) (data []byte, found bool, err error) {
	var rows []Session
	err = s.db.Read(ctx).Where("id = ? AND expires_at > ?", id, s.db.Now()).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, false, s.db.WrapErr("reading a web session", err)
	}
	return rows[0].Data, true, nil
}

// SaveWebSession stores a session, and deletes those that have expired.
func (s *Store) SaveWebSession(ctx context.Context, session Session) error {
	session.ExpiresAt = database.Timestamp(session.ExpiresAt)
	return s.db.Tx(ctx, "storing a web session", func(tx *gorm.DB) error {
		if err := tx.Where("expires_at <= ?", s.db.Now()).Delete(&Session{}).Error; err != nil {
			return err
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&session).Error
	})
}

// DeleteWebSession ends a session. It does nothing if there is none.
func (s *Store) DeleteWebSession(ctx context.Context, id string) error {
	return s.db.WrapErr("ending a web session", s.db.Write(ctx).Where("id = ?", id).Delete(&Session{}).Error)
}
