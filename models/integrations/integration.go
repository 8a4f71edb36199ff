package integrations

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/ids"
	"ringback/internal/settings"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/logintokens"
	"ringback/models/ownership"
	"ringback/models/quotas"
)

// Settings are the settings of an integration without its credentials.
// They are kept for every version of an integration.
type Settings struct {
	Options          map[string]string           `json:"options"`
	AttributionModel conversion.AttributionModel `json:"attribution_model"`
	Calls            *conversion.Rules           `json:"calls,omitempty"`
	Leads            *conversion.Rules           `json:"leads,omitempty"`
	Delivery         DeliveryPolicy              `json:"delivery"`
}

// RulesFor returns the rules of one kind, nil if that kind is not sent.
func (s Settings) RulesFor(kind conversion.Kind) *conversion.Rules {
	if kind == conversion.KindLead {
		return s.Leads
	}
	return s.Calls
}

// DeliveryPolicy is for how long, how often and how fast an integration delivers.
// MaxConcurrent and PerSecond apply to each worker process: two workers send twice as
// much.
type DeliveryPolicy struct {
	RetryForSeconds int     `json:"retry_for_seconds"` // in all, from the decision on; default 72 h
	TimeoutSeconds  int     `json:"timeout_seconds"`   // of one attempt; default 10 s
	MaxConcurrent   int     `json:"max_concurrent"`    // sends at the same time; default 10
	PerSecond       float64 `json:"per_second"`        // sends per second; zero means no limit
	// SwitchOffAfter is the number of failed deliveries in a row after which the
	// integration is switched off. Zero, the default, means never.
	SwitchOffAfter int `json:"switch_off_after"`
}

// Integration is one configured destination of a site.
type Integration struct {
	ID          string `gorm:"primaryKey"`
	SiteID      string
	Type        string
	Name        string
	Enabled     bool
	Version     int               // counts every change; a decision stores the version it was made by
	Settings    Settings          `gorm:"serializer:json"`
	Credentials map[string]string `gorm:"serializer:sealed"`
	// CredentialsUnreadable is set if none of the keys opens the stored credentials. They
	// are left out here, and stay stored until others are set. Deliveries wait meanwhile.
	CredentialsUnreadable bool `gorm:"-"`
	CreatedAt             time.Time
	UpdatedAt             time.Time
	DeletedAt             *time.Time
}

// Values returns the settings that the destination gets.
func (i Integration) Values() settings.Values {
	return settings.Values{Options: i.Settings.Options, Credentials: i.Credentials}
}

// CreateIntegration stores an integration of a site of the actor's account, as
// version 1. It fills in the id and the times.
func (s *Store) CreateIntegration(ctx context.Context, actor audit.Actor, i *Integration) error {
	i.ID, i.Version, i.DeletedAt = ids.New(ids.Integration), 1, nil
	i.CreatedAt, i.UpdatedAt = s.db.Now(), s.db.Now()
	return s.db.Tx(ctx, "creating an integration", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, actor.AccountID, i.SiteID); err != nil {
			return err
		}
		if err := s.quotas.AllowInSite(tx, actor.AccountID, i.SiteID, quotas.IntegrationsPerSite, 1, tx.Model(&Integration{}).Where("deleted_at IS NULL")); err != nil {
			return err
		}
		if err := tx.Create(i).Error; err != nil {
			return err
		}
		if err := s.calls.ReplanCalls(tx, i.SiteID, nil); err != nil {
			return err
		}
		changes := audit.DiffFields(nil, i.Audited())
		audit.DiffCredentials(changes, nil, i.Credentials)
		return recordVersion(tx, actor, "created", *i, changes)
	})
}

// Integration returns one integration of a site.
func (s *Store) Integration(ctx context.Context, accountID, siteID, id string) (Integration, error) {
	i, err := integrationOf(s.db.Read(ctx), s.db.Read(ctx), accountID, siteID, id)
	return i, s.db.WrapErr("reading an integration", err)
}

// integrationOf is ownership.Row for integrations.
func integrationOf(sites, rows *gorm.DB, accountID, siteID, id string) (Integration, error) {
	return ownership.Row[Integration](sites, rows, accountID, siteID, id, "no_such_integration")
}

// Integrations lists a site's integrations.
func (s *Store) Integrations(ctx context.Context, accountID, siteID string, page database.Page) ([]Integration, string, error) {
	items, next, err := ownership.Rows(s.db.Read(ctx), accountID, siteID, page, func(row Integration) string { return row.ID })
	return items, next, s.db.WrapErr("listing integrations", err)
}

// UpdateIntegration changes an integration and stores its new version. A change that
// changes nothing makes no version. An error of change is returned, and nothing is
// stored then.
func (s *Store) UpdateIntegration(ctx context.Context, actor audit.Actor, siteID, id string, change func(*Integration) error) (Integration, error) {
	return audit.UpdateSetting(ctx, s.db, audit.Update[Integration]{
		Doing: "updating an integration",
		Lock: func(tx *gorm.DB) (Integration, error) {
			return integrationOf(tx, database.Locked(tx), actor.AccountID, siteID, id)
		},
		Save: s.saveIntegration(actor, "updated", nil),
	}, change)
}

