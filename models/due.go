package models

import (
	"context"

	"ringback/models/figures"
	"ringback/models/journeys"
	"ringback/models/notices"
	"ringback/models/outbox"
)

// Due is which kinds of background work are due.
type Due struct {
	Signals  bool // of the outbox
	Figures  bool // what reports have to count
	Journeys bool // what touchpoints and credit are computed from
	Notices  bool // messages to people
}

// Due returns which background work is due, by one statement, so that an idle process
// does not ask for each kind. Notices are those that these channels send.
func (s *Store) Due(ctx context.Context, channels []notices.Channel) (Due, error) {
	var found Due
	db, now := s.db.Read(ctx), s.db.Now()
	err := db.Raw("SELECT (?) AS signals, EXISTS (?) AS figures, EXISTS (?) AS journeys, EXISTS (?) AS notices",
		outbox.Due(db, now), figures.Due(db), journeys.Due(db, now), notices.Due(db, now, channels)).Scan(&found).Error
	return found, s.db.WrapErr("looking for what is due", err)
}
