package models

import (
	"context"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/history"
	"ringback/models/ownership"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/visits"
)

// Visits returns the known history of the visitor of a case, newest first, with
// the visitor ids of each visit (R8): the sessions of all browsers that the visitor
// is known by, and the visits that were reported with other conversions of the same
// session, person or visitor id. The visit that was reported with the conversion
// itself is left out: Call.Facts and Lead.Facts add it. Visits that are only claimed,
// by a contact in a form, count if nothing else is known of the visitor.
func (s *Store) Visits(ctx context.Context, of Case) ([]conversion.Visit, error) {
	c, reach, trustForms := of.Conversion, visits.ReachOf(of.Conversion.At, of.Site.LookbackDays), of.trustsForms()
	links, err := s.linksOf(ctx, of)
	if err != nil {
		return nil, s.db.WrapErr("finding the visitors of a conversion", err)
	}
	known, err := history.Read(s.db.Read(ctx), c.historyOf(), reach, links)
	if err != nil {
		return nil, s.db.WrapErr("reading the history of a conversion", err)
	}
	return identity.Credible(known, trustForms), nil
}

// linksOf returns the visitors that a case belongs to. They are read if it has been decided:
// its case does not have them then.
func (s *Store) linksOf(ctx context.Context, of Case) ([]identity.Link, error) {
	known := of.ties
	if known == nil {
		var err error
		if known, err = visitors.TiesOf(s.db.Read(ctx), of.Conversion.subject(), of.trustsForms()); err != nil {
			return nil, err
		}
	}
	return known.All(of.trustsForms()), nil
}

// SessionResult is what a session led to.
type SessionResult struct {
	Numbers     int // how many numbers of pools it was shown
	Conversions []SessionConversions
}

// SessionConversions are the calls or the leads of a session.
type SessionConversions struct {
	Kind     conversion.Kind
	Count    int
	NewestID string
}

// SessionResults returns what each of some sessions of a site led to, by their ids.
func (s *Store) SessionResults(ctx context.Context, accountID, siteID string, sessionIDs []string) (map[string]SessionResult, error) {
	results := make(map[string]SessionResult, len(sessionIDs))
	err := s.db.ReportTx(ctx, "reading what came of sessions", func(tx *gorm.DB) error {
		if err := ownership.CheckHistory(tx, accountID, siteID); err != nil || len(sessionIDs) == 0 {
			return err
		}
		if err := addConversions(tx, siteID, sessionIDs, results); err != nil {
			return err
		}
		return addNumbers(tx, siteID, sessionIDs, results)
	})
	return results, err
}

func addConversions(tx *gorm.DB, siteID string, sessionIDs []string, results map[string]SessionResult) error {
	var rows []struct {
		SessionID string
		SessionConversions
	}
	err := tx.Model(&Conversion{}).Select("session_id, kind, COUNT(*) AS count, MAX(id) AS newest_id").
		Where("site_id = ? AND session_id <> '' AND session_id IN ?", siteID, sessionIDs).Group("session_id, kind").Order("session_id, kind").Scan(&rows).Error
	for _, row := range rows {
		result := results[row.SessionID]
		result.Conversions = append(result.Conversions, row.SessionConversions)
		results[row.SessionID] = result
	}
	return err
}

func addNumbers(tx *gorm.DB, siteID string, sessionIDs []string, results map[string]SessionResult) error {
	var rows []struct {
		SessionID string
		Numbers   int
	}
	err := tx.Model(&tracking.Assignment{}).Select("session_id, COUNT(DISTINCT number_id) AS numbers").
		Where("site_id = ? AND session_id IN ?", siteID, sessionIDs).Group("session_id").Scan(&rows).Error
	for _, row := range rows {
		result := results[row.SessionID]
		result.Numbers = row.Numbers
		results[row.SessionID] = result
	}
	return err
}
