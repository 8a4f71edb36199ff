package models

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
)

// PutSource changes a site's settings for a source, and makes them when there
// are none. A change that leaves the hook key empty gets a new one.
func (s *Store) PutSource(ctx context.Context, actor Actor, siteID, source string, change func(*SiteSource) error) (SiteSource, error) {
	var row SiteSource
	err := s.db.Tx(ctx, "storing a source", func(tx *gorm.DB) error {
		site, err := siteOf(database.Locked(tx), actor.AccountID, siteID) // the lock keeps two first puts apart
		if err != nil {
			return err
		}
		before, existed, err := sourceForChange(tx, siteID, source)
		if err != nil {
			return err
		}
		was := sourceBefore{existed: existed, row: before, fields: before.audited()}
		row = before
		row.Credentials = maps.Clone(before.Credentials)
		if err := change(&row); err != nil {
			return err
		}
		row.SiteID, row.Source, row.CreatedAt = siteID, source, before.CreatedAt
		if row.HookKey == "" {
			row.HookKey = rand.Text()
		}
		return s.storeSource(tx, actor, site, was, &row)
	})
	return row, err
}

// sourceForChange reads a source's row, or gives a new one.
func sourceForChange(tx *gorm.DB, siteID, source string) (row SiteSource, existed bool, err error) {
	err = database.Locked(tx).Where("site_id = ? AND source = ?", siteID, source).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return SiteSource{SiteID: siteID, Source: source}, false, nil
	}
	return row, err == nil, err
}

// sourceBefore is how a source was before a change.
type sourceBefore struct {
	existed bool
	row     SiteSource
	fields  map[string]json.RawMessage
}

func (s *Store) storeSource(tx *gorm.DB, actor Actor, site Site, was sourceBefore, row *SiteSource) error {
	changes := diffFields(was.fields, row.audited())
	diffCredentials(changes, was.row.Credentials, row.Credentials)
	if row.HookKey != was.row.HookKey {
		changes["hook_key"] = Change{To: credentialChanged}
	}
	if was.existed && len(changes) == 0 {
		return nil
	}
	row.UpdatedAt = s.db.Now()
	action, write := "updated", exceptUnreadable(tx, &row.CredentialsUnreadable, row.Credentials).Updates
	if !was.existed {
		row.CreatedAt, action, write = row.UpdatedAt, "created", tx.Create
	}
	if err := write(row).Error; err != nil {
		return err
	}
	return recordChange(tx, actor, action,
		auditTarget{accountID: site.AccountID, siteID: site.ID, entity: "source", id: row.Source}, changes)
}

// Source reads a site's settings for one source.
func (s *Store) Source(ctx context.Context, accountID, siteID, source string) (SiteSource, error) {
	var row SiteSource
	_, err := siteOf(s.db.Read(ctx), accountID, siteID)
	if err == nil {
		err = database.NotFoundAs("source", s.db.Read(ctx).Where("site_id = ? AND source = ?", siteID, source).Take(&row).Error)
	}
	return row, s.db.WrapErr("reading a source", err)
}

// Sources lists a site's sources by name.
func (s *Store) Sources(ctx context.Context, accountID, siteID string) ([]SiteSource, error) {
	var rows []SiteSource
	_, err := siteOf(s.db.Read(ctx), accountID, siteID)
	if err == nil {
		err = s.db.Read(ctx).Where("site_id = ?", siteID).Order("source").Find(&rows).Error
	}
	return rows, s.db.WrapErr("listing sources", err)
}

// SourceByHookKey finds what a provider's webhook is for, by the unguessable
// part of its URL. Switched-off sources are found too; the caller looks at Enabled.
// While no key opens the source's credentials the answer is fault.Unavailable.
func (s *Store) SourceByHookKey(ctx context.Context, key string) (SiteSource, Site, error) {
	var row SiteSource
	var site Site
	err := s.db.Read(ctx).Where("hook_key = ?", key).Take(&row).Error
	if err == nil {
		err = s.db.Read(ctx).Where("id = ? AND deleted_at IS NULL", row.SiteID).Take(&site).Error
	}
	if err == nil && row.CredentialsUnreadable { // what cannot be verified is not taken
		err = &fault.Error{Code: fault.Unavailable, Message: "the source's credentials cannot be read: set them again", RetryAfter: database.RetryAfter}
	}
	return row, site, s.db.WrapErr("finding a source by its hook key", database.NotFoundAs("webhook", err))
}

// audited are the fields whose changes the audit trail tells; secrets come apart.
func (s SiteSource) audited() map[string]json.RawMessage {
	return encodeFields(map[string]any{"enabled": s.Enabled, "settle_seconds": s.LateDataSeconds, "options": s.Options})
}
