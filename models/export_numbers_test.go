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
	err = s.db.Tx(ctx, "showing numbers", func(tx *gorm.DB) error {
		var result ActivityResult
		activity := Activity{Activity: visitors.Activity{Hit: visits.Hit{At: at}}}
		err := s.showNumbers(tx, []*shown{{plan: plan, session: session, activity: activity, result: &result}})
		numbers, dry = result.Numbers, result.Exhausted
		return err
	})
	return numbers, dry, err
}
