// Package ownership checks whose a site is, for the parts of the store that keep what
// belongs to sites (G9). It must not know what is kept.
package ownership

import (
	"gorm.io/gorm"

	"ringback/models/database"
)

// CheckSite returns fault.NotFound unless the site is the account's. The site's row is
// locked if the query locks what it finds.
func CheckSite(query *gorm.DB, accountID, siteID string) error {
	var found string
	err := query.Table("sites").Select("id").
		Where("id = ? AND account_id = ? AND deleted_at IS NULL", siteID, accountID).Take(&found).Error
	return database.NotFoundAs("no_such_site", err)
}

// CheckHistory is CheckSite for history, which stays readable after a site is deleted.
func CheckHistory(query *gorm.DB, accountID, siteID string) error {
	var found string
	err := query.Table("sites").Select("id").Where("id = ? AND account_id = ?", siteID, accountID).Take(&found).Error
	return database.NotFoundAs("no_such_site", err)
}

// HistoryOf returns a query for what belongs to an account's site, or to all its sites if
// none is named. Deleted sites are included.
func HistoryOf(db *gorm.DB, accountID, siteID string) (*gorm.DB, error) {
	if siteID == "" {
		return db.Where("site_id IN (?)", db.Table("sites").Select("id").Where("account_id = ?", accountID)), nil
	}
	if err := CheckHistory(db, accountID, siteID); err != nil {
		return nil, err
	}
	return db.Where("site_id = ?", siteID), nil
}

// Row reads a row of a site, such as a pool, if the site is the account's and neither is
// deleted. Missing is the reason of the error if there is no such row, as in "no_such_pool".
// The site is read by the first session and the row by the second, which may lock the row.
func Row[T any](sites, rows *gorm.DB, accountID, siteID, id, missing string) (T, error) {
	var row T
	if err := CheckSite(sites, accountID, siteID); err != nil {
		return row, err
	}
	err := rows.Where("id = ? AND site_id = ? AND deleted_at IS NULL", id, siteID).Take(&row).Error
	return row, database.NotFoundAs(missing, err)
}

// Find reads a row of a site by its id, deleted or not. It returns nil if there is none.
func Find[T any](db *gorm.DB, siteID, id string) (*T, error) {
	return database.First[T](db.Where("id = ? AND site_id = ?", id, siteID))
}

// Rows lists the rows of a site that are not deleted, the newest first.
func Rows[T any](db *gorm.DB, accountID, siteID string, page database.Page, id func(T) string) ([]T, string, error) {
	if err := CheckSite(db, accountID, siteID); err != nil {
		return nil, "", err
	}
	return database.PageByID(db.Where("site_id = ? AND deleted_at IS NULL", siteID), page, id)
}
