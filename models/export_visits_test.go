package models

import (
	"context"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ringback/conversion"
	"ringback/models/database"
	"ringback/models/erasing"
	"ringback/models/visitors"
)

// Statements records the statements that a store sends to its database.
type Statements struct {
	logger.Interface
	mu   sync.Mutex
	made []string
}

// Watched returns the same store, and the record of its statements.
func (s *Store) Watched() (*Store, *Statements) {
	watched, made := *s, &Statements{Interface: logger.Discard}
	watched.db = s.db.WithLogger(made)
	watched.Eraser = erasing.New(watched.db, s)
	watched.siteVisitors = visitors.New(watched.db, s.Outbox, s.logger)
	watched.leads = database.NewGrouped(watched.db, acceptingLead, NewLead.subject, watched.acceptLeads)
	watched.activities = database.NewGrouped(watched.db, storingActivity, pageActivity.subject, watched.recordActivities)
	return &watched, made
}

// Trace records a statement by its first word and its table.
func (m *Statements) Trace(_ context.Context, _ time.Time, f func() (string, int64), _ error) {
	statement, _ := f()
	m.mu.Lock()
	defer m.mu.Unlock()
	words := strings.Fields(statement)
	for i, word := range words {
		if word == "INTO" || word == "FROM" || words[0] == "UPDATE" && i == 1 {
			if words[0] == "UPDATE" {
				i--
			}
			m.made = append(m.made, words[0]+" "+strings.Trim(words[i+1], `"`+"`"))
			return
		}
	}
}

// Made returns the statements since the last call of Made.
func (m *Statements) Made() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	made := m.made
	m.made = nil
	return made
}

// MigrateTo brings the schema to an older version than the newest.
func (s *Store) MigrateTo(ctx context.Context, version int64) error {
	_, err := s.db.MigrateTo(ctx, version)
	return err
}

// LinkIdentities is linkIdentities in a transaction of its own.
func (s *Store) LinkIdentities(ctx context.Context, siteID string, keys ...string) error {
	return s.db.Tx(ctx, "linking identities", func(tx *gorm.DB) error { return s.LinkKeys(tx, siteID, keys...) })
}

// VisitsOf returns the history of the visitor of a conversion, which need not be stored.
func VisitsOf(ctx context.Context, s *Store, c Conversion) ([]conversion.Visit, error) {
	of := Case{Conversion: c}
	if err := s.db.Read(ctx).Where("id = ?", c.SiteID).Take(&of.Site).Error; err != nil {
		return nil, err
	}
	return s.Visits(ctx, of)
}
