package alerting

import (
	"context"
	"encoding/json"
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
	return database.SealedColumns{Of: "the alerts of " + s.AccountID, Readable: map[string]bool{database.CredentialsColumn: !s.Unreadable}}
}

// Audited returns the fields as the audit trail has them.
func (s *Settings) Audited() map[string]json.RawMessage {
	return audit.EncodeFields(map[string]any{"emails": s.Emails, "webhook_url": s.WebhookURL, "language": s.Language, "muted_kinds": s.MutedKinds})
}

// KeepFixed restores what a change must not set.
func (s *Settings) KeepFixed(before Settings) { s.AccountID = before.AccountID }

// Touch sets when they were last changed.
func (s *Settings) Touch(now time.Time) { s.UpdatedAt = now }

// CloneSecrets copies the secrets before a change.
func (s *Settings) CloneSecrets() { s.Credentials = maps.Clone(s.Credentials) }

// DiffSecrets adds which secrets have changed, without their values.
func (s *Settings) DiffSecrets(before Settings, changes map[string]audit.Change) {
	audit.DiffCredentials(changes, before.Credentials, s.Credentials)
}

// Watch is the part of the store for alerts. It is safe for concurrent use. Its errors are
// those of database.DB.WrapErr.
type Watch struct {
	db      *database.DB
	limits  limits
	sources sources
}

// New returns the alerts of a database, with the parts of the store that find silent
// sources and limits that are nearly used up.
func New(db *database.DB, s sources, l limits) *Watch { return &Watch{db: db, sources: s, limits: l} }

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
	return audit.UpdateSetting(ctx, w.db, audit.Update[Settings]{
		Doing: "changing where alerts are sent",
		Lock: func(tx *gorm.DB) (Settings, error) {
			var account string
			if err := database.Locked(tx.Table("accounts")).Select("id").Where("id = ?", actor.AccountID).Take(&account).Error; err != nil {
				return Settings{}, database.NotFoundAs("no_such_account", err)
			}
			return settingsOf(tx, actor.AccountID)
		},
		Save: func(tx *gorm.DB, _ Settings, after *Settings, changes map[string]audit.Change) error {
			stored := database.ExceptUnreadable(tx, &after.Unreadable, after.Credentials).Clauses(clause.OnConflict{UpdateAll: true}).Create(after)
			if stored.Error != nil {
				return stored.Error
			}
			return audit.Record(tx, actor, "updated", audit.Target{AccountID: actor.AccountID, Entity: "alerts", ID: actor.AccountID}, changes)
		},
	}, change)
}
