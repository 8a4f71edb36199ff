package integrations

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/internal/delivery"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/logintokens"
	"ringback/models/outbox"
)

// Breaker is an integration's circuit breaker, shared by all workers.
type Breaker struct {
	IntegrationID string `gorm:"primaryKey"`
	delivery.Breaker
	FailedInRow int        // failed deliveries in a row, for the automatic switch-off
	OpenSince   *time.Time // nil if it is closed
	ProbeUntil  *time.Time // when the current probe ends at the latest; nil if there is none
	UpdatedAt   time.Time
}

// Breaker returns an integration's breaker, a closed one if it never opened.
func (s *Store) Breaker(ctx context.Context, integrationID string) (Breaker, error) {
	b := []Breaker{}
	err := s.db.Read(ctx).Where("integration_id = ?", integrationID).Limit(1).Find(&b).Error
	if err != nil || len(b) == 0 {
		return ClosedBreaker(integrationID, time.Time{}), s.db.WrapErr("reading a breaker", err)
	}
	return b[0], nil
}

// ClosedBreaker returns the breaker of an integration whose destination is well.
func ClosedBreaker(integrationID string, at time.Time) Breaker {
	return Breaker{IntegrationID: integrationID, UpdatedAt: at, Breaker: delivery.Breaker{State: delivery.BreakerClosed}}
}

// UpdateBreaker changes an integration's breaker under a lock, so that failures that
// several workers have at the same time are all counted.
func (s *Store) UpdateBreaker(ctx context.Context, integrationID string, change func(*Breaker)) (Breaker, error) {
	var b Breaker
	err := s.db.Tx(ctx, "changing a breaker", func(tx *gorm.DB) error {
		fresh := ClosedBreaker(integrationID, s.db.Now())
		if _, err := database.InsertOnce(tx, &fresh); err != nil {
			return err
		}
		if err := database.Locked(tx).Where("integration_id = ?", integrationID).Take(&b).Error; err != nil {
			return err
		}
		wasOpen := b.IsOpen()
		change(&b)
		b.IntegrationID, b.UpdatedAt = integrationID, s.db.Now()
		switch {
		case !b.IsOpen():
			b.OpenSince = nil
		case !wasOpen:
			b.OpenSince = &b.UpdatedAt
		}
		if err := tx.Select("*").Updates(&b).Error; err != nil || !wasOpen || b.IsOpen() {
			return err
		}
		return outbox.Wake(tx, integrationID)
	})
	return b, err
}

// beginAnew closes the breaker of an integration and drops its tokens if its credentials
// or options have changed: the failures and the tokens were with others, and a
// destination that asked to wait for a day must not delay what has been repaired.
func (i Integration) beginAnew(tx *gorm.DB, changes map[string]audit.Change) error {
	for name := range changes {
		if name == "options" || strings.HasPrefix(name, "credentials.") {
			fresh := ClosedBreaker(i.ID, tx.NowFunc())
			if err := tx.Select("*").Where("integration_id = ?", i.ID).Updates(&fresh).Error; err != nil {
				return err
			}
			return errors.Join(logintokens.Drop(tx, i.ID), outbox.Wake(tx, i.ID))
		}
	}
	return nil
}

// ClaimProbe asks to be the one that tries an open breaker's destination again.
// Only one caller wins until then.
func (s *Store) ClaimProbe(ctx context.Context, integrationID string, now, until time.Time) (bool, error) {
	result := s.db.Write(ctx).Model(&Breaker{}).
		Where("integration_id = ? AND state = ? AND open_until <= ?", integrationID, delivery.BreakerOpen, now).
		Where("probe_until IS NULL OR probe_until <= ?", now).
		Update("probe_until", until)
	return result.RowsAffected == 1, s.db.WrapErr("claiming a probe", result.Error)
}

// SiteBreakers returns the breakers of a site's integrations, by integration, those that ever changed.
func (s *Store) SiteBreakers(ctx context.Context, siteID string) (map[string]Breaker, error) {
	breakers, err := BreakersOfSite(s.db.Read(ctx), siteID)
	return breakers, s.db.WrapErr("reading a site's breakers", err)
}

// BreakersOfSite is SiteBreakers in a transaction.
func BreakersOfSite(db *gorm.DB, siteID string) (map[string]Breaker, error) {
	var rows []Breaker
	err := db.Where("integration_id IN (?)", db.Model(&Integration{}).Select("id").Where("site_id = ?", siteID)).
		Find(&rows).Error
	breakers := make(map[string]Breaker, len(rows))
	for _, b := range rows {
		breakers[b.IntegrationID] = b
	}
	return breakers, err
}
