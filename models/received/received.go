// Package received stores what is kept of providers' messages beside what they report:
// the last message of a source, the messages that could not be read, and how many of them
// there are and were refused.
//
// It must not know HTTP, Temporal, or how messages are read.
package received

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/unread"
	"ringback/models/database"
)

// Received stores what is kept of messages. It is safe for concurrent use. Its errors
// are those of database.DB.WrapErr.
type Received struct {
	db    *database.DB
	bound Bound
	noted noted
}

// New returns what is kept of messages in a database. A bound of zero means UsualBound.
func New(db *database.DB, bound Bound) *Received {
	return &Received{db: db, bound: cmp.Or(bound, UsualBound)}
}

// LastMessage is the last message of a source, as it came.
type LastMessage struct {
	SiteID      string `gorm:"primaryKey"`
	Source      string `gorm:"primaryKey"`
	Method      string
	Query       string // without the parameters that hold secrets
	ContentType string
	Body        []byte
	Mentions    string // as returned by unread.Mentions
	ReceivedAt  time.Time
}

// KeepLast stores a message in place of the one before of its source.
func (r *Received) KeepLast(ctx context.Context, m LastMessage) error {
	m.Mentions = unread.Mentions(m.Query, m.Body)
	m.ReceivedAt = database.Timestamp(m.ReceivedAt)
	if m.Body == nil {
		m.Body = []byte{}
	}
	err := r.db.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&m).Error
	return r.db.WrapErr("storing the last message of a source", err)
}

// Last returns the last message of a source, nil if there is none.
func (r *Received) Last(ctx context.Context, siteID, source string) (*LastMessage, error) {
	m, err := database.First[LastMessage](r.db.Read(ctx).Where("site_id = ? AND source = ?", siteID, source))
	return m, r.db.WrapErr("reading the last message of a source", err)
}

// unreadMessages are the messages that could not be read, as package models stores them.
type unreadMessages struct{}

// TableName returns the name of the table.
func (unreadMessages) TableName() string { return "unread_messages" }

// Forget erases the unread and the last messages of a site that mention any of these
// texts.
func Forget(tx *gorm.DB, siteID string, texts []string) error {
	for _, text := range texts {
		pattern := unread.Pattern(text)
		if pattern == "" {
			continue
		}
		for _, table := range []any{&unreadMessages{}, &LastMessage{}} {
			err := tx.Where(`site_id = ? AND mentions LIKE ? ESCAPE '\'`, siteID, pattern).Delete(table).Error
			if err != nil {
				return fmt.Errorf("erasing messages that mention a person: %w", err)
			}
		}
	}
	return nil
}

// CountMentioning returns how many unread and last messages of a site mention any of these
// texts.
func CountMentioning(db *gorm.DB, siteID string, texts []string) (total int64, err error) {
	mentioning, empty := db.Session(&gorm.Session{NewDB: true}), true
	for _, text := range texts {
		if pattern := unread.Pattern(text); pattern != "" {
			mentioning, empty = mentioning.Or(`mentions LIKE ? ESCAPE '\'`, pattern), false
		}
	}
	if empty {
		return 0, nil
	}
	for _, table := range []any{&unreadMessages{}, &LastMessage{}} {
		var n int64
		if err := db.Model(table).Where("site_id = ?", siteID).Where(mentioning).Count(&n).Error; err != nil {
			return 0, fmt.Errorf("counting messages that mention a person: %w", err)
		}
		total += n
	}
	return total, nil
}

// pruneBatch is how many messages are erased in one transaction.
const pruneBatch = 500

// Prune erases the unread and the last messages of a site that came before a time, in pieces.
// It ends early if another process is erasing some.
func (r *Received) Prune(ctx context.Context, siteID string, before time.Time) error {
	for erased := int64(1); erased > 0; {
		mine, err := r.db.PieceTx(ctx, "erasing old messages", "messages", func(tx *gorm.DB) error {
			due := tx.Where("site_id = ? AND received_at < ?", siteID, before).Session(&gorm.Session{})
			done := tx.Where("id IN (?)", due.Model(&unreadMessages{}).Select("id").Order("received_at").Limit(pruneBatch)).Delete(&unreadMessages{})
			if erased = done.RowsAffected; done.Error != nil {
				return done.Error
			}
			return due.Delete(&LastMessage{}).Error
		})
		if err != nil || !mine {
			return err
		}
	}
	return nil
}

// SitesWithLast returns a query of the ids of the sites that have a last message.
func SitesWithLast(tx *gorm.DB) *gorm.DB { return tx.Model(&LastMessage{}).Distinct("site_id") }

// Digest returns a hash of all that came, so that a repeated message is one.
func Digest(method, query string, body []byte) string {
	digest := sha256.New()
	for _, part := range []string{method, query, string(body)} {
		digest.Write([]byte(part))
		digest.Write([]byte{0})
	}
	return hex.EncodeToString(digest.Sum(nil))
}
