package models

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
)

// maxBrowsers is the maximum number of browsers of one person that are read in each of
// the ways to find them. Only something shared by a whole office has so many.
const maxBrowsers = 100

// sharedByMany finds a row if more visitors share a third party's id than one
// person has browsers. The value and the system may be columns.
func sharedByMany(db *gorm.DB, siteID string, value, system any) *gorm.DB {
	return db.Table("visitor_ids AS sharing").Select("1").
		Where("sharing.site_id = ? AND sharing.value = ? AND sharing.system = ?", siteID, value, system).
		Limit(1).Offset(identity.MaxSharing)
}

// relatedVisitors returns the visitors that a conversion belongs to, each once: the
// visitor of its session and those with one of its third parties' ids; all visitors of
// the same person as one of these, or as the caller or sender; and all that share a
// third party's id with one of those, because a browser that lost our cookie may have
// kept theirs.
func relatedVisitors(db *gorm.DB, c Conversion) ([]string, error) {
	visitors, err := directVisitors(db, c)
	if err != nil {
		return nil, fmt.Errorf("finding the visitor: %w", err)
	}
	same, err := visitorsOfPerson(db, c, visitors)
	if err != nil {
		return nil, fmt.Errorf("finding the person's browsers: %w", err)
	}
	visitors = append(visitors, same...)
	if len(visitors) == 0 {
		return nil, nil
	}
	shared, err := visitorsWithSharedIDs(db, c.SiteID, visitors)
	if err != nil {
		return nil, fmt.Errorf("finding who shares a visitor id: %w", err)
	}
	visitors = append(visitors, shared...)
	slices.Sort(visitors)
	return slices.Compact(visitors), nil
}

// directVisitors returns the visitors of the conversion itself: of its session, and
// with its third parties' ids.
func directVisitors(db *gorm.DB, c Conversion) ([]string, error) {
	var queries []any
	if isSession(c.SessionID) {
		queries = append(queries, db.Model(&Session{}).Select("visitor_id").Where("id = ? AND site_id = ?", c.SessionID, c.SiteID))
	}
	for system, id := range c.VisitorIDs {
		if conversion.UsableVisitorID(id) {
			queries = append(queries, db.Model(&VisitorID{}).Select("visitor_id").
				Where("site_id = ? AND value = ? AND system = ?", c.SiteID, id, system).
				Where("NOT EXISTS (?)", sharedByMany(db, c.SiteID, id, system)))
		}
	}
	if len(queries) == 0 {
		return nil, nil
	}
	var visitors []string
	err := db.Raw(union(len(queries))+" LIMIT ?", append(queries, maxBrowsers)...).Scan(&visitors).Error
	return visitors, err
}

// union returns SQL with a parameter for each of several queries, whose results it
// joins.
func union(queries int) string {
	return strings.TrimPrefix(strings.Repeat(" UNION ?", queries), " UNION ")
}

// visitorsOfPerson returns all visitors of the person that these visitors are, or that
// has the conversion's phone or e-mail.
func visitorsOfPerson(db *gorm.DB, c Conversion, visitors []string) ([]string, error) {
	keys := make([]string, 0, len(visitors)+2)
	for _, visitor := range visitors {
		keys = append(keys, identity.VisitorKey(visitor))
	}
	keys = append(keys, identity.PhoneKey(c.Phone), identity.EmailKey(c.Email))
	keys = slices.DeleteFunc(keys, func(key string) bool { return key == "" })
	if len(keys) == 0 {
		return nil, nil
	}
	var found []string
	people := db.Model(&PersonKey{}).Select("person_id").Where("site_id = ? AND key IN ?", c.SiteID, keys)
	err := db.Model(&PersonKey{}).
		Where("site_id = ? AND person_id IN (?) AND key LIKE ?", c.SiteID, people, identity.VisitorKeys+"%").
		Order("created_at DESC, key").Limit(maxBrowsers).Pluck("key", &found).Error
	for i, key := range found {
		found[i] = strings.TrimPrefix(key, identity.VisitorKeys)
	}
	return found, err
}

// visitorsWithSharedIDs returns the visitors that share a third party's id with one of
// these.
func visitorsWithSharedIDs(db *gorm.DB, siteID string, visitors []string) ([]string, error) {
	var found []string
	err := db.Table("visitor_ids AS mine").Distinct("theirs.visitor_id").
		Joins("JOIN visitor_ids AS theirs ON theirs.site_id = mine.site_id AND theirs.value = mine.value AND theirs.system = mine.system").
		Where("mine.site_id = ? AND mine.visitor_id IN ?", siteID, visitors).
		Where("NOT EXISTS (?)", sharedByMany(db, siteID, gorm.Expr("mine.value"), gorm.Expr("mine.system"))).
		Limit(maxBrowsers).Pluck("theirs.visitor_id", &found).Error
	return found, err
}
