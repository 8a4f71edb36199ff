package erasing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/identity"
	"ringback/models/database"
	"ringback/models/received"
)

// Person is who is to be erased: by a phone number, an e-mail address, or both.
type Person struct {
	Phone string // E.164, empty if not known
	Email string // in lower case, empty if not known
}

// values returns the phone number and the address that are known.
func (p Person) values() []string {
	return slices.DeleteFunc([]string{p.Phone, p.Email}, func(value string) bool { return value == "" })
}

// keys returns the keys of package identity.
func (p Person) keys() []string {
	return identity.Keys(identity.PhoneKey(p.Phone), identity.EmailKey(p.Email))
}

// Count is how much is stored of a person.
type Count struct {
	Conversions int64 // calls and leads
	Visitors    int64 // browsers, with all their visits
	People      int64 // of the owner's CRM
	Messages    int64 // of providers, that are kept as they came
}

// Total returns the sum of all.
func (c Count) Total() int64 { return c.Conversions + c.Visitors + c.People + c.Messages }

func (c Count) plus(other Count) Count {
	return Count{c.Conversions + other.Conversions, c.Visitors + other.Visitors, c.People + other.People, c.Messages + other.Messages}
}

// found is what is stored of a person on one site.
type found struct {
	siteID, accountID string
	conversions       []string // ids
	visitors          []string // ids
	people            []string // the owner's ids
	messages          int64
}

func (f found) count() Count {
	return Count{Conversions: int64(len(f.conversions)), Visitors: int64(len(f.visitors)), People: int64(len(f.people)), Messages: f.messages}
}

// site is what is read of a site.
type site struct{ ID, AccountID string }

// TableName returns the name of the table.
func (site) TableName() string { return "sites" }

// findAll returns what is stored of a person on the sites of a scope, the sites without
// anything left out.
func (e *Eraser) findAll(ctx context.Context, in Scope, p Person) ([]found, error) {
	sites, err := e.sitesOf(ctx, in)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, s := range sites {
		f, err := find(e.db.Read(ctx), s, p)
		if err != nil {
			return nil, fmt.Errorf("looking for a person: %w", err)
		}
		if f.count().Total() > 0 {
			all = append(all, f)
		}
	}
	return all, nil
}

func find(db *gorm.DB, s site, p Person) (f found, err error) {
	f = found{siteID: s.ID, accountID: s.AccountID}
	if f.conversions, err = conversionsOf(db, s.ID, p); err != nil {
		return f, err
	}
	if f.visitors, err = visitorsOf(db, s.ID, p, f.conversions); err != nil {
		return f, err
	}
	if f.people, err = peopleOf(db, s.ID, p); err != nil {
		return f, err
	}
	f.messages, err = received.CountMentioning(db, s.ID, p.values())
	return f, err
}

// conversionsOf returns the ids of the calls and leads of a person: by what is known of
// them, and by what their events reported.
func conversionsOf(db *gorm.DB, siteID string, p Person) ([]string, error) {
	known := db.Session(&gorm.Session{NewDB: true}).Where("person IN ?", p.values())
	if p.Phone != "" {
		known = known.Or("phone = ?", p.Phone)
	}
	if p.Email != "" {
		known = known.Or("LOWER(email) = ?", p.Email)
	}
	var ids []string
	err := db.Table("conversions").Where("site_id = ?", siteID).Where(known).Order("id").Pluck("id", &ids).Error
	if err != nil {
		return nil, err
	}
	var reported []string
	if err := reporting(db, siteID, p).Distinct().Pluck("conversion_id", &reported).Error; err != nil {
		return nil, err
	}
	ids = append(ids, reported...)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// reporting returns a query of the events that report a person: calls by their caller,
// leads by any of their values. The number that was called is not compared: it is the
// owner's.
func reporting(db *gorm.DB, siteID string, p Person) *gorm.DB {
	matching := db.Session(&gorm.Session{NewDB: true})
	for _, value := range p.values() {
		quoted := `"` + database.Literal(strings.ToLower(value)) + `"`
		matching = matching.Or(`LOWER(CAST(lead AS text)) LIKE ? ESCAPE '\'`, "%"+quoted+"%").
			Or(`CAST(call AS text) LIKE ? ESCAPE '\'`, `%"caller":`+quoted+"%").
			Or(`CAST(call AS text) LIKE ? ESCAPE '\'`, `%"caller": `+quoted+"%") // as PostgreSQL writes JSON
	}
	return db.Table("events").Where("site_id = ?", siteID).Where(matching)
}

// visitorsOf returns the ids of the visitors who are the person, and of those whose
// sessions the person's calls and leads belong to.
func visitorsOf(db *gorm.DB, siteID string, p Person, conversions []string) ([]string, error) {
	people := db.Table("person_keys").Select("person_id").Where("site_id = ? AND key IN ?", siteID, p.keys())
	var keys, visitors []string
	err := db.Table("person_keys").Where("site_id = ? AND person_id IN (?) AND key LIKE ?", siteID, people, identity.VisitorKeys+"%").Pluck("key", &keys).Error
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if visitor, is := identity.VisitorOf(key); is {
			visitors = append(visitors, visitor)
		}
	}
	for some := range slices.Chunk(conversions, database.InsertBatch) {
		var owners []string
		sessions := db.Table("conversions").Select("session_id").Where("session_id <> '' AND id IN ?", some)
		err := db.Table("sessions").Where("site_id = ? AND id IN (?)", siteID, sessions).Pluck("visitor_id", &owners).Error
		if err != nil {
			return nil, err
		}
		visitors = append(visitors, owners...)
	}
	slices.Sort(visitors)
	return slices.Compact(visitors), nil
}

// crmPerson is what is read of a person of a CRM.
type crmPerson struct{ ExternalID, SameAs string }

// TableName returns the name of the table.
func (crmPerson) TableName() string { return "crm_people" }

// peopleOf returns the owner's ids of a person: the rows with the phone number or the
// address, and those that the CRM has merged with one of them.
func peopleOf(db *gorm.DB, siteID string, p Person) ([]string, error) {
	var rows []crmPerson
	err := db.Where("site_id = ?", siteID).Where("phone <> '' AND phone = ? OR email <> '' AND LOWER(email) = ?", p.Phone, p.Email).Find(&rows).Error
	var ids []string
	known := map[string]bool{}
	for todo := rows; err == nil && len(todo) > 0; {
		var next []string
		for _, row := range todo {
			if !known[row.ExternalID] {
				known[row.ExternalID], ids = true, append(ids, row.ExternalID)
				next = append(next, row.ExternalID, row.SameAs)
			}
		}
		next = slices.DeleteFunc(next, func(id string) bool { return id == "" })
		todo = nil
		for some := range slices.Chunk(next, database.InsertBatch) {
			var found []crmPerson
			if err == nil {
				err = db.Where("site_id = ? AND (external_id IN ? OR same_as IN ?)", siteID, some, some).Find(&found).Error
			}
			todo = append(todo, found...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}