// saveIntegration returns how a changed integration is stored: as its next version,
// with notes that the audit trail shows beside the changes.
func (s *Store) saveIntegration(actor audit.Actor, action string, notes map[string]audit.Change) func(*gorm.DB, Integration, *Integration, map[string]audit.Change) error {
	return func(tx *gorm.DB, before Integration, after *Integration, changes map[string]audit.Change) error {
		maps.Copy(changes, notes)
		after.Version = before.Version + 1
		if err := database.ExceptUnreadable(tx, &after.CredentialsUnreadable, after.Credentials).Updates(after).Error; err != nil {
			return err
		}
		if err := after.beginAnew(tx, changes); err != nil {
			return err
		}
		if err := s.calls.ReplanCalls(tx, after.SiteID, nil); err != nil {
			return err
		}
		return recordVersion(tx, actor, action, *after, changes)
	}
}

// KeepFixed restores what a change must not set.
func (i *Integration) KeepFixed(before Integration) {
	i.ID, i.SiteID, i.Type, i.Version = before.ID, before.SiteID, before.Type, before.Version
	i.CreatedAt, i.DeletedAt = before.CreatedAt, before.DeletedAt
}

// Touch sets when it was last changed.
func (i *Integration) Touch(now time.Time) { i.UpdatedAt = now }

// CloneSecrets copies the secrets before a change.
func (i *Integration) CloneSecrets() { i.Credentials = maps.Clone(i.Credentials) }

// DiffSecrets adds which secrets have changed, without their values.
func (i *Integration) DiffSecrets(before Integration, changes map[string]audit.Change) {
	audit.DiffCredentials(changes, before.Credentials, i.Credentials)
}

// DeleteIntegration deletes an integration. Its deliveries and decisions stay
// readable; those still under way end as failed.
func (s *Store) DeleteIntegration(ctx context.Context, actor audit.Actor, siteID, id string) error {
	return s.db.Tx(ctx, "deleting an integration", func(tx *gorm.DB) error {
		i, err := integrationOf(tx, database.Locked(tx), actor.AccountID, siteID, id)
		if err != nil {
			return err
		}
		if err := i.delete(tx, actor); err != nil {
			return err
		}
		return s.calls.ReplanCalls(tx, siteID, nil)
	})
}

// DeleteAll deletes all integrations of a site.
func DeleteAll(tx *gorm.DB, actor audit.Actor, siteID string) error {
	var all []Integration
	if err := tx.Where("site_id = ? AND deleted_at IS NULL", siteID).Find(&all).Error; err != nil {
		return err
	}
	for _, i := range all {
		if err := i.delete(tx, actor); err != nil {
			return err
		}
	}
	return nil
}

// delete marks an integration as deleted and removes its credentials.
func (i Integration) delete(tx *gorm.DB, actor audit.Actor) error {
	err := tx.Model(&i).UpdateColumns(map[string]any{"deleted_at": tx.NowFunc(), "credentials": nil}).Error
	if err != nil {
		return err
	}
	if err := logintokens.Drop(tx, i.ID); err != nil {
		return err
	}
	of, err := i.auditTarget(tx)
	if err != nil {
		return err
	}
	return audit.Record(tx, actor, "deleted", of, nil)
}

// RecordTest records in the audit trail that a test event is sent by an integration.
func (s *Store) RecordTest(ctx context.Context, actor audit.Actor, siteID, id string) error {
	return s.db.Tx(ctx, "recording a test event", func(tx *gorm.DB) error {
		i, err := integrationOf(tx, tx, actor.AccountID, siteID, id)
		if err != nil {
			return err
		}
		of := audit.Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "integration", ID: i.ID}
		return audit.Record(tx, actor, "tested", of, nil)
	})
}

// SwitchOffIntegration switches an integration off by itself, because its
// deliveries keep failing; the owner finds the reason in the audit trail.
func (s *Store) SwitchOffIntegration(ctx context.Context, integrationID string, reason delivery.Reason) error {
	return s.db.Tx(ctx, "switching an integration off", func(tx *gorm.DB) error {
		var before Integration
		if err := database.Locked(tx).Where("id = ?", integrationID).Take(&before).Error; err != nil {
			return database.NotFoundAs("no_such_integration", err)
		}
		save := s.saveIntegration(audit.Actor{TokenID: audit.ByRingback}, audit.ActionSwitchedOff, map[string]audit.Change{"reason": {To: reason}})
		_, err := audit.UpdateLocked(s.db, tx, before, audit.Update[Integration]{Save: save}, func(i *Integration) error { i.Enabled = false; return nil })
		return err
	})
}

// auditTarget names the integration in the audit trail of its site's account.
func (i Integration) auditTarget(tx *gorm.DB) (audit.Target, error) {
	var accountID string
	err := tx.Table("sites").Select("account_id").Where("id = ?", i.SiteID).Take(&accountID).Error
	return audit.Target{AccountID: accountID, SiteID: i.SiteID, Entity: "integration", ID: i.ID}, err
}

// Audited returns the fields whose changes are recorded, without credentials.
func (i Integration) Audited() map[string]json.RawMessage {
	return audit.EncodeFields(map[string]any{
		"type": i.Type, "name": i.Name, "enabled": i.Enabled,
		"options": i.Settings.Options, "attribution_model": i.Settings.AttributionModel,
		"calls": i.Settings.Calls, "leads": i.Settings.Leads, "delivery": i.Settings.Delivery,
	})
}

// MarkUnreadable records that no key opens the integration's credentials.
func (i *Integration) MarkUnreadable(string) { i.CredentialsUnreadable = true }

// Seals returns what is known of the integration's credentials.
func (i *Integration) Seals() database.SealedColumns {
	return database.SealedColumns{Of: i.ID, Readable: map[string]bool{database.CredentialsColumn: !i.CredentialsUnreadable}}
}
