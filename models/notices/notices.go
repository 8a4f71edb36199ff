package notices

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/ids"
	"ringback/models/database"
)

// Channel is how a notice is sent.
type Channel string

// Mail is the channel of e-mails. Their content is built by MailTo.
const Mail Channel = "mail"

// keptFor is how long it is tried to send a notice, unless it ends earlier.
const keptFor = 3 * 24 * time.Hour

// Notice is a message that waits to be sent.
type Notice struct {
	ID        string `gorm:"primaryKey"`
	AccountID string // empty if it belongs to none
	Channel   Channel
	// Thread is the same for notices that follow each other: a later one is not sent
	// before an earlier one was sent or given up. Empty if the order does not matter.
	Thread    string
	Content   map[string]string `gorm:"serializer:sealed"`
	Tries     int               // how often it was claimed
	NextTryAt time.Time
	EndsAt    time.Time // from when on it is of no use; zero when it is added means after three days
	CreatedAt time.Time

	Unreadable bool `gorm:"-"` // no encryption key opens the content
}

// TableName returns the name of the table.
func (Notice) TableName() string { return "notices" }

// MarkUnreadable records that no key opens the content.
func (n *Notice) MarkUnreadable(string) { n.Unreadable = true }

// Seals returns what is known of the sealed content.
func (n *Notice) Seals() database.SealedColumns {
	return database.SealedColumns{Of: n.ID, Readable: map[string]bool{"content": !n.Unreadable}}
}

// The content of an e-mail.
const (
	mailTo      = "to"
	mailSubject = "subject"
	mailText    = "text"
)

// MailTo returns a notice that is an e-mail with a plain text.
func MailTo(address, subject, text string) Notice {
	return Notice{Channel: Mail, Content: map[string]string{mailTo: address, mailSubject: subject, mailText: text}}
}

// MailContent returns the content of an e-mail.
func (n Notice) MailContent() (to, subject, text string) {
	return n.Content[mailTo], n.Content[mailSubject], n.Content[mailText]
}

// Notices is the outbox of notices. It is safe for concurrent use. Its errors are those
// of database.DB.WrapErr.
type Notices struct{ db *database.DB }

// New returns the notices of a database.
func New(db *database.DB) *Notices { return &Notices{db} }

// AddNotice stores a notice that is sent at once.
func (n *Notices) AddNotice(ctx context.Context, notice Notice) error {
	return n.db.WrapErr("storing a notice", Add(n.db.Write(ctx), notice))
}

// Add stores a notice in a transaction, to be sent after it.
func Add(tx *gorm.DB, notice Notice) error {
	now := tx.NowFunc()
	notice.ID, notice.CreatedAt, notice.NextTryAt = ids.New(ids.Notice), now, now
	if notice.EndsAt.IsZero() {
		notice.EndsAt = now.Add(keptFor)
	}
	return tx.Create(&notice).Error
}

// perAccount is how many notices of one account and channel are claimed at a time, so that
// a webhook which hangs delays nobody else.
const perAccount = 2

// ready are the notices that can be claimed: those whose turn has come, without those that
// follow another one of their thread. Those of other channels can be claimed when they have
// ended, so that they do not stay for ever.
const ready = `FROM notices AS n WHERE next_try_at <= @now AND (channel IN @channels OR ends_at <= @now)
	AND (thread = '' OR NOT EXISTS (SELECT 1 FROM notices AS earlier WHERE earlier.thread = n.thread AND earlier.id < n.id))`

// due are those of them that are claimed.
const due = `WITH due AS MATERIALIZED (
	SELECT id FROM (
		SELECT id, next_try_at, row_number() OVER (PARTITION BY account_id, channel ORDER BY next_try_at, id) AS place ` + ready + `
	) AS ready WHERE place <= @place ORDER BY next_try_at, id LIMIT @limit
) SELECT id FROM due`

// Due returns a query that finds a row if DueNotices would claim one. While no message can be sent,
// many notices wait, and none of them may be due, so it asks for the earliest first: see outbox.Due.
func Due(db *gorm.DB, now time.Time, channels []Channel) *gorm.DB {
	return db.Raw("SELECT 1 "+ready+" AND (SELECT MIN(next_try_at) FROM notices) <= @now", map[string]any{"now": now, "channels": channels})
}

// DueNotices claims up to limit notices that are to be sent by one of the channels, or that
// have ended. A claimed notice is not due again until hold has passed, so that two processes
// never send the same one at once, and none is lost if a process ends.
func (n *Notices) DueNotices(ctx context.Context, channels []Channel, limit int, hold time.Duration) ([]Notice, error) {
	var claimed []Notice
	now := n.db.Now()
	db := n.db.Write(ctx)
	ready := db.Raw(due, map[string]any{"now": now, "channels": channels, "place": perAccount, "limit": limit})
	// The time is compared again: a process that waited for another one's claim claims nothing of it.
	err := db.Model(&claimed).Clauses(clause.Returning{}).Where("next_try_at <= ? AND id IN (?)", now, ready).
		Updates(map[string]any{"next_try_at": now.Add(hold), "tries": gorm.Expr("tries + 1")}).Error
	return claimed, n.db.WrapErr("claiming notices", err)
}

// PostponeNotice makes a claimed notice due at a time.
func (n *Notices) PostponeNotice(ctx context.Context, id string, until time.Time) error {
	err := n.db.Write(ctx).Model(&Notice{}).Where("id = ?", id).UpdateColumn("next_try_at", until).Error
	return n.db.WrapErr("postponing a notice", err)
}

// DeleteNotice deletes a notice that was sent or given up.
func (n *Notices) DeleteNotice(ctx context.Context, id string) error {
	return n.db.WrapErr("deleting a notice", n.db.Write(ctx).Where("id = ?", id).Delete(&Notice{}).Error)
}
