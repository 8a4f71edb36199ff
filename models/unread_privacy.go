package models

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/models/received"
	"ringback/models/visitors"
	"ringback/models/websites"
)

// eraseUnreadOf erases the unread messages of a site that mention a visitor.
func eraseUnreadOf(tx *gorm.DB, siteID, visitorID string) error {
	texts, err := visitors.PersonalTexts(tx, siteID, visitorID)
	if err != nil {
		return err
	}
	return received.Forget(tx, siteID, texts)
}

// pruneUnread erases the unread and the last messages that are older than their site keeps
// visits.
func (s *Store) pruneUnread(ctx context.Context) error {
	var all []websites.Site
	err := s.db.Read(ctx).Select("id", "script").
		Where("(SELECT MIN(received_at) FROM unread_messages WHERE site_id = sites.id) IS NOT NULL OR id IN (?)", received.SitesWithLast(s.db.Read(ctx))).Find(&all).Error
	if err != nil {
		return s.db.WrapErr("reading how long sites keep unread messages", err)
	}
	for _, site := range all {
		days := site.Script.KeepDays
		if days <= 0 {
			continue
		}
		kept := s.db.Now().Add(-time.Duration(days) * 24 * time.Hour)
		if err := s.Prune(ctx, site.ID, kept); err != nil {
			return err
		}
	}
	return nil
}
