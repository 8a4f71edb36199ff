package visitors

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
)

// maxBrowsers is the maximum number of browsers of one person that are read in each of
// the ways to find them. Only something shared by a whole office has so many.
const maxBrowsers = 100

// NotShared is the condition that no more visitors share a third party's id than one person
// has browsers. Its parameters are the site, the value and the system, each a value or a column,
// and identity.MaxSharing.
const NotShared = "NOT " + shared

// shared is the condition that more visitors than the last of its parameters share a third
// party's id.
const shared = "EXISTS (SELECT 1 FROM visitor_ids AS sharing WHERE sharing.site_id = ? AND sharing.value = ? AND sharing.system = ? LIMIT 1 OFFSET ?)"

// Subject is the call or lead whose visitors are looked for.
type Subject struct {
	SiteID     string
	Kind       conversion.Kind
	SessionID  string
	Phone      string
	Email      string
	VisitorIDs map[string]string // third parties'
}

// Ties are what links visitors to a conversion.
type Ties struct {
	identity.Ties
	shared []string // visitors that share a third party's id with one that is known
}

// TiesOf reads the visitors that a conversion belongs to. They are the visitor of its
// session and those with one of its third parties' ids; all visitors of the same person;
// and all that share a third party's id with one of those, because a browser that lost our
// cookie may have kept theirs. If there are none, and written is set, they are those who
// wrote the conversion's phone number or e-mail address in a form.
func TiesOf(db *gorm.DB, c Subject, written bool) (*Ties, error) {
	var found Ties
	var err error
	if found.Own, err = Direct(db, c); err != nil {
		return nil, fmt.Errorf("finding the visitor: %w", err)
	}
	var contacts []string
	if written && len(found.Own) == 0 {
		contacts = identity.Keys(identity.PhoneKey(c.Phone), identity.EmailKey(c.Email))
	}
	known, err := visitorsBy(db, c.SiteID, provenKeys(c, found.Own), contacts)
	if err != nil {
		return nil, err
	}
	if found.Called = known.proven; len(found.Own)+len(found.Called) == 0 {
		found.Written = known.writtenBy(contacts)
		return &found, nil
	}
	found.shared, err = visitorsWithSharedIDs(db, c.SiteID, identity.Visitors(found.Links(false)))
	if err != nil {
		return nil, fmt.Errorf("finding who shares a visitor id: %w", err)
	}
	return &found, nil
}

// All returns the visitors that a conversion belongs to, each once, with what links them.
// Those who wrote in a form are among them only if forms are trusted.
func (t *Ties) All(trustForms bool) []identity.Link {
	return identity.WithSharedIDs(t.Links(trustForms), t.shared)
}

// provenKeys returns the keys that are certainly those of the person whose conversion
// it is: of the visitors, and of the phone that called. What a lead contains was
// written by somebody.
func provenKeys(c Subject, visitors []string) []string {
	keys := make([]string, 0, len(visitors)+1)
	for _, visitor := range visitors {
		keys = append(keys, identity.VisitorKey(visitor))
	}
	if c.Kind != conversion.KindLead {
		keys = append(keys, identity.PhoneKey(c.Phone))
	}
	return identity.Keys(keys...)
}

// Direct returns the visitors of the conversion itself: of its session, and
// with its third parties' ids.
func Direct(db *gorm.DB, c Subject) ([]string, error) {
	var queries []database.Query
	if isSession(c.SessionID) {
		queries = append(queries, database.Q("SELECT visitor_id FROM sessions WHERE id = ? AND site_id = ?", c.SessionID, c.SiteID))
	}
	for system, id := range c.VisitorIDs {
		if conversion.UsableVisitorID(id) {
			queries = append(queries, database.Q("SELECT visitor_id FROM visitor_ids WHERE site_id = ? AND value = ? AND system = ? AND "+NotShared,
				c.SiteID, id, system, c.SiteID, id, system, identity.MaxSharing))
		}
	}
	if len(queries) == 0 {
		return nil, nil
	}
	var visitors []string
	err := database.Joined("UNION", queries...).And("LIMIT ?", maxBrowsers).Scan(db, &visitors)
	return visitors, err
}

// AreKnown reports which of several conversions have a third party's visitor id that a visitor
// of their sites had, by one statement for all of them.
func AreKnown(db *gorm.DB, subjects []Subject) ([]bool, error) {
	known := make([]bool, len(subjects))
	var ids [][]string
	for i, c := range subjects {
		for system, id := range c.VisitorIDs {
			ids = append(ids, []string{strconv.Itoa(i), c.SiteID, system, id})
		}
	}
	if len(ids) == 0 {
		return known, nil
	}
	reported, value := database.Listed(db, "reported", []string{"place", "site", "system", "id"}, ids)
	var places []string
	err := db.Raw("SELECT place FROM "+reported+
		" WHERE EXISTS (SELECT 1 FROM visitor_ids AS v WHERE v.site_id = reported.site AND v.value = reported.id AND v.system = reported.system)", value).
		Scan(&places).Error
	if err != nil {
		return nil, fmt.Errorf("reading which visitor ids are known: %w", err)
	}
	for _, place := range places {
		i, err := strconv.Atoi(place)
		if err != nil {
			return nil, fmt.Errorf("reading which visitor ids are known: %w", err)
		}
		known[i] = true
	}
	return known, nil
}

// OfCaller returns a query for the ids of all visitors who are known by the phone of a
// caller.
func OfCaller(tx *gorm.DB, siteID, phone string) *gorm.DB {
	person := tx.Model(&PersonKey{}).Select("person_id").Where("site_id = ? AND key = ?", siteID, identity.PhoneKey(phone))
	return tx.Model(&PersonKey{}).Select("substr(key, ?)", len(identity.VisitorKeys)+1).
		Where("site_id = ? AND person_id IN (?) AND key LIKE ?", siteID, person, identity.VisitorKeys+"%")
}

// visitorsWithSharedIDs returns the visitors that share a third party's id with one of
// these.
//
// It first looks for ids that others have, too, which most visitors have none of, and then
// for the others. Joined with itself, the table would be read as a whole: if one id is that
// of a crowd, PostgreSQL expects as many rows of each.
func visitorsWithSharedIDs(db *gorm.DB, siteID string, visitors []string) ([]string, error) {
	var ids []struct{ Value, System string }
	err := db.Table("visitor_ids AS mine").Distinct("mine.value", "mine.system").
		Where("mine.site_id = ? AND mine.visitor_id IN ?", siteID, visitors).
		Where(shared, siteID, gorm.Expr("mine.value"), gorm.Expr("mine.system"), 1).
		Where(NotShared, siteID, gorm.Expr("mine.value"), gorm.Expr("mine.system"), identity.MaxSharing).
		Order("mine.system, mine.value").Limit(maxBrowsers).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	queries := make([]database.Query, len(ids))
	for i, id := range ids {
		queries[i] = database.Q("SELECT visitor_id FROM visitor_ids WHERE site_id = ? AND value = ? AND system = ?", siteID, id.Value, id.System)
	}
	var found []string
	err = database.Joined("UNION", queries...).And("LIMIT ?", maxBrowsers).Scan(db, &found)
	return found, err
}
