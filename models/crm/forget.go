package crm

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/journeys"
	"ringback/touchpoints"
)

// Forget erases people of a site, by the owner's ids, and that they take part in
// opportunities. What follows from that is computed again.
func Forget(tx *gorm.DB, siteID string, externalIDs []string) error {
	if len(externalIDs) == 0 {
		return nil
	}
	if err := forgetRoles(tx, siteID, externalIDs); err != nil {
		return err
	}
	if _, err := DeletePeople(tx, siteID, externalIDs); err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM journey_members WHERE site_id = ? AND person IN ?",
		"UPDATE crm_people SET same_as = '' WHERE site_id = ? AND same_as IN ?",
	} {
		if err := tx.Exec(statement, siteID, externalIDs).Error; err != nil {
			return fmt.Errorf("erasing people: %w", err)
		}
	}
	return nil
}

// forgetRoles removes people from the opportunities that they take part in.
func forgetRoles(tx *gorm.DB, siteID string, externalIDs []string) error {
	naming := tx.Session(&gorm.Session{NewDB: true})
	for _, id := range externalIDs {
		naming = naming.Or(`CAST(people AS text) LIKE ? ESCAPE '\'`, `%"`+database.Literal(id)+`"%`)
	}
	var found []Opportunity
	if err := database.Locked(tx).Where("site_id = ?", siteID).Where(naming).Order("id").Find(&found).Error; err != nil {
		return fmt.Errorf("finding the opportunities of people: %w", err)
	}
	for _, o := range found {
		o.People = slices.DeleteFunc(o.People, func(r touchpoints.Role) bool { return slices.Contains(externalIDs, r.Person) })
		if err := tx.Model(&o).Select("people").Updates(&o).Error; err != nil {
			return fmt.Errorf("removing people from an opportunity: %w", err)
		}
		if err := journeys.AddMarks(tx, siteID, o.marks()...); err != nil {
			return err
		}
	}
	return nil
}
