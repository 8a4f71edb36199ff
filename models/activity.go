package models

import (
	"context"

	"ringback/visits"
)

// Activity is one thing that a visitor did on a site, as its script reported it.
type Activity struct {
	VisitorID    string
	HitID        string            // made by the script: the same one again is the same activity
	Hit          visits.Hit        // addresses as they were reported, At on this service's clock
	VisitorIDs   map[string]string // third parties', as conversion.VisitorID gives them
	Device       string
	City         string
	Region       string
	Country      string
	Storage      string // where the browser keeps the visitor id: cookie, storage, memory
	Script       string // version of the script
	WantsNumbers bool
}

// Seen says what became of an activity.
type Seen struct {
	SessionID string
	New       bool     // it began the session
	Duplicate bool     // it was stored before: nothing changed
	Shown     []Shown  // the numbers that its page is to show
	RanDry    []string // pools that had none left
}

// SeeActivity stores what a visitor did.
func (s *Store) SeeActivity(ctx context.Context, plan SitePlan, a Activity) (Seen, error) {
	return Seen{}, nil
}
