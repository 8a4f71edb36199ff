package database

import (
	"fmt"

	"gorm.io/gorm"

	"ringback/internal/fault"
)

// Quota is how many rows of a kind an owner may have.
type Quota struct {
	Limit    int          // zero means no limit
	Exceeded *fault.Error // is returned if there would be more
	Lock     *gorm.DB     // selects the owner's row, which is locked so that two at once do not both pass
	Count    *gorm.DB     // selects the rows that count
}

// Check returns Exceeded if the owner would have more rows than the limit.
func (q Quota) Check(added int) error {
	if q.Limit == 0 {
		return nil
	}
	var owner string
	if err := Locked(q.Lock).Select("id").Take(&owner).Error; err != nil {
		return fmt.Errorf("locking the owner of a quota: %w", err)
	}
	var stored int64
	if err := q.Count.Count(&stored).Error; err != nil {
		return fmt.Errorf("counting the rows of a quota: %w", err)
	}
	if int(stored)+added > q.Limit {
		return q.Exceeded
	}
	return nil
}
