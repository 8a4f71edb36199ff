// Package savedviews is the filters of lists that people keep under a name, as part of the
// store. It must not know which filters there are.
package savedviews

import (
	"context"
	"strconv"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/ownership"
)

// perSite is how many views a user may keep at a site.
const perSite = 50

// View is a filter of a list of a site that a user keeps.
type View struct {
	ID        string `gorm:"primaryKey"`
	SiteID    string
	UserID    string
	List      string // calls or deliveries
	Name      string
	Query     string // the filter as the query of an address, such as kind=lead&tag=sales
	CreatedAt time.Time
}

// TableName returns the name of the table.
func (View) TableName() string { return "saved_views" }

// Views holds the views of all users. It is safe for concurrent use. Its errors are those of
// database.DB.WrapErr.
type Views struct{ db *database.DB }

// New returns the views of a database.
func New(db *database.DB) *Views { return &Views{db} }

// SavedViews lists the views of a user at a site, newest first.
func (v *Views) SavedViews(ctx context.Context, userID, siteID string, page database.Page) ([]View, string, error) {
	query := v.db.Read(ctx).Where("user_id = ? AND site_id = ?", userID, siteID)
	views, next, err := database.PageByID(query, page, func(x View) string { return x.ID })
	return views, next, v.db.WrapErr("listing views", err)
}

// SaveView stores a view of a user at a site of the account. A view of the same list with the
// same name is replaced.
func (v *Views) SaveView(ctx context.Context, accountID string, view *View) error {
	view.ID, view.CreatedAt = ids.New(ids.View), v.db.Now()
	return v.db.Tx(ctx, "storing a view", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(database.Locked(tx), accountID, view.SiteID); err != nil {
			return err
		}
		own := tx.Where("user_id = ? AND site_id = ?", view.UserID, view.SiteID).Session(&gorm.Session{})
		if err := own.Where("list = ? AND name = ?", view.List, view.Name).Delete(&View{}).Error; err != nil {
			return err
		}
		var kept int64
		if err := own.Model(&View{}).Count(&kept).Error; err != nil {
			return err
		}
		if kept >= perSite {
			return fault.New(fault.Conflict, "too_many_views").With("Limit", strconv.Itoa(perSite))
		}
		return tx.Create(view).Error
	})
}

// DeleteView deletes a view of a user; fault.NotFound if the user has none of this id.
func (v *Views) DeleteView(ctx context.Context, userID, siteID, id string) error {
	deleted := v.db.Write(ctx).Where("user_id = ? AND site_id = ? AND id = ?", userID, siteID, id).Delete(&View{})
	if deleted.Error == nil && deleted.RowsAffected == 0 {
		return fault.New(fault.NotFound, "no_such_view")
	}
	return v.db.WrapErr("deleting a view", deleted.Error)
}
