package websites

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/quotas"
	"ringback/models/received"
	"ringback/models/reconciliations"
)

// Source is a site's settings for one source of calls.
type Source struct {
	SiteID          string `gorm:"primaryKey"`
	Source          string `gorm:"primaryKey"`
	HookKey         string `gorm:"serializer:sealed"` // unguessable, a part of the webhook's URL; empty if no encryption key opens it
	HookKeyHash     string // by which a webhook finds the source
	Enabled         bool
	LateDataSeconds int               `gorm:"column:settle_seconds"` // how long after a call its late data are waited for
	Options         map[string]string `gorm:"serializer:json"`
	Credentials     map[string]string `gorm:"serializer:sealed"` // encrypted at rest
	// CredentialsUnreadable is set if none of the keys opens the stored credentials.
	// They are left out here, and stay stored until others are set.
	CredentialsUnreadable bool `gorm:"-"`
	// ReconcileBy is set by a change after which the source is reconciled at once, by the
	// workflow of this id.
	ReconcileBy reconciliations.WorkflowID `gorm:"-" json:"-"`
	CreatedAt   time.Time
	UpdatedAt   time.Time

	hookKeyUnreadable bool // it stays stored, and webhooks are still found by its hash
}

// TableName returns the name of the table.
func (Source) TableName() string { return "site_sources" }

// PutSource changes a site's settings for a source, and makes them if there are none.
// An error of change is returned, and nothing is stored then. The signal that makes it be
// reconciled is stored together with it.
func (s *Store) PutSource(ctx context.Context, actor audit.Actor, siteID, source string, change func(*Source) error) (Source, error) {
	var changing *gorm.DB
	return audit.UpdateSetting(ctx, s.db, audit.Update[Source]{
		Doing: "storing a source",
		Lock: func(tx *gorm.DB) (Source, error) {
			changing = tx
			if _, err := siteOf(database.Locked(tx), actor.AccountID, siteID); err != nil { // locked against two first puts at once
				return Source{}, err
			}
			return sourceForChange(tx, siteID, source)
		},
		Save: func(tx *gorm.DB, before Source, after *Source, changes map[string]audit.Change) error {
			action, write := "updated", after.columns(tx).Updates
			if before.isNew() {
				after.CreatedAt, action, write = after.UpdatedAt, "created", tx.Create
				if err := s.quotas.AllowInSite(tx, actor.AccountID, siteID, quotas.SourcesPerSite, 1, tx.Model(&Source{})); err != nil {
					return err
				}
			}
			if err := write(after).Error; err != nil {
				return err
			}
			if err := s.calls.ReplanCalls(tx, siteID, func(calls *gorm.DB) *gorm.DB { return calls.Where("source = ?", source) }); err != nil {
				return err
			}
			return audit.Record(tx, actor, action, audit.Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "source", ID: source}, changes)
		},
	}, func(m *Source) error {
		err, id := change(m), m.ReconcileBy
		if m.ReconcileBy = nil; err != nil || id == nil {
			return err
		}
		return s.reconciliations.RequestReconciliationIn(changing, siteID, source, id)
	})
}

// DeleteSource deletes a site's settings for a source, with its credentials and the
// address of its webhook. Its calls, leads and messages stay, and calls that go on are
// still decided.
func (s *Store) DeleteSource(ctx context.Context, actor audit.Actor, siteID, source string) error {
	return s.db.Tx(ctx, "deleting a source", func(tx *gorm.DB) error {
		if _, err := siteOf(database.Locked(tx), actor.AccountID, siteID); err != nil {
			return err
		}
		deleted := tx.Where("site_id = ? AND source = ?", siteID, source).Delete(&Source{})
		switch {
		case deleted.Error != nil:
			return deleted.Error
		case deleted.RowsAffected == 0:
			return database.NotFoundAs("no_such_source", gorm.ErrRecordNotFound)
		}
		if err := received.ForgetActivity(tx, siteID, source); err != nil {
			return err
		}
		if err := reconciliations.Forget(tx, siteID, source); err != nil {
			return err
		}
		if err := s.calls.ReplanCalls(tx, siteID, func(calls *gorm.DB) *gorm.DB { return calls.Where("source = ?", source) }); err != nil {
			return err
		}
		return audit.Record(tx, actor, "deleted", audit.Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "source", ID: source}, nil)
	})
}

