package erasing

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/audit"
	"ringback/models/crm"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/models/received"
)

// visitors are what the Eraser needs of the part of the store that has the visits.
type visitors interface {
	ForgetVisitor(ctx context.Context, siteID, visitorID string) error
}

// Eraser erases people. It is safe for concurrent use. Its errors are those of the store
// that it is part of.
type Eraser struct {
	db       *database.DB
	visitors visitors
}

// New returns the Eraser of a database.
func New(db *database.DB, v visitors) *Eraser { return &Eraser{db, v} }

// Scope is where a person is looked for.
type Scope struct {
	AccountID string // empty for all accounts: the operator's scope
	SiteID    string // empty for all sites of the scope
}

// sitesOf returns the sites of a scope, also those that are deleted: their history stays.
func (e *Eraser) sitesOf(ctx context.Context, in Scope) ([]site, error) {
	query := e.db.Read(ctx)
	if in.AccountID != "" && in.SiteID != "" {
		if err := ownership.CheckHistory(query, in.AccountID, in.SiteID); err != nil {
			return nil, err
		}
	}
	query = database.WhereSet(query, "account_id = ?", in.AccountID)
	query = database.WhereSet(query, "id = ?", in.SiteID)
	var sites []site
	err := query.Order("id").Find(&sites).Error
	if err == nil && in.SiteID != "" && len(sites) == 0 {
		err = fault.New(fault.NotFound, "no_such_site")
	}
	return sites, err
}

// CountPerson returns how much is stored of a person.
func (e *Eraser) CountPerson(ctx context.Context, in Scope, p Person) (Count, error) {
	all, err := e.findAll(ctx, in, p)
	var total Count
	for _, f := range all {
		total = total.plus(f.count())
	}
	return total, e.db.WrapErr("counting what is stored of a person", err)
}

// ErasePerson erases all that CountPerson counts, with everything below it, and returns
// the count. If its total is not the expected one, nothing is erased and the error is
// fault.Conflict. It works in pieces. If it fails, a part may be erased already; the same
// call with a new count erases the rest. The audit trail records how much was erased, and
// not of whom.
func (e *Eraser) ErasePerson(ctx context.Context, actor audit.Actor, in Scope, p Person, expect int64) (Count, error) {
	all, err := e.findAll(ctx, in, p)
	if err != nil {
		return Count{}, e.db.WrapErr("looking for a person", err)
	}
	var total Count
	for _, f := range all {
		total = total.plus(f.count())
	}
	if now := total.Total(); now != expect {
		return Count{}, fault.New(fault.Conflict, "count_person_again").
			With("Now", strconv.FormatInt(now, 10)).With("Expected", strconv.FormatInt(expect, 10))
	}
	for _, f := range all {
		if err := e.erase(ctx, actor, f, p); err != nil {
			return Count{}, err
		}
	}
	return total, nil
}

// erase erases what was found on one site. Visits come first and calls and leads last:
// after an error the visits are still found by these.
func (e *Eraser) erase(ctx context.Context, actor audit.Actor, f found, p Person) error {
	for _, visitor := range f.visitors {
		if err := e.visitors.ForgetVisitor(ctx, f.siteID, visitor); err != nil {
			return err
		}
	}
	err := e.db.Tx(ctx, "erasing a person", func(tx *gorm.DB) error {
		if err := received.Forget(tx, f.siteID, p.values()); err != nil {
			return err
		}
		for some := range slices.Chunk(f.people, database.InsertBatch) { // as in eraseTasks
			if err := crm.Forget(tx, f.siteID, some); err != nil {
				return err
			}
			if err := eraseTasks(tx, f.siteID, "person IN ?", some); err != nil {
				return err
			}
		}
		return eraseKeys(tx, f.siteID, p)
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(f.conversions, batch) {
		err := e.db.Tx(ctx, "erasing calls and leads", func(tx *gorm.DB) error {
			if err := eraseTasks(tx, f.siteID, "conversion_id <> '' AND conversion_id IN ?", some); err != nil {
				return err
			}
			return eraseConversions(tx, f.siteID, some)
		})
		if err != nil {
			return err
		}
	}
	return e.record(ctx, actor, f)
}

// eraseKeys erases by what a person is known, and the marks that name the person.
func eraseKeys(tx *gorm.DB, siteID string, p Person) error {
	keys := p.keys()
	if len(keys) == 0 {
		return nil
	}
	people := tx.Table("person_keys").Select("person_id").Where("site_id = ? AND key IN ?", siteID, keys)
	var ids []string
	if err := people.Pluck("person_id", &ids).Error; err != nil {
		return fmt.Errorf("finding the keys of a person: %w", err)
	}
	for _, statement := range []struct {
		sql    string
		values []any
	}{
		{"DELETE FROM person_keys WHERE site_id = ? AND person_id IN ?", []any{siteID, ids}},
		{"DELETE FROM person_claims WHERE site_id = ? AND key IN ?", []any{siteID, keys}},
		{"DELETE FROM journey_marks WHERE site_id = ? AND kind = 'contact' AND ref IN ?", []any{siteID, keys}},
	} {
		if err := tx.Exec(statement.sql, statement.values...).Error; err != nil {
			return fmt.Errorf("erasing the keys of a person: %w", err)
		}
	}
	return nil
}

// record adds to the audit trail how much was erased.
func (e *Eraser) record(ctx context.Context, actor audit.Actor, f found) error {
	return e.db.Tx(ctx, "recording that a person was erased", func(tx *gorm.DB) error {
		changes := map[string]audit.Change{}
		c := f.count()
		for name, n := range map[string]int64{"conversions": c.Conversions, "visitors": c.Visitors, "people": c.People, "messages": c.Messages} {
			if n > 0 {
				changes[name] = audit.Change{From: n, To: 0}
			}
		}
		return audit.Record(tx, actor, "erased", audit.Target{AccountID: f.accountID, SiteID: f.siteID, Entity: "person", ID: f.siteID}, changes)
	})
}
