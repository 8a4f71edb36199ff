package database

import (
	"fmt"

	"gorm.io/gorm"

	"ringback/internal/fault"
)

// Quota is how many rows of a kind an owner may have.
type Quota struct {
	Limit  int      // zero means no limit
	Things string   // what the rows are, for the error
	Owner  string   // whose they are, for the error
	Lock   *gorm.DB // selects the owner's row, which is locked so that two at once do not both pass
	Count  *gorm.DB // selects the rows that count
}

// Check returns fault.Conflict if the owner would have more rows than the limit.
func (q Quota) Check(added int) error {
	if q.Limit == 0 {
		return nil
	}
	var owner string
	if err := Locked(q.Lock).Select("id").Take(&owner).Error; err != nil {
		return fmt.Errorf("locking the %s: %w", q.Owner, err)
	}
	var stored int64
	if err := q.Count.Count(&stored).Error; err != nil {
		return fmt.Errorf("counting the %s: %w", q.Things, err)
	}
	if int(stored)+added > q.Limit {
		return fault.New(fault.Conflict, "the %s has %d %s and may have %d; delete some, or ask the operator to raise the limit", q.Owner, stored, q.Things, q.Limit)
	}
	return nil
}
