package websites

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/integrations"
	"ringback/models/journeys"
	"ringback/models/quotas"
)

// Site is one web site of a tenant.
type Site struct {
	ID                string `gorm:"primaryKey"`
	AccountID         string
	Name              string
	Domains           []string `gorm:"serializer:json"`
	TimeZone          string   // IANA name
	Region            string   // ISO 3166-1 alpha-2, the country of numbers without a country code
	TargetCallSeconds int
	UniquenessDays    int // zero means for ever
	MaxCallMinutes    int
	LookbackDays      int
	LinkByForms       bool // a contact in a form may lead to the visit of who wrote it
	ScriptKey         string
	Script            ScriptSettings `gorm:"serializer:json"`
	CreatedAt         time.Time
	UpdatedAt         time.Time
	DeletedAt         *time.Time
}

// Rules returns the site's thresholds for package conversion.
func (s Site) Rules() conversion.SiteRules {
	return conversion.SiteRules{
		TargetCallSeconds: s.TargetCallSeconds,
		UniquenessDays:    s.UniquenessDays,
		LookbackDays:      s.LookbackDays,
	}
}

// decidesOtherwise reports whether a change of the site's settings can change decisions
// that are still open, or when they are made. A change of the name or of the script
// cannot, and need not wake the workflows of all open calls.
func (s Site) decidesOtherwise(after Site) bool {
	return s.Rules() != after.Rules() || s.MaxCallMinutes != after.MaxCallMinutes || s.LinkByForms != after.LinkByForms
}

// CreateSite stores a site of the actor's account. It fills in the id, the
// script key and the times.
func (s *Store) CreateSite(ctx context.Context, actor audit.Actor, site *Site) error {
	site.ID, site.AccountID = ids.New(ids.Site), actor.AccountID
	site.CreatedAt, site.UpdatedAt, site.DeletedAt = s.db.Now(), s.db.Now(), nil
	if site.ScriptKey == "" {
		site.ScriptKey = rand.Text()
	}
	site.Script = site.Script.orDefault()
	return s.db.Tx(ctx, "creating a site", func(tx *gorm.DB) error {
		if err := s.quotas.AllowInAccount(tx, actor.AccountID, quotas.Sites, tx.Model(&Site{}).Where("deleted_at IS NULL")); err != nil {
			return err
		}
		if err := tx.Create(site).Error; err != nil {
			return err
		}
		if err := figures.Begin(tx, site.ID, site.TimeZone); err != nil {
			return err
		}
		return audit.Record(tx, actor, "created", site.auditTarget(), audit.DiffFields(nil, site.Audited()))
	})
}

// Site returns one site of an account.
func (s *Store) Site(ctx context.Context, accountID, id string) (Site, error) {
	site, err := siteOf(s.db.Read(ctx), accountID, id)
	return site, s.db.WrapErr("reading a site", err)
}

// AfterFind sets the script's settings of a site that was stored before there was a
// script.
func (s *Site) AfterFind(*gorm.DB) error {
	s.Script = s.Script.orDefault()
	return nil
}

// siteOf returns a site if it is the account's and not deleted.
func siteOf(db *gorm.DB, accountID, id string) (Site, error) {
	var site Site
	err := db.Where("id = ? AND account_id = ? AND deleted_at IS NULL", id, accountID).Take(&site).Error
	return site, database.NotFoundAs("no_such_site", err)
}

// Sites lists an account's sites.
func (s *Store) Sites(ctx context.Context, accountID string, page database.Page) ([]Site, string, error) {
	query := s.db.Read(ctx).Where("account_id = ? AND deleted_at IS NULL", accountID)
	sites, next, err := database.PageByID(query, page, func(x Site) string { return x.ID })
	return sites, next, s.db.WrapErr("listing sites", err)
}

