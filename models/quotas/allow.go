package quotas

import (
	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
)

// AllowInAccount returns fault.Conflict if the account would have more than a limit
// allows with another row beside those that are counted.
func (q *Quotas) AllowInAccount(tx *gorm.DB, accountID string, name Name, counted *gorm.DB) error {
	return q.allow(tx, accountID, name, 1, database.Quota{
		Lock: tx.Table("accounts").Where("id = ?", accountID), Count: counted.Where("account_id = ?", accountID),
	})
}

// AllowInSite is AllowInAccount for so many rows of a site.
func (q *Quotas) AllowInSite(tx *gorm.DB, accountID, siteID string, name Name, added int, counted *gorm.DB) error {
	return q.allow(tx, accountID, name, added, database.Quota{
		Lock: tx.Table("sites").Where("id = ?", siteID), Count: counted.Where("site_id = ?", siteID),
	})
}

func (q *Quotas) allow(tx *gorm.DB, accountID string, name Name, added int, quota database.Quota) error {
	limits, err := q.LimitsIn(tx, accountID)
	if err != nil {
		return err
	}
	quota.Limit = limits.Of(name)
	quota.Exceeded = exceeded(name, quota.Limit)
	return quota.Check(added)
}

// exceeded returns the fault of an account that has as much as a limit allows.
func exceeded(name Name, limit int) *fault.Error {
	switch name {
	case Sites:
		return fault.New(fault.Conflict, "too_many_sites").Counting(limit)
	case Tokens:
		return fault.New(fault.Conflict, "too_many_tokens").Counting(limit)
	case IntegrationsPerSite:
		return fault.New(fault.Conflict, "too_many_integrations").Counting(limit)
	case PoolsPerSite:
		return fault.New(fault.Conflict, "too_many_pools").Counting(limit)
	case NumbersPerSite:
		return fault.New(fault.Conflict, "too_many_numbers").Counting(limit)
	default:
		return fault.New(fault.Conflict, "too_many")
	}
}

// Change changes the limits that an account has of its own, and returns those of before
// and after. Without the name of a limit, that of the service applies. An error of change
// is returned, and nothing is stored then.
func Change(tx *gorm.DB, accountID string, change func(Limits) error) (before, after Limits, err error) {
	var row ownRow
	if err := database.Locked(tx).Where("id = ?", accountID).Take(&row).Error; err != nil {
		return nil, nil, database.NotFoundAs("no_such_account", err)
	}
	before = row.Limits
	after = Limits{}.With(before)
	if err := change(after); err != nil {
		return nil, nil, err
	}
	return before, after, tx.Model(&row).Select("limits").UpdateColumns(&ownRow{ID: accountID, Limits: after}).Error
}
