package models

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/phone"
)

// PersonKey is one thing that a person is known by on a site. Keys with the same
// person are the same person.
type PersonKey struct {
	SiteID    string `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"` // visitor/<id>, phone/<E.164>, email/<lower case>
	PersonID  string
	CreatedAt time.Time
}

// visitorKeys starts the keys of visitors.
const visitorKeys = "visitor/"

func visitorKey(id string) string { return keyOf(visitorKeys, id) }

// phoneKeys starts the keys of phone numbers.
const phoneKeys = "phone/"

// phoneKey is empty for a number that nobody has, as people type into a form
// that insists on one.
func phoneKey(e164 string) string {
	if !phone.Plausible(e164) {
		return ""
	}
	return keyOf(phoneKeys, e164)
}

// nobodys are what people type before the "@" where a form insists on an address.
var nobodys = []string{"no", "none", "nomail", "no-mail", "noemail", "no-email", "nobody", "noreply", "no-reply", "unknown", "fake", "test", "asdf", "qwerty"}

// emailKey is empty for an address that is nobody's.
func emailKey(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	if name, _, _ := strings.Cut(address, "@"); slices.Contains(nobodys, name) {
		return ""
	}
	return keyOf("email/", address)
}

// maxPersonKey is how long a key may be, in bytes. No phone number is so long,
// nor an e-mail address that arrives (RFC 5321: 254).
const maxPersonKey = 512

// keyOf returns a key; empty for what nobody can be known by.
func keyOf(kind, value string) string {
	if value == "" || len(kind)+len(value) > maxPersonKey {
		return ""
	}
	return kind + value
}

// tie makes all that is known by these keys one person, of several the one that
// has been known longest; empty keys say nothing, nor do the site's own numbers.
// A tie that would make a crowd of a person is left out. It comes last in its
// transaction: those that bring something new follow each other within a site.
func (s *Store) linkIdentities(tx *gorm.DB, siteID string, keys ...string) error {
	slices.Sort(keys)
	keys = slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return key == "" })
	if len(keys) < 2 {
		return nil
	}
	known, err := personKeys(tx, siteID, keys)
	if err != nil || len(known) == len(keys) && len(peopleOf(known)) == 1 {
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
	isCrowd, err := exceedsLimits(tx, siteID, keys)
	if err != nil {
		return err
	}
	if isCrowd {
		s.logger.LogAttrs(tx.Statement.Context, slog.LevelDebug, "person.crowd", slog.String("site", siteID))
		return nil
	}
	return storeAsOnePerson(tx, siteID, keys)
}

// makeOne stores keys as those of one person.
func storeAsOnePerson(tx *gorm.DB, siteID string, keys []string) error {
	person, rows := ids.New(ids.Person), make([]PersonKey, 0, len(keys))
	for _, key := range keys {
		rows = append(rows, PersonKey{SiteID: siteID, Key: key, PersonID: person})
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("storing a person: %w", err)
	}
	known, err := personKeys(tx, siteID, keys)
	if err != nil {
		return err
	}
	return mergePeople(tx, siteID, peopleOf(known))
}

// stillKnown leaves out the keys of visitors who were forgotten meanwhile.
func withoutForgottenVisitors(tx *gorm.DB, siteID string, keys []string) ([]string, error) {
	var asked, known []string
	for _, key := range keys {
		if id, is := strings.CutPrefix(key, visitorKeys); is {
			asked = append(asked, id)
		}
	}
	if err := tx.Model(&Visitor{}).Where("site_id = ? AND id IN ?", siteID, asked).Pluck("id", &known).Error; err != nil {
		return nil, fmt.Errorf("reading which visitors are known: %w", err)
	}
	return slices.DeleteFunc(keys, func(key string) bool {
		id, is := strings.CutPrefix(key, visitorKeys)
		return is && !slices.Contains(known, id)
	}), nil
}

// merge makes people one, the first of them. Ids sort by age.
func mergePeople(tx *gorm.DB, siteID string, people []string) error {
	if len(people) < 2 {
		return nil
	}
	err := tx.Model(&PersonKey{}).Where("site_id = ? AND person_id IN ?", siteID, people[1:]).
		Update("person_id", people[0]).Error
	if err != nil {
		return fmt.Errorf("making people one: %w", err)
	}
	return nil
}

// lockPeople makes changes of who is who follow each other within a site.
func lockPeople(tx *gorm.DB, siteID string) error {
	var site []Site
	if err := database.Locked(tx).Select("id").Where("id = ?", siteID).Find(&site).Error; err != nil {
		return fmt.Errorf("locking the site's people: %w", err)
	}
	return nil
}

func personKeys(db *gorm.DB, siteID string, keys []string) ([]PersonKey, error) {
	var rows []PersonKey
	if err := db.Where("site_id = ? AND key IN ?", siteID, keys).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading who is known: %w", err)
	}
	return rows, nil
}

// peopleOf returns the people that keys mean, each once, in order of their ids.
func peopleOf(keys []PersonKey) []string {
	people := make([]string, 0, len(keys))
	for _, key := range keys {
		people = append(people, key.PersonID)
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// forgetPeople erases that people were these visitors, and what else is known of
// people who are no visitor any more.
func erasePeople(tx *gorm.DB, siteID string, visitorIDs []string) error {
	keys := make([]string, 0, len(visitorIDs))
	for _, id := range visitorIDs {
		keys = append(keys, visitorKey(id))
	}
	if err := lockPeople(tx, siteID); err != nil {
		return err
	}
	known, err := personKeys(tx, siteID, keys)
	if err != nil || len(known) == 0 {
		return err
	}
	if err := tx.Where("site_id = ? AND key IN ?", siteID, keys).Delete(&PersonKey{}).Error; err != nil {
		return fmt.Errorf("erasing visitors' people: %w", err)
	}
	people := peopleOf(known)
	visitors := tx.Model(&PersonKey{}).Select("person_id").Where("person_id IN ? AND key LIKE ?", people, visitorKeys+"%")
	err = tx.Where("site_id = ? AND person_id IN ? AND person_id NOT IN (?)", siteID, people, visitors).Delete(&PersonKey{}).Error
	if err != nil {
		return fmt.Errorf("erasing people who are no visitor any more: %w", err)
	}
	return nil
}
