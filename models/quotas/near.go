package quotas

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Near is a limit that is nearly used up.
type Near struct {
	AccountID string
	SiteID    string // of limits of a site, otherwise empty
	Site      string // its name
	Name      Name
	Count     int
	Limit     int
}

// NearIn returns the limits of all accounts of which at least a share is used, in a
// transaction.
func (q *Quotas) NearIn(tx *gorm.DB, now time.Time, share float64) ([]Near, error) {
	used, err := usedByAll(tx, now)
	if err != nil {
		return nil, fmt.Errorf("counting what accounts use: %w", err)
	}
	var rows []ownRow
	if err := tx.Select("id", "limits").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the limits of accounts: %w", err)
	}
	limits := map[string]Limits{}
	for _, own := range rows {
		limits[own.ID] = q.defaults.With(own.Limits)
	}
	var near []Near
	for _, n := range used {
		n.Limit = limits[n.AccountID].Of(n.Name)
		if n.Limit > 0 && float64(n.Count) >= share*float64(n.Limit) {
			near = append(near, n)
		}
	}
	return near, nil
}

// usedByAll returns how much all accounts use of the limits that are counted in the store.
func usedByAll(tx *gorm.DB, now time.Time) ([]Near, error) {
	day, _ := dayOf(now)
	queries := map[Name]*gorm.DB{
		Sites:       tx.Table("sites").Select("account_id, count(*) AS count").Where("deleted_at IS NULL").Group("account_id"),
		Tokens:      tx.Table("tokens").Select("account_id, count(*) AS count").Where("revoked_at IS NULL").Group("account_id"),
		SendsPerDay: tx.Table("account_sends").Select("account_id, sent AS count").Where("day = ?", day),
	}
	for _, p := range present {
		query := tx.Table(p.table + " AS t").Select("s.account_id, s.id AS site_id, s.name AS site, count(*) AS count").
			Joins("JOIN sites AS s ON s.id = t.site_id AND s.deleted_at IS NULL").Group("s.account_id, s.id, s.name")
		if p.deleted != "" {
			query = query.Where("t." + p.deleted + " IS NULL")
		}
		queries[p.name] = query
	}
	var all []Near
	for _, name := range Names() {
		if queries[name] == nil {
			continue
		}
		var some []Near
		if err := queries[name].Scan(&some).Error; err != nil {
			return nil, err
		}
		for _, n := range some {
			n.Name = name
			all = append(all, n)
		}
	}
	return all, nil
}
