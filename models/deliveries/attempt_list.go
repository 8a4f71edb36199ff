package deliveries

import (
	"context"

	"gorm.io/gorm"

	"ringback/models/database"
)

// ShownAttempts is how many attempts are read with a delivery, the last ones. All those of
// a conversion, with their requests and answers, could be more than a process can hold.
const ShownAttempts = 20

// LastAttempts returns the last attempts of the deliveries that a condition selects, those
// of each in their order.
func LastAttempts(db *gorm.DB, condition string, values ...any) (attempts []Attempt, err error) {
	err = db.Select("attempts.*").
		Joins("JOIN deliveries ON deliveries.id = attempts.delivery_id AND attempts.number > deliveries.attempts - ?", ShownAttempts).
		Where(condition, values...).Order("attempts.delivery_id, attempts.number").Find(&attempts).Error
	return attempts, err
}

// Attempts lists the attempts of a delivery of an account, the last one first, and returns
// the delivery with them.
func (s *Store) Attempts(ctx context.Context, accountID, deliveryID string, page database.Page) (of Delivery, items []Attempt, next string, err error) {
	err = s.db.ReportTx(ctx, "listing the attempts of a delivery", func(tx *gorm.DB) error {
		if of, err = deliveryOf(tx, accountID, deliveryID); err != nil {
			return err
		}
		items, next, err = database.PageByNumber(tx.Where("delivery_id = ?", deliveryID), page, "number", func(a Attempt) int { return a.Number })
		return err
	})
	return of, items, next, err
}
