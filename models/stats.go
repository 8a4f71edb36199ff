package models

import (
	"context"

	"ringback/internal/delivery"
)

// Stats is the state of the whole service, for metrics.
type Stats struct {
	Conversions  map[ConversionState]int64 // those not done yet, by state
	OpenBreakers []OpenBreaker             // by integration id
}

// OpenBreaker is an integration whose breaker is open.
type OpenBreaker struct{ IntegrationID, Name, SiteID string }

// Stats returns the counts of what is not done yet.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	stats := Stats{Conversions: map[ConversionState]int64{StateWaiting: 0, StateDispatching: 0}}
	var counts []struct {
		State ConversionState
		Count int64
	}
	db := s.db.Read(ctx)
	err := db.Model(&Conversion{}).Select("state, count(*) AS count").Where("state <> 'done'").
		Group("state").Find(&counts).Error
	for _, c := range counts {
		stats.Conversions[c.State] = c.Count
	}
	if err == nil {
		err = db.Table("breakers AS b").Joins("JOIN integrations AS i ON i.id = b.integration_id").
			Where("b.state = ?", delivery.BreakerOpen).Order("b.integration_id").
			Select("b.integration_id, i.name, i.site_id").Find(&stats.OpenBreakers).Error
	}
	return stats, s.db.WrapErr("counting what is under way", err)
}
