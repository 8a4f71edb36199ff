package deliveries

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/internal/delivery"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/figures"
)

// AttemptEnd is the result of an attempt, and the next state of its delivery.
type AttemptEnd struct {
	Attempt      Attempt // identified by DeliveryID and Number; its id is filled in
	ConversionID string  // if empty, it is read, as are the site and the integration
	State        State
	Reason       delivery.Reason // of the delivery
	NextTryAt    *time.Time      // nil if no other attempt follows by itself
	Last         bool            // the conversion is done when this delivery has its end state
}

// EndAttempt records an attempt and the new state of its delivery, both or none.
// Recording it again changes nothing. If the attempt was already recorded as
// interrupted, that is replaced. The delivery then changes only if it was delivered,
// because another attempt may be running.
func (s *Store) EndAttempt(ctx context.Context, end AttemptEnd) error {
	if end.ConversionID != "" {
		recorded, err := s.endUndisturbed(ctx, end)
		if err != nil || recorded {
			return err
		}
	}
	return s.db.Tx(ctx, "recording an attempt", func(tx *gorm.DB) error {
		d, err := lockDelivery(tx, end.Attempt.DeliveryID)
		if err != nil {
			return err
		}
		stored, err := storeAttempt(tx, d, end)
		if err != nil || !stored {
			return err
		}
		delivered := end.State == Delivered && d.State != Delivered
		current := end.Attempt.Number == d.Attempts && !d.State.Final()
		if !delivered && !current {
			return nil
		}
		return s.storeState(tx, d, end)
	})
}

// endUndisturbed records an attempt that is still the delivery's own, and reports whether
// it did. The change of the delivery is its lock.
func (s *Store) endUndisturbed(ctx context.Context, end AttemptEnd) (bool, error) {
	attempt := end.Attempt
	attempt.ID, attempt.NextTryAt = ids.New(ids.Attempt), end.NextTryAt
	state := Delivery{
		SiteID: attempt.SiteID, ConversionID: end.ConversionID,
		State: end.State, Reason: end.Reason, Class: attempt.Class, NextTryAt: end.NextTryAt,
	}
	if end.State.Final() {
		state.FinishedAt = new(s.db.Now())
	}
	own := func(tx *gorm.DB) *gorm.DB {
		return tx.Model(&Delivery{}).Where("id = ? AND attempts = ? AND leased_until IS NOT NULL AND "+notFinal, attempt.DeliveryID, attempt.Number).
			Select(columnsOfState).Updates(&state)
	}
	return s.db.IfChanged(ctx, "recording an attempt", own, append(s.following(state, end), database.InsertAll([]Attempt{attempt}))...)
}

// following returns the changes that follow from the end of an attempt: its conversion is
// counted again, and is done if this was its last delivery.
func (s *Store) following(d Delivery, end AttemptEnd) []database.Change {
	changes := make([]database.Change, 0, 3)
	if end.Last && end.State.Final() {
		changes = append(changes, s.finishing(d.ConversionID))
	}
	return append(changes, figures.Marking(d.SiteID, d.ConversionID))
}

// columnsOfState are what an attempt's end changes of its delivery.
var columnsOfState = []string{"state", "reason", "class", "next_try_at", "leased_at", "leased_until", "finished_at"}

// storeAttempt stores an attempt, and reports whether it did: it does not if the
// attempt was recorded before.
func storeAttempt(tx *gorm.DB, d Delivery, end AttemptEnd) (bool, error) {
	attempt := end.Attempt
	attempt.SiteID, attempt.IntegrationID, attempt.NextTryAt = d.SiteID, d.IntegrationID, end.NextTryAt
	var before Attempt
	err := tx.Where("delivery_id = ? AND number = ?", d.ID, attempt.Number).Take(&before).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		attempt.ID = ids.New(ids.Attempt)
		err = tx.Create(&attempt).Error
	case err == nil && before.Class == delivery.ClassInterrupted && attempt.Class != before.Class:
		attempt.ID = before.ID
		err = tx.Select("*").Updates(&attempt).Error
	case err == nil:
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("storing the attempt: %w", err)
	}
	return true, nil
}

// storeState stores the state of a delivery after an attempt.
func (s *Store) storeState(tx *gorm.DB, d Delivery, end AttemptEnd) error {
	d.State, d.Reason, d.Class, d.NextTryAt = end.State, end.Reason, end.Attempt.Class, end.NextTryAt
	d.LeasedAt, d.LeasedUntil = nil, nil
	if end.State.Final() {
		d.FinishedAt = new(s.db.Now())
	}
	if err := tx.Select(columnsOfState).Updates(&d).Error; err != nil {
		return err
	}
	return database.Together(tx, s.following(d, end)...)
}
