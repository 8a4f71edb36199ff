package models

import (
	"fmt"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"
	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/integrations"
	"ringback/models/websites"
)

// mostSettings is how many settings are held.
const mostSettings = 2000

// settingsCache holds the settings by which conversions are decided, each with the tag of
// the rows that they were read from. The present tag is read with each conversion, so a
// change that is committed is seen by the next decision of every process. It is safe for
// concurrent use.
type settingsCache struct {
	held *lru.Cache[settingsKey, caseSettings]
}

func newSettingsCache() settingsCache {
	held, _ := lru.New[settingsKey, caseSettings](mostSettings) // it fails only for a size below one
	return settingsCache{held}
}

type settingsKey struct{ siteID, source string }

// caseSettings are what is set up for the conversions of a site and a source.
type caseSettings struct {
	tag          string
	site         websites.Site
	integrations []integrations.Integration
	source       *websites.Source
}

// settingsTag returns an SQL expression for the tag of the settings of a conversion, which
// differs after each change of them. It is empty if the database has no versions of rows.
func settingsTag(db *gorm.DB) string {
	site, integration, source := database.RowVersion(db, "s"), database.RowVersion(db, "i"), database.RowVersion(db, "x")
	if site == "" {
		return "''"
	}
	return fmt.Sprintf(`concat_ws('/',
		(SELECT %s || s.updated_at FROM sites AS s WHERE s.id = conversions.site_id),
		(SELECT string_agg(i.id || %s || i.updated_at, ',' ORDER BY i.id) FROM integrations AS i WHERE i.site_id = conversions.site_id AND i.deleted_at IS NULL),
		(SELECT %s || x.updated_at FROM site_sources AS x WHERE x.site_id = conversions.site_id AND x.source = conversions.source))`,
		site, integration, source)
}

// read sets the settings of a case. It reads them unless those that are held have the tag.
func (h settingsCache) read(db *gorm.DB, c *Case, tag string) error {
	key := settingsKey{c.Conversion.SiteID, c.Conversion.Source}
	found, _ := h.held.Get(key)
	if tag == "" || found.tag != tag {
		var err error
		if found, err = readSettings(db, key); err != nil {
			return err
		}
		found.tag = tag
		if tag != "" {
			h.held.Add(key, found)
		}
	}
	c.Site, c.Integrations, c.Source = found.site, slices.Clone(found.integrations), found.source
	return nil
}

func readSettings(db *gorm.DB, key settingsKey) (s caseSettings, err error) {
	if err := db.Where("id = ?", key.siteID).Take(&s.site).Error; err != nil {
		return s, fmt.Errorf("reading its site: %w", err)
	}
	if err := db.Where("site_id = ? AND deleted_at IS NULL", key.siteID).Order("id").Find(&s.integrations).Error; err != nil {
		return s, fmt.Errorf("reading its site's integrations: %w", err)
	}
	s.source, err = database.First[websites.Source](db.Where("site_id = ? AND source = ?", key.siteID, key.source))
	if err != nil {
		return s, fmt.Errorf("reading its source: %w", err)
	}
	return s, nil
}
