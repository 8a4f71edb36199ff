package integrations

import (
	"context"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
)

// Version is one version of an integration. Of credentials it has the
// names of those that were set, never their values.
type Version struct {
	IntegrationID  string `gorm:"primaryKey"`
	Version        int    `gorm:"primaryKey"`
	Name           string
	Enabled        bool
	Settings       Settings `gorm:"serializer:json"`
	CredentialsSet []string `gorm:"serializer:json"`
	ChangedBy      string   // token id, or "admin" for the operator's, "ringback" for an automatic switch-off
	CreatedAt      time.Time
}

// TableName returns the name of the table.
func (Version) TableName() string { return "integration_versions" }

// IntegrationVersions lists how an integration was, newest first, also when it was deleted.
func (s *Store) IntegrationVersions(ctx context.Context, accountID, siteID, id string, page database.Page) ([]Version, string, error) {
	versions, next, err := s.integrationVersions(ctx, accountID, siteID, id, page)
	return versions, next, s.db.WrapErr("listing the versions of an integration", err)
}

func (s *Store) integrationVersions(ctx context.Context, accountID, siteID, id string, page database.Page) ([]Version, string, error) {
	if err := ownership.CheckHistory(s.db.Read(ctx), accountID, siteID); err != nil {
		return nil, "", err
	}
	var i Integration
	if err := s.db.Read(ctx).Where("id = ? AND site_id = ?", id, siteID).Take(&i).Error; err != nil {
		return nil, "", database.NotFoundAs("no_such_integration", err)
	}
	return database.PageByNumber(s.db.Read(ctx).Where("integration_id = ?", id), page, "version", func(v Version) int { return v.Version })
}

// recordVersion stores the integration's present version and the audit entry of it.
func recordVersion(tx *gorm.DB, actor audit.Actor, action string, i Integration, changes map[string]audit.Change) error {
	err := tx.Create(&Version{
		IntegrationID: i.ID, Version: i.Version, Name: i.Name, Enabled: i.Enabled, Settings: i.Settings,
		CredentialsSet: slices.Sorted(maps.Keys(i.Credentials)), ChangedBy: actor.TokenID,
	}).Error
	if err != nil {
		return err
	}
	of, err := i.auditTarget(tx)
	if err != nil {
		return err
	}
	return audit.Record(tx, actor, action, of, changes)
}
