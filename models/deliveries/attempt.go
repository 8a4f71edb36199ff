package deliveries

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/integrations"
)

// Attempt is one try at a delivery, with the request without secrets and the beginning
// of the answer.
type Attempt struct {
	ID            string `gorm:"primaryKey"`
	DeliveryID    string
	SiteID        string
	IntegrationID string
	Number        int // 1, 2, ...
	StartedAt     time.Time
	Duration      time.Duration
	Class         delivery.Class
	Status        int              // of HTTP, zero without an answer
	Reason        delivery.Reason  `gorm:"serializer:reason"`
	Request       delivery.Message `gorm:"serializer:json"`
	Response      delivery.Message `gorm:"serializer:json"`
	NextTryAt     *time.Time       // nil if no other attempt follows by itself
}

// DeliveryForSend returns what an attempt needs: the delivery, its integration, even if
// it is switched off or deleted, and the breaker of the integration.
func (s *Store) DeliveryForSend(ctx context.Context, deliveryID string) (Delivery, integrations.Integration, integrations.Breaker, error) {
	var d Delivery
	var i integrations.Integration
	db := s.db.Read(ctx)
	if err := db.Where("id = ?", deliveryID).Take(&d).Error; err != nil {
		return d, i, integrations.Breaker{}, s.db.WrapErr("reading a delivery", database.NotFoundAs("no_such_delivery", err))
	}
	if err := db.Where("id = ?", d.IntegrationID).Take(&i).Error; err != nil {
		return d, i, integrations.Breaker{}, s.db.WrapErr("reading a delivery's integration", err)
	}
	b, err := s.integrations.Breaker(ctx, d.IntegrationID)
	return d, i, b, err
}

// AttemptStart is whether an attempt may be made.
type AttemptStart struct {
	Number      int       // of this attempt, from 1; zero if it may not be made
	Interrupted bool      // an earlier attempt was begun and its end never recorded
	Finished    bool      // the delivery has its end state
	LeasedUntil time.Time // another attempt is running until then at the latest; zero if there is none
}

// BeginAttempt counts an attempt and leases the delivery to it, before anything is
// sent. So no two attempts run at once, and an attempt whose end could not be
// recorded is noticed: only such an attempt can cause a duplicate at the destination
// (G3).
func (s *Store) BeginAttempt(ctx context.Context, deliveryID string, lease time.Duration) (AttemptStart, error) {
	begun, err := s.beginUndisturbed(ctx, deliveryID, lease)
	if err != nil || begun.Number > 0 {
		return begun, s.db.WrapErr("beginning an attempt", err)
	}
	err = s.db.Tx(ctx, "beginning an attempt", func(tx *gorm.DB) error {
		d, err := lockDelivery(tx, deliveryID)
		if err != nil {
			return err
		}
		now := s.db.Now()
		switch {
		case d.State.Final():
			begun = AttemptStart{Finished: true}
			return nil
		case d.LeasedUntil != nil && d.LeasedUntil.After(now):
			begun = AttemptStart{LeasedUntil: *d.LeasedUntil}
			return nil
		}
		begun = AttemptStart{Number: d.Attempts + 1, Interrupted: d.LeasedUntil != nil}
		if err := recordInterrupted(tx, d, &now); err != nil {
			return err
		}
		return tx.Model(&d).UpdateColumns(map[string]any{
			"attempts": begun.Number, "leased_at": now, "leased_until": now.Add(lease),
		}).Error
	})
	return begun, err
}

// notFinal is the condition of deliveries without an end state.
const notFinal = "state NOT IN ('delivered', 'failed')"

// beginUndisturbed begins an attempt in one statement if no other was interrupted or is
// under way, and the delivery has no end state. Otherwise the number is zero.
func (s *Store) beginUndisturbed(ctx context.Context, deliveryID string, lease time.Duration) (AttemptStart, error) {
	var d Delivery
	now := s.db.Now()
	err := s.db.Write(ctx).Model(&d).Clauses(database.Returning("attempts")).Where("id = ? AND leased_until IS NULL AND "+notFinal, deliveryID).
		UpdateColumns(map[string]any{"attempts": gorm.Expr("attempts + 1"), "leased_at": now, "leased_until": now.Add(lease)}).Error
	return AttemptStart{Number: d.Attempts}, err
}

