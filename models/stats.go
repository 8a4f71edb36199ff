package models

import (
	"context"

	"ringback/internal/delivery"
)

// OpenConversions returns how many conversions are not done yet, by state.
func (s *Store) OpenConversions(ctx context.Context) (map[ConversionState]int64, error) {
	var counts []struct {
		State ConversionState
		Count int64
	}
	err := s.db.Read(ctx).Model(&Conversion{}).Select("state, count(*) AS count").Where("state <> 'done'").
		Group("state").Find(&counts).Error
	open := map[ConversionState]int64{StateWaiting: 0, StateDispatching: 0}
	for _, c := range counts {
		open[c.State] = c.Count
	}
	return open, s.db.WrapErr("counting open conversions", err)
}

// OpenBreaker is an integration whose breaker is open.
type OpenBreaker struct{ IntegrationID, Name, SiteID string }

// OpenBreakers returns the integrations whose breaker is open, by id.
func (s *Store) OpenBreakers(ctx context.Context) (open []OpenBreaker, err error) {
	err = s.db.Read(ctx).Table("breakers AS b").Joins("JOIN integrations AS i ON i.id = b.integration_id").
		Where("b.state = ?", delivery.BreakerOpen).Order("b.integration_id").
		Select("b.integration_id, i.name, i.site_id").Find(&open).Error
	return open, s.db.WrapErr("reading open breakers", err)
}
