package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ringback/models/deliveries"
	"ringback/models/outbox"
)

// Bodies returns the bodies in which the events of a conversion came, in their order.
func (s *Store) Bodies(ctx context.Context, conversionID string) (bodies [][]byte, err error) {
	err = s.db.Read(ctx).Model(&EventRow{}).Where("conversion_id = ?", conversionID).Order("seq").Pluck("raw", &bodies).Error
	return bodies, err
}

// Multiply stores n copies of a failed delivery, and a waiting signal for each.
func (s *Store) Multiply(ctx context.Context, d deliveries.Delivery, n int) error {
	copies, signals := make([]deliveries.Delivery, n), make([]outbox.Signal, n)
	for i := range n {
		copies[i], signals[i] = d, outbox.Signal{WorkflowID: fmt.Sprint("sample-", i), SiteID: d.SiteID, CreatedAt: d.CreatedAt, NextTryAt: d.CreatedAt}
		copies[i].ID, copies[i].ResendNumber, copies[i].State = fmt.Sprintf("%s-%d", d.ID, i), i+1, deliveries.Failed
	}
	return s.db.Tx(ctx, "multiplying a delivery", func(tx *gorm.DB) error {
		if err := tx.CreateInBatches(copies, 500).Error; err != nil {
			return err
		}
		return tx.CreateInBatches(signals, 500).Error
	})
}