func lockDelivery(tx *gorm.DB, id string) (Delivery, error) {
	var d Delivery
	err := database.Locked(tx).Where("id = ?", id).Take(&d).Error
	return d, database.NotFoundAs("no_such_delivery", err)
}

// recordInterrupted records an attempt that was begun and whose end was not recorded.
func recordInterrupted(tx *gorm.DB, d Delivery, nextTryAt *time.Time) error {
	if d.LeasedUntil == nil {
		return nil
	}
	_, err := database.InsertOnce(tx, &Attempt{
		ID: ids.New(ids.Attempt), DeliveryID: d.ID, SiteID: d.SiteID, IntegrationID: d.IntegrationID,
		Number: d.Attempts, StartedAt: *d.LeasedAt, Class: delivery.ClassInterrupted,
		Reason: delivery.Reason{Code: delivery.ReasonInterrupted}, NextTryAt: nextTryAt,
	})
	return err
}

// DeferDelivery records that a delivery waits, for what, and until when. One that
// has its end state stays as it is.
func (s *Store) DeferDelivery(ctx context.Context, deliveryID string, reason delivery.Reason, until time.Time) error {
	waits, err := s.waitOn(ctx, deliveryID, reason, until)
	if waits || err != nil {
		return s.db.WrapErr("holding a delivery back", err)
	}
	return s.deferDelivery(ctx, deliveryID, reason, until, false)
}

// waitOn records that a delivery which waits already goes on waiting, and reports whether it
// does. A backlog does so for days, and reports count nothing of it, so it is one statement.
func (s *Store) waitOn(ctx context.Context, deliveryID string, reason delivery.Reason, until time.Time) (bool, error) {
	change := s.db.Write(ctx).Model(&Delivery{}).Where("id = ? AND state = ?", deliveryID, Waiting).
		Select("reason", "next_try_at").Updates(&Delivery{Reason: reason, NextTryAt: &until})
	return change.RowsAffected > 0, change.Error
}

// PauseDelivery is DeferDelivery of a delivery that is given up later by the time that it
// waits. The time of a pause that is recorded again counts once.
func (s *Store) PauseDelivery(ctx context.Context, deliveryID string, reason delivery.Reason, until time.Time) error {
	return s.deferDelivery(ctx, deliveryID, reason, until, true)
}

func (s *Store) deferDelivery(ctx context.Context, deliveryID string, reason delivery.Reason, until time.Time, pauses bool) error {
	return s.db.Tx(ctx, "holding a delivery back", func(tx *gorm.DB) error {
		d, err := lockDelivery(tx, deliveryID)
		if fault.CodeOf(err) == fault.NotFound || err == nil && d.State.Final() {
			return nil
		}
		if err != nil {
			return err
		}
		if pauses {
			from := s.db.Now()
			if d.State == Waiting && d.Reason.Code == reason.Code && d.NextTryAt != nil && d.NextTryAt.After(from) {
				from = *d.NextTryAt
			}
			d.GiveUpAt = d.GiveUpAt.Add(max(until.Sub(from), 0))
		}
		d.State, d.Reason, d.NextTryAt = Waiting, reason, &until
		if err := tx.Select("state", "reason", "next_try_at", "give_up_at").Updates(&d).Error; err != nil {
			return err
		}
		return figures.Mark(tx, d.SiteID, d.ConversionID)
	})
}

// GiveUpDelivery ends a delivery as failed unless it has its end state, and returns it
// as it is then. An attempt that was running is recorded as interrupted.
func (s *Store) GiveUpDelivery(ctx context.Context, deliveryID string, reason delivery.Reason) (Delivery, error) {
	var d Delivery
	err := s.db.Tx(ctx, "giving a delivery up", func(tx *gorm.DB) error {
		var err error
		if d, err = lockDelivery(tx, deliveryID); err != nil || d.State.Final() {
			return err
		}
		if err := recordInterrupted(tx, d, nil); err != nil {
			return err
		}
		now := s.db.Now()
		d.State, d.Reason, d.FinishedAt = Failed, reason, &now
		d.NextTryAt, d.LeasedAt, d.LeasedUntil = nil, nil, nil
		err = tx.Select("state", "reason", "finished_at", "next_try_at", "leased_at", "leased_until").Updates(&d).Error
		if err != nil {
			return err
		}
		return figures.Mark(tx, d.SiteID, d.ConversionID)
	})
	return d, err
}
