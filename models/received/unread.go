package received

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"ringback/internal/ids"
	"ringback/internal/unread"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
)

// UnreadMessage is a message of a provider that was authentic and could not be read.
// It is kept as it came, until it can be read, or for as long as the site keeps
// visits.
type UnreadMessage struct {
	ID          string `gorm:"primaryKey"`
	SiteID      string
	Source      string
	Digest      string // of all that came, so that a repeated message is one
	Method      string
	Query       string // without the parameters that hold secrets
	ContentType string
	Body        []byte
	Mentions    string // as returned by unread.Mentions
	Size        int64  // bytes of all this
	Code        unread.Code
	Reason      unread.Defect `gorm:"serializer:reason"`
	ReceivedAt  time.Time     // when it came for the first time
}

// UnreadFilter selects an account's unread messages. Empty fields select all.
type UnreadFilter struct {
	AccountID string
	SiteID    string
	Source    string
	Code      unread.Code
	From, To  *time.Time // of ReceivedAt, To is exclusive
}

// StoreUnread stores a message and fills in what follows from its content. It
// returns false if the same message is stored already. If there are too many of the
// source, the message is counted as refused, and the error is ErrFull.
func (r *Received) StoreUnread(ctx context.Context, m *UnreadMessage) (bool, error) {
	m.ID, m.Code = ids.New(ids.Message), m.Reason.Code
	m.Mentions = unread.Mentions(m.Query, m.Body)
	if m.Body == nil {
		m.Body = []byte{}
	}
	m.Digest = Digest(m.Method, m.Query, m.Body)
	m.Size = int64(len(m.Body) + len(m.Query) + len(m.Mentions))
	isNew, isFull := false, false
	err := r.db.Tx(ctx, "storing an unread message", func(tx *gorm.DB) error {
		var err error
		if isNew, err = database.InsertOnce(tx, m); err != nil || !isNew {
			return err
		}
		if isFull, err = r.ExceedsBound(tx, m.SiteID, m.Source); isFull {
			return ErrFull
		}
		return err
	})
	if isFull {
		return false, errors.Join(err, r.Refuse(ctx, m.SiteID, m.Source))
	}
	return isNew, err
}

// UnreadMessages lists unread messages, those received last first. Their bodies are
// left out.
func (r *Received) UnreadMessages(ctx context.Context, f UnreadFilter, page database.Page) ([]UnreadMessage, string, error) {
	query, err := r.unreadBy(ctx, f)
	if err != nil {
		return nil, "", r.db.WrapErr("listing unread messages", err)
	}
	items, next, err := database.PageByID(query.Omit("body", "mentions"), page, func(m UnreadMessage) string { return m.ID })
	return items, next, r.db.WrapErr("listing unread messages", err)
}

// OldestUnread returns up to limit of the messages that a filter selects, in the
// order in which they came, after the message of this id if there is one.
func (r *Received) OldestUnread(ctx context.Context, f UnreadFilter, after string, limit int) ([]UnreadMessage, error) {
	query, err := r.unreadBy(ctx, f)
	var items []UnreadMessage
	if err == nil {
		err = query.Omit("mentions").Where("id > ?", after).Order("id").Limit(limit).Find(&items).Error
	}
	return items, r.db.WrapErr("reading unread messages", err)
}

func (r *Received) unreadBy(ctx context.Context, f UnreadFilter) (*gorm.DB, error) {
	query, err := ownership.HistoryOf(r.db.Read(ctx), f.AccountID, f.SiteID)
	if err != nil {
		return nil, err
	}
	query = database.WhereSet(query, "source = ?", f.Source)
	query = database.WhereSet(query, "code = ?", f.Code)
	return database.WhereBetween(query, "received_at", f.From, f.To), nil
}

// UnreadMessage returns one unread message of a site.
func (r *Received) UnreadMessage(ctx context.Context, accountID, siteID, id string) (UnreadMessage, error) {
	m, err := unreadOf(r.db.Read(ctx), accountID, siteID, id)
	return m, r.db.WrapErr("reading an unread message", err)
}

func unreadOf(db *gorm.DB, accountID, siteID, id string) (UnreadMessage, error) {
	var m UnreadMessage
	err := ownership.CheckHistory(db, accountID, siteID)
	if err == nil {
		err = database.NotFoundAs("no_such_unread_message", db.Where("site_id = ? AND id = ?", siteID, id).Take(&m).Error)
	}
	return m, err
}

// RemoveRead removes a message that has been read, after what it reports was stored.
func (r *Received) RemoveRead(ctx context.Context, siteID, id string) error {
	err := r.db.Write(ctx).Where("site_id = ? AND id = ?", siteID, id).Delete(&UnreadMessage{}).Error
	return r.db.WrapErr("removing a message that was read", err)
}

// StillUnread stores why a message still cannot be read.
func (r *Received) StillUnread(ctx context.Context, m UnreadMessage, why unread.Defect) error {
	m.Reason, m.Code = why, why.Code
	err := r.db.Write(ctx).Model(&m).Select("Reason", "Code").Updates(&m).Error
	return r.db.WrapErr("storing why a message is unread", err)
}

// DeleteUnread deletes a message that nobody wants to read.
func (r *Received) DeleteUnread(ctx context.Context, actor audit.Actor, siteID, id string) error {
	return r.db.Tx(ctx, "deleting an unread message", func(tx *gorm.DB) error {
		m, err := unreadOf(tx, actor.AccountID, siteID, id)
		if err != nil {
			return err
		}
		if err := tx.Delete(&m).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "deleted", audit.Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "unread_message", ID: id}, nil)
	})
}
