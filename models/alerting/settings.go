package alerting

import (
	"context"
	"maps"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/alerts"
	"ringback/models/audit"
	"ringback/models/database"
)

// SigningSecret is the name of the credential that signs messages to the webhook.
const SigningSecret = "signing_secret"

// Settings are where the alerts of an account are sent.
type Settings struct {
	AccountID   string            `gorm:"primaryKey"`
	Emails      []string          `gorm:"serializer:json"`
	WebhookURL  string            // empty if there is none
	Credentials map[string]string `gorm:"serializer:sealed"`
	Language    string            // of the messages; empty means English
	MutedKinds  []alerts.Kind     `gorm:"serializer:json"`
	UpdatedAt   time.Time

	Unreadable bool `gorm:"-"` // no encryption key opens the credentials
}

// TableName returns the name of the table.
func (Settings) TableName() string { return "alert_settings" }

// MarkUnreadable records that no key opens the credentials.
func (s *Settings) MarkUnreadable(string) { s.Unreadable = true }

// Seals returns what is known of the credentials.
func (s *Settings) Seals() database.SealedColumns {
	return database.SealedColumns{Of: "the alerts of " + s.AccountID, Readable: map[string]bool{"credentials": !s.Unreadable}}
}

// audited returns the fields as the audit trail has them.
func (s Settings) audited() map[string]any {
	return map[string]any{"emails": s.Emails, "webhook_url": s.WebhookURL, "language": s.Language, "muted_kinds": s.MutedKinds}
}

// Watch is the part of the store for alerts. It is safe for concurrent use. Its errors are
// those of database.DB.WrapErr.
type Watch struct {
	db     *database.DB
	limits limits
	quiet  quiet
}

// New returns the alerts of a database, with the parts of the store that find silent
// sources and limits that are nearly used up.
func New(db *database.DB, q quiet, l limits) *Watch { return &Watch{db: db, quiet: q, limits: l} }

// AlertSettings returns where the alerts of an account are sent.
func (w *Watch) AlertSettings(ctx context.Context, accountID string) (Settings, error) {
	s, err := settingsOf(w.db.Read(ctx), accountID)
	return s, w.db.WrapErr("reading where alerts are sent", err)
}

func settingsOf(tx *gorm.DB, accountID string) (Settings, error) {
	stored, err := database.First[Settings](tx.Where("account_id = ?", accountID))
	if err != nil || stored == nil {
		return Settings{AccountID: accountID, Emails: []string{}, MutedKinds: []alerts.Kind{}}, err
	}
	return *stored, nil
}

// ChangeAlertSettings changes where the alerts of the actor's account are sent. An error of
// change is returned, and nothing is stored then.
func (w *Watch) ChangeAlertSettings(ctx context.Context, actor audit.Actor, change func(*Settings) error) (Settings, error) {
	var after Settings
	err := w.db.Tx(ctx, "changing where alerts are sent", func(tx *gorm.DB) error {
		var account string
		if err := database.Locked(tx.Table("accounts")).Select("id").Where("id = ?", actor.AccountID).Take(&account).Error; err != nil {
			return database.NotFoundAs("no_such_account", err)
		}
		before, err := settingsOf(tx, actor.AccountID)
		if err != nil {
			return err
		}
		after = before
		after.Credentials = maps.Clone(before.Credentials)
		if err := change(&after); err != nil {
			return err
		}
		changes := audit.DiffFields(audit.EncodeFields(before.audited()), audit.EncodeFields(after.audited()))
		audit.DiffCredentials(changes, before.Credentials, after.Credentials)
		if len(changes) == 0 {
			return nil
		}
		after.AccountID, after.UpdatedAt = actor.AccountID, w.db.Now()
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&after).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "updated", audit.Target{AccountID: actor.AccountID, Entity: "alerts", ID: actor.AccountID}, changes)
	})
	return after, err
}
