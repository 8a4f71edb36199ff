package received

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/fault"
	"ringback/models/ownership"
)

// Bound is how many unread messages of a source are kept, and how many bytes they may
// have together.
type Bound struct{ Messages, Bytes int64 }

// UsualBound keeps one source from filling the disk. A provider may send some ten
// thousand messages while nobody mends the mapping.
var UsualBound = Bound{Messages: 10_000, Bytes: 256 << 20}

// retryAfter is when a provider should send a refused message again.
const retryAfter = time.Hour

// ErrFull is the error of a message that is refused because the unread messages of its
// source are at their bound. The provider has to send it again.
var ErrFull error = fault.New(fault.Unavailable, "unread_full").After(retryAfter)

// Usage is how much of the bound the unread messages of a source use, and what was
// refused.
type Usage struct {
	Messages, Bytes int64
	Bound           Bound      `gorm:"-"`
	Refused         int64      `gorm:"-"`
	RefusedAt       *time.Time `gorm:"-"` // the last time, nil if never
}

// IsFull reports whether there is no room for another message.
func (u Usage) IsFull() bool { return u.Messages >= u.Bound.Messages || u.Bytes >= u.Bound.Bytes }

// ExceedsBound reports whether the unread messages of a source are more than their bound
// allows. The bound is not exact: messages that are stored at the same time are not
// counted.
func (r *Received) ExceedsBound(tx *gorm.DB, siteID, source string) (bool, error) {
	u, err := used(tx, siteID, source)
	return u.Messages > r.bound.Messages || u.Bytes > r.bound.Bytes, err
}

func used(tx *gorm.DB, siteID, source string) (Usage, error) {
	var u Usage
	err := tx.Table("unread_messages").Where("site_id = ? AND source = ?", siteID, source).
		Select("COUNT(*) AS messages, COALESCE(SUM(size), 0) AS bytes").Scan(&u).Error
	return u, err
}

// refusedMessages counts the messages of a source that were refused.
type refusedMessages struct {
	SiteID    string `gorm:"primaryKey"`
	Source    string `gorm:"primaryKey"`
	Refused   int64
	RefusedAt time.Time
}

// TableName returns the name of the table.
func (refusedMessages) TableName() string { return "refused_messages" }

// Refuse counts a message of a source that is refused.
func (r *Received) Refuse(ctx context.Context, siteID, source string) error {
	now := r.db.Now()
	err := r.db.Write(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "site_id"}, {Name: "source"}},
		DoUpdates: clause.Assignments(map[string]any{"refused": gorm.Expr("refused_messages.refused + 1"), "refused_at": now}),
	}).Create(&refusedMessages{SiteID: siteID, Source: source, Refused: 1, RefusedAt: now}).Error
	return r.db.WrapErr("counting a refused message", err)
}

// Unread returns how much of the bound the unread messages of a source use.
func (r *Received) Unread(ctx context.Context, siteID, source string) (Usage, error) {
	u, err := used(r.db.Read(ctx), siteID, source)
	if err != nil {
		return Usage{}, r.db.WrapErr("counting unread messages", err)
	}
	u.Bound = r.bound
	var rows []refusedMessages
	err = r.db.Read(ctx).Where("site_id = ? AND source = ?", siteID, source).Limit(1).Find(&rows).Error
	if len(rows) > 0 {
		u.Refused, u.RefusedAt = rows[0].Refused, &rows[0].RefusedAt
	}
	return u, r.db.WrapErr("reading how many messages were refused", err)
}

// UnreadBySource returns how many unread messages each source of an account's site has.
// Sources without one are left out.
func (r *Received) UnreadBySource(ctx context.Context, accountID, siteID string) (map[string]int64, error) {
	query, err := ownership.HistoryOf(r.db.Read(ctx), accountID, siteID)
	var rows []struct {
		Source   string
		Messages int64
	}
	if err == nil {
		err = query.Table("unread_messages").Select("source, COUNT(*) AS messages").Group("source").Scan(&rows).Error
	}
	counts := make(map[string]int64, len(rows))
	for _, row := range rows {
		counts[row.Source] = row.Messages
	}
	return counts, r.db.WrapErr("counting unread messages by source", err)
}
