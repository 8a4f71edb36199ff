package models

import (
	"time"

	"gorm.io/gorm"
)

// PersonKey is one thing that a person is known by on a site. Keys with the same
// person are the same person.
type PersonKey struct {
	SiteID    string `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"` // visitor/<id>, phone/<E.164>, email/<lower case>
	PersonID  string
	CreatedAt time.Time
}

func visitorKey(id string) string { return "visitor/" + id }

func phoneKey(e164 string) string { return "phone/" + e164 }

func emailKey(lowerCase string) string { return "email/" + lowerCase }

// tie makes all that is known by these keys one person.
func tie(tx *gorm.DB, siteID string, keys ...string) error {
	return nil
}
