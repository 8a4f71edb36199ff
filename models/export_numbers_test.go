package models

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// ShowNumbers is showNumbers in a transaction of its own.
func (s *Store) ShowNumbers(ctx context.Context, plan websites.Plan, session visitors.Session, at time.Time) (numbers []DisplayedNumber, dry []string, err error) {
	results, err := s.ShowNumbersTogether(ctx, plan, session)(at)
	return results[0].Numbers, results[0].Exhausted, err
}

// ShowNumbersTogether returns what shows numbers to several sessions in one transaction, at a
// time of each.
func (s *Store) ShowNumbersTogether(ctx context.Context, plan websites.Plan, sessions ...visitors.Session) func(at ...time.Time) ([]ActivityResult, error) {
	return func(at ...time.Time) ([]ActivityResult, error) {
		results, all := make([]ActivityResult, len(sessions)), make([]*shown, len(sessions))
		for i, session := range sessions {
			activity := Activity{Activity: visitors.Activity{Hit: visits.Hit{At: at[i]}}}
			all[i] = &shown{plan: plan, session: session, activity: activity, result: &results[i]}
		}
		return results, s.db.Tx(ctx, "showing numbers", func(tx *gorm.DB) error { return s.showNumbers(tx, all) })
	}
}
