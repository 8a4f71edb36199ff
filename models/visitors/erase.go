package visitors

import (
	"fmt"

	"gorm.io/gorm"

	"ringback/identity"
	"ringback/models/journeys"
	"ringback/models/tracking"
)

// EraseSessions erases sessions, a list or a query, with everything that was done in
// them.
func EraseSessions(tx *gorm.DB, siteID string, sessions any) error {
	for _, part := range []any{&PageView{}, &tracking.Assignment{}} {
		if err := tx.Where("site_id = ? AND session_id IN (?)", siteID, sessions).Delete(part).Error; err != nil {
			return fmt.Errorf("erasing %T: %w", part, err)
		}
	}
	if err := tx.Where("site_id = ? AND id IN (?)", siteID, sessions).Delete(&Session{}).Error; err != nil {
		return fmt.Errorf("erasing sessions: %w", err)
	}
	return nil
}

// Erase erases visitors, their ids, their people and their touchpoints.
func Erase(tx *gorm.DB, siteID string, visitorIDs []string) error {
	if err := erasePeople(tx, siteID, visitorIDs); err != nil {
		return err
	}
	if err := tx.Where("site_id = ? AND visitor_id IN ?", siteID, visitorIDs).Delete(&VisitorID{}).Error; err != nil {
		return fmt.Errorf("erasing visitors' ids: %w", err)
	}
	if err := tx.Where("site_id = ? AND id IN ?", siteID, visitorIDs).Delete(&Visitor{}).Error; err != nil {
		return fmt.Errorf("erasing visitors: %w", err)
	}
	return journeys.ForgetVisitors(tx, siteID, visitorIDs)
}

// erasePeople erases that people were these visitors. People who are no visitor
// any more are erased with everything that they were known by.
func erasePeople(tx *gorm.DB, siteID string, visitorIDs []string) error {
	if err := eraseClaims(tx, siteID, visitorIDs); err != nil {
		return err
	}
	keys := make([]string, 0, len(visitorIDs))
	for _, id := range visitorIDs {
		keys = append(keys, identity.VisitorKey(id))
	}
	if err := lockPeople(tx, siteID); err != nil {
		return err
	}
	known, err := knownKeys(tx, siteID, keys)
	if err != nil || len(known) == 0 {
		return err
	}
	if err := tx.Where("site_id = ? AND key IN ?", siteID, keys).Delete(&PersonKey{}).Error; err != nil {
		return fmt.Errorf("erasing the keys of visitors: %w", err)
	}
	people := identity.People(known)
	visitors := tx.Model(&PersonKey{}).Select("person_id").Where("person_id IN ? AND key LIKE ?", people, identity.VisitorKeys+"%")
	err = tx.Where("site_id = ? AND person_id IN ? AND person_id NOT IN (?)", siteID, people, visitors).Delete(&PersonKey{}).Error
	if err != nil {
		return fmt.Errorf("erasing people who are no visitor any more: %w", err)
	}
	return nil
}