// UpdateSite changes a site. An error of change is returned, and nothing is stored
// then.
func (s *Store) UpdateSite(ctx context.Context, actor audit.Actor, id string, change func(*Site) error) (Site, error) {
	return audit.UpdateSetting(ctx, s.db, audit.Update[Site]{
		Doing: "updating a site",
		Lock:  func(tx *gorm.DB) (Site, error) { return siteOf(database.Locked(tx), actor.AccountID, id) },
		Save: func(tx *gorm.DB, before Site, after *Site, changes map[string]audit.Change) error {
			if err := tx.Select("*").Updates(after).Error; err != nil {
				return err
			}
			if before.TimeZone != after.TimeZone { // the days of all touchpoints change
				if err := journeys.AddMarks(tx, after.ID, journeys.Mark{Kind: journeys.MarkSite}); err != nil {
					return err
				}
			}
			if before.decidesOtherwise(*after) {
				if err := s.calls.ReplanCalls(tx, after.ID, nil); err != nil {
					return err
				}
			}
			if err := figures.Rebuild(tx, after.ID, func(r *figures.Rules) { r.TimeZone = after.TimeZone }); err != nil {
				return err
			}
			return audit.Record(tx, actor, "updated", after.auditTarget(), changes)
		},
	}, change)
}

// KeepFixed restores what a change must not set.
func (s *Site) KeepFixed(before Site) {
	s.ID, s.AccountID, s.CreatedAt, s.DeletedAt = before.ID, before.AccountID, before.CreatedAt, nil
}

// Touch sets when it was last changed.
func (s *Site) Touch(now time.Time) { s.UpdatedAt = now }

// DeleteSite deletes a site and its integrations. Their history stays readable by its
// ids. Deliveries that are not done end as failed.
func (s *Store) DeleteSite(ctx context.Context, actor audit.Actor, id string) error {
	return s.db.Tx(ctx, "deleting a site", func(tx *gorm.DB) error {
		site, err := siteOf(database.Locked(tx), actor.AccountID, id)
		if err != nil {
			return err
		}
		if err := integrations.DeleteAll(tx, actor, id); err != nil {
			return err
		}
		if err := tx.Model(&site).UpdateColumn("deleted_at", s.db.Now()).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "deleted", site.auditTarget(), nil)
	})
}

// IntegrationOfAnyAccount returns an integration and its site for the work that a worker
// does by itself, deleted ones too.
func (s *Store) IntegrationOfAnyAccount(ctx context.Context, id string) (i integrations.Integration, site Site, err error) {
	err = s.db.ReadTx(ctx, "reading an integration", func(tx *gorm.DB) error {
		if err := tx.Where("id = ?", id).Take(&i).Error; err != nil {
			return database.NotFoundAs("no_such_integration", err)
		}
		return tx.Where("id = ?", i.SiteID).Take(&site).Error
	})
	return i, site, err
}

// KeepsTooShort reports whether visits are deleted that attribution would look for. A
// lookback without a limit goes as far back as visits are kept.
func (s Site) KeepsTooShort() bool {
	return s.Script.KeepDays > 0 && s.Script.KeepDays < s.LookbackDays
}

// RecordCheck records in the audit trail that a page of a site is checked. The URL is
// that of the page without its query, which may hold personal data.
func (s *Store) RecordCheck(ctx context.Context, actor audit.Actor, siteID, url string) error {
	return s.db.Tx(ctx, "recording a check of a page", func(tx *gorm.DB) error {
		of := audit.Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "site", ID: siteID}
		return audit.Record(tx, actor, "checked", of, map[string]audit.Change{"page": {To: url}})
	})
}

func (s Site) auditTarget() audit.Target {
	return audit.Target{AccountID: s.AccountID, SiteID: s.ID, Entity: "site", ID: s.ID}
}

// Audited returns the fields whose changes are recorded.
func (s Site) Audited() map[string]json.RawMessage {
	return audit.EncodeFields(map[string]any{
		"name": s.Name, "domains": s.Domains, "time_zone": s.TimeZone, "region": s.Region,
		"target_call_seconds": s.TargetCallSeconds, "uniqueness_days": s.UniquenessDays,
		"max_call_minutes": s.MaxCallMinutes, "lookback_days": s.LookbackDays, "link_by_forms": s.LinkByForms, "script_key": s.ScriptKey,
		"script.consent_required": s.Script.ConsentRequired, "script.forms": s.Script.Forms,
		"script.fields": s.Script.Fields, "script.visitor_ids": s.Script.VisitorIDs, "script.origins": s.Script.Origins,
		"script.session_minutes": s.Script.SessionMinutes, "script.carry_over": s.Script.CarryOver,
		"script.ignored_referrers": s.Script.Ignored, "script.keep_days": s.Script.KeepDays,
		"script.lead_tags": s.Script.LeadTags.OrAny(), "script.swap_after_load": s.Script.SwapAfterLoad,
	})
}
