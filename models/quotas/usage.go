package quotas

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
)

// Quotas is the part of the store for the limits of accounts.
type Quotas struct {
	db       *database.DB
	defaults Limits
}

// New returns the quotas on a database. Defaults are the limits of accounts for which
// the operator has set none.
func New(db *database.DB, defaults Limits) *Quotas { return &Quotas{db: db, defaults: defaults} }

// ownRow holds the limits that the operator has set for an account.
type ownRow struct {
	ID     string `gorm:"primaryKey"`
	Limits Limits `gorm:"serializer:json"`
}

// TableName returns the name of the table.
func (ownRow) TableName() string { return "accounts" }

// LimitsIn returns the limits of an account in a transaction.
func (q *Quotas) LimitsIn(tx *gorm.DB, accountID string) (Limits, error) {
	own, err := database.First[ownRow](tx.Where("id = ?", accountID))
	if err != nil {
		return nil, fmt.Errorf("reading the account's limits: %w", err)
	}
	if own == nil {
		return q.defaults, nil
	}
	return q.defaults.With(own.Limits), nil
}

// LimitsOf returns the limits of an account.
func (q *Quotas) LimitsOf(ctx context.Context, accountID string) (Limits, error) {
	limits, err := q.LimitsIn(q.db.Read(ctx), accountID)
	return limits, q.db.WrapErr("reading the limits of an account", err)
}

// DefaultLimits returns the limits of accounts for which the operator has set none.
func (q *Quotas) DefaultLimits() Limits { return q.defaults }

// AccountOfSite returns the account that a site belongs to, also if the site is deleted.
func (q *Quotas) AccountOfSite(ctx context.Context, siteID string) (string, error) {
	var account string
	err := q.db.Read(ctx).Table("sites").Select("account_id").Where("id = ?", siteID).Take(&account).Error
	return account, q.db.WrapErr("reading the account of a site", database.NotFoundAs("no_such_site", err))
}

// Used is how much of a limit an account uses.
type Used struct {
	Count  int
	SiteID string     // of limits of a site: the site that has most; empty if none has any
	Until  *time.Time // of limits of a time: when it ends
}

// present lists the limits of what a site may have: the table whose rows count, and the
// column that is set in deleted rows, empty if deleted rows do not stay in the table.
var present = []struct {
	name    Name
	table   string
	deleted string
}{
	{SourcesPerSite, "site_sources", ""},
	{IntegrationsPerSite, "integrations", "deleted_at"},
	{PoolsPerSite, "pools", "deleted_at"},
	{NumbersPerSite, "tracking_numbers", "deleted_at"},
}

// Usage returns how much an account uses of the limits that are counted in the store.
func (q *Quotas) Usage(ctx context.Context, accountID string) (map[Name]Used, error) {
	used := map[Name]Used{}
	err := q.db.ReadTx(ctx, "counting what an account uses", func(tx *gorm.DB) error {
		for name, ended := range map[Name]string{Sites: "deleted_at", Tokens: "revoked_at"} {
			var count int64
			if err := tx.Table(string(name)).Where("account_id = ? AND "+ended+" IS NULL", accountID).Count(&count).Error; err != nil {
				return err
			}
			used[name] = Used{Count: int(count)}
		}
		day, ends := dayOf(q.db.Now())
		row, err := database.First[sendsRow](tx.Where("account_id = ? AND day = ?", accountID, day))
		if err != nil {
			return err
		}
		used[SendsPerDay] = Used{Until: &ends}
		if row != nil {
			used[SendsPerDay] = Used{Count: row.Sent, Until: &ends}
		}
		return usageOfSites(tx, accountID, used)
	})
	return used, err
}

// usageOfSites adds the limits that apply to each site, with the site that has most.
func usageOfSites(tx *gorm.DB, accountID string, used map[Name]Used) error {
	sites := tx.Table("sites").Select("id").Where("account_id = ? AND deleted_at IS NULL", accountID)
	for _, p := range present {
		query := tx.Table(p.table).Select("site_id, count(*) AS count").Where("site_id IN (?)", sites).Group("site_id").Order("count DESC, site_id").Limit(1)
		if p.deleted != "" {
			query = query.Where(p.deleted + " IS NULL")
		}
		var most []Used
		if err := query.Scan(&most).Error; err != nil {
			return err
		}
		used[p.name] = Used{}
		if len(most) > 0 {
			used[p.name] = most[0]
		}
	}
	return nil
}
