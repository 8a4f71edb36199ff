package visitors

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/identity"
	"ringback/internal/ids"
	"ringback/models/database"
)

// PersonKey is one thing that a person is known by on a site, because of a call whose
// match with a visit is certain. Package identity decides which keys belong to one
// person. What visitors write in forms is a PersonClaim.
type PersonKey struct {
	SiteID    string `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"` // as returned by identity.VisitorKey, PhoneKey and EmailKey
	PersonID  string
	CreatedAt time.Time
}

// LinkKeys makes everything that these keys identify one person. Empty keys
// are left out, and so are the keys of the site's own numbers. Keys that would
// connect more than one person has are not linked. It comes last in its
// transaction, because it locks the site's people from there to the end.
func (s *Store) LinkKeys(tx *gorm.DB, siteID string, keys ...string) error {
	keys = identity.Keys(keys...)
	if len(keys) < 2 {
		return nil
	}
	known, err := knownKeys(tx, siteID, keys)
	if err != nil || identity.AreOne(keys, known) {
		return err
	}
	if keys, err = withoutOwnNumbers(tx, siteID, keys); err != nil || len(keys) < 2 {
		return err
	}
	if err := lockPeople(tx, siteID); err != nil {
		return err
	}
	if keys, err = withoutForgottenVisitors(tx, siteID, keys); err != nil || len(keys) < 2 {
		return err
	}
	all, err := keysOfSamePeople(tx, siteID, keys)
	if err != nil {
		return err
	}
	if identity.ExceedsLimits(all) {
		s.logger.LogAttrs(tx.Statement.Context, slog.LevelDebug, "person.crowd", slog.String("site", siteID))
		return nil
	}
	return storeAsOnePerson(tx, siteID, keys)
}

// storeAsOnePerson stores keys as those of one person.
func storeAsOnePerson(tx *gorm.DB, siteID string, keys []string) error {
	person, rows := ids.New(ids.Person), make([]PersonKey, 0, len(keys))
	for _, key := range keys {
		rows = append(rows, PersonKey{SiteID: siteID, Key: key, PersonID: person})
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("storing a person: %w", err)
	}
	known, err := knownKeys(tx, siteID, keys)
	if err != nil {
		return err
	}
	into, others := identity.Merge(known)
	if len(others) == 0 {
		return nil
	}
	err = tx.Model(&PersonKey{}).Where("site_id = ? AND person_id IN ?", siteID, others).Update("person_id", into).Error
	if err != nil {
		return fmt.Errorf("merging people: %w", err)
	}
	return nil
}

// withoutForgottenVisitors leaves out the keys of visitors who are not stored: they
// have been forgotten in the meantime.
func withoutForgottenVisitors(tx *gorm.DB, siteID string, keys []string) ([]string, error) {
	var asked, stored []string
	for _, key := range keys {
		if id, is := identity.VisitorOf(key); is {
			asked = append(asked, id)
		}
	}
	if err := tx.Model(&Visitor{}).Where("site_id = ? AND id IN ?", siteID, asked).Pluck("id", &stored).Error; err != nil {
		return nil, fmt.Errorf("reading which visitors are known: %w", err)
	}
	return slices.DeleteFunc(keys, func(key string) bool {
		id, is := identity.VisitorOf(key)
		return is && !slices.Contains(stored, id)
	}), nil
}

// lockPeople makes changes of people follow each other within a site.
func lockPeople(tx *gorm.DB, siteID string) error {
	var locked []string
	if err := database.Locked(tx).Table("sites").Where("id = ?", siteID).Pluck("id", &locked).Error; err != nil {
		return fmt.Errorf("locking the site's people: %w", err)
	}
	return nil
}

// knownKeys returns those of the keys that are stored, with their people.
func knownKeys(db *gorm.DB, siteID string, keys []string) ([]identity.Known, error) {
	var known []identity.Known
	err := db.Model(&PersonKey{}).Select("key, person_id AS person").Where("site_id = ? AND key IN ?", siteID, keys).Scan(&known).Error
	if err != nil {
		return nil, fmt.Errorf("reading whose the keys are: %w", err)
	}
	return known, nil
}

// keysOfSamePeople returns these keys, and all others of the people that they
// already belong to.
func keysOfSamePeople(tx *gorm.DB, siteID string, keys []string) ([]string, error) {
	known, err := knownKeys(tx, siteID, keys)
	if err != nil {
		return nil, err
	}
	var all []string
	err = tx.Model(&PersonKey{}).Where("site_id = ? AND person_id IN ?", siteID, identity.People(known)).Pluck("key", &all).Error
	if err != nil {
		return nil, fmt.Errorf("reading the keys of people: %w", err)
	}
	return append(all, keys...), nil
}