// sourceForChange returns the locked row of a source, or a new one if there is none.
func sourceForChange(tx *gorm.DB, siteID, source string) (Source, error) {
	row, err := database.First[Source](database.Locked(tx).Where("site_id = ? AND source = ?", siteID, source))
	if err != nil || row == nil {
		return Source{SiteID: siteID, Source: source}, err
	}
	return *row, nil
}

// isNew reports whether the source is not stored yet.
func (s Source) isNew() bool { return s.CreatedAt.IsZero() }

// KeepFixed restores what a change must not set.
func (s *Source) KeepFixed(before Source) {
	s.SiteID, s.Source, s.CreatedAt = before.SiteID, before.Source, before.CreatedAt
	if before.isNew() && s.HookKey == "" {
		s.RenewHookKey()
	}
	if s.HookKeyHash = before.HookKeyHash; s.HookKey != before.HookKey {
		s.HookKeyHash, s.hookKeyUnreadable = hashOfHookKey(s.HookKey), false
	}
}

// columns selects the columns that a change writes. What no key opens is not
// overwritten, unless the change sets something else: the key may come back.
func (s *Source) columns(tx *gorm.DB) *gorm.DB {
	if s.hookKeyUnreadable {
		return database.ExceptUnreadable(tx, &s.CredentialsUnreadable, s.Credentials, hookKeyColumn)
	}
	return database.ExceptUnreadable(tx, &s.CredentialsUnreadable, s.Credentials)
}

// Touch sets when it was last changed.
func (s *Source) Touch(now time.Time) { s.UpdatedAt = now }

// CloneSecrets copies the secrets before a change.
func (s *Source) CloneSecrets() { s.Credentials = maps.Clone(s.Credentials) }

// DiffSecrets adds which secrets have changed, without their values.
func (s *Source) DiffSecrets(before Source, changes map[string]audit.Change) {
	audit.DiffCredentials(changes, before.Credentials, s.Credentials)
	if s.HookKey != before.HookKey {
		changes["hook_key"] = audit.Change{To: audit.CredentialChanged}
	}
}

// Source returns a site's settings for one source.
func (s *Store) Source(ctx context.Context, accountID, siteID, source string) (Source, error) {
	var row Source
	_, err := siteOf(s.db.Read(ctx), accountID, siteID)
	if err == nil {
		err = database.NotFoundAs("no_such_source", s.db.Read(ctx).Where("site_id = ? AND source = ?", siteID, source).Take(&row).Error)
	}
	return row, s.db.WrapErr("reading a source", err)
}

// Sources lists a site's sources by name.
func (s *Store) Sources(ctx context.Context, accountID, siteID string) ([]Source, error) {
	var rows []Source
	_, err := siteOf(s.db.Read(ctx), accountID, siteID)
	if err == nil {
		err = s.db.Read(ctx).Where("site_id = ?", siteID).Order("source").Find(&rows).Error
	}
	return rows, s.db.WrapErr("listing sources", err)
}

// SourceByHookKey returns the source and the site of a provider's webhook, by the
// unguessable part of its URL. It returns switched-off sources too: callers check
// Enabled. If no key opens the source's credentials, the error is fault.Unavailable.
func (s *Store) SourceByHookKey(ctx context.Context, key string) (row Source, site Site, err error) {
	err = s.db.Read(ctx).Where("hook_key_hash = ?", hashOfHookKey(key)).Take(&row).Error
	if err == nil {
		err = s.db.Read(ctx).Where("id = ? AND deleted_at IS NULL", row.SiteID).Take(&site).Error
	}
	if err == nil && row.CredentialsUnreadable { // what cannot be verified is not accepted
		err = fault.New(fault.Unavailable, "source_credentials_unreadable").After(database.RetryAfter)
	}
	return row, site, s.db.WrapErr("finding a source by its hook key", database.NotFoundAs("no_such_webhook", err))
}

// Audited returns the fields whose changes are recorded, without secrets.
func (s Source) Audited() map[string]json.RawMessage {
	return audit.EncodeFields(map[string]any{"enabled": s.Enabled, "settle_seconds": s.LateDataSeconds, "options": s.Options})
}
