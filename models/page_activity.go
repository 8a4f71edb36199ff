package models

import (
	"context"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/visitors"
	"ringback/models/websites"
)

// Activity is what a visitor did on a page, with the numbers that the page asks for.
type Activity struct {
	visitors.Activity
	WantsNumbers bool
	// LeasesFrom holds the ids of the pools that may lease the session a number which
	// it does not have yet. Nil means all pools. A session keeps the number it has.
	LeasesFrom map[string]bool
}

// ActivityResult is what became of an activity.
type ActivityResult struct {
	SessionID string
	New       bool              // it began the session
	Duplicate bool              // it was stored before, nothing changed
	Forgotten bool              // the visitor withdrew consent, nothing was stored
	Numbers   []DisplayedNumber // those that its page is to show
	Exhausted []string          // pools that had no number left
	Leased    []string          // pools that leased the session a number which it did not have
	Withheld  bool              // a pool outside LeasesFrom would have had to lease a number
}

// storingActivity describes the transactions that store what visitors did.
const storingActivity = "storing a visitor's activity"

// pageActivity is an activity on a site.
type pageActivity struct {
	plan websites.Plan
	Activity
}

// subject returns the visitor whose row the activity locks.
func (a pageActivity) subject() string { return a.plan.Site.ID + "/" + a.VisitorID }

// RecordActivity stores what a visitor did, in the session that it continues or
// begins, and returns the numbers to show, in one transaction (G1). The same hit id
// is one activity (G2), and what a visitor does in two tabs at once is one session.
//
// Activities that come at the same time share a transaction.
func (s *Store) RecordActivity(ctx context.Context, plan websites.Plan, a Activity) (ActivityResult, error) {
	if err := database.CheckStorable(a); err != nil {
		return ActivityResult{}, err
	}
	return s.activities.Do(ctx, plan.Site.ID, pageActivity{plan, a})
}

// recordActivities stores what visitors did.
func (s *Store) recordActivities(tx *gorm.DB, all []pageActivity) ([]ActivityResult, error) {
	seen := make([]*visitors.Seen, len(all))
	for i, a := range all {
		seen[i] = &visitors.Seen{Site: visited(a.plan), Activity: a.Activity.Activity}
	}
	if err := s.siteVisitors.RecordAll(tx, seen); err != nil {
		return nil, err
	}
	results := make([]ActivityResult, len(all))
	var wanting []*shown
	for i, a := range all {
		session, how := seen[i].Session, seen[i].Placement
		results[i] = ActivityResult{SessionID: session.ID, New: how.IsNew, Duplicate: how.IsDuplicate, Forgotten: how.IsForgotten}
		if !a.WantsNumbers || how.IsForgotten || how.IsOver || !session.IsOpen(s.db.Now(), a.plan.Rules()) {
			continue // no page of a session that is over is being looked at
		}
		wanting = append(wanting, &shown{plan: a.plan, session: session, activity: a.Activity, result: &results[i]})
	}
	return results, s.showNumbers(tx, wanting)
}

// visited returns the site of a plan as package visitors knows it.
func visited(plan websites.Plan) visitors.Site {
	return visitors.Site{ID: plan.Site.ID, Rules: plan.Rules()}
}
