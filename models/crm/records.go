package crm

import (
	"context"
	"reflect"
	"time"

	"gorm.io/gorm"

	"ringback/identity"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/journeys"
	"ringback/models/ownership"
	"ringback/models/revenue"
	"ringback/reports"
	"ringback/touchpoints"
)

// Person is a lead or contact.
type Person struct {
	ID         string `gorm:"primaryKey"`
	SiteID     string
	ExternalID string     // the owner's id, once in a site
	Account    string     // the owner's id of the account, empty if there is none
	Email      string     // empty if not known
	Phone      string     // E.164, empty if not known
	SameAs     string     // the owner's id of the person that it has become, empty if none: a lead that is a contact now
	AddedAt    *time.Time // when the CRM got to have the person; nil if not known
	CreatedAt  time.Time
	UpdatedAt  time.Time // of the last change of what was reported
}

// TableName returns the name of the table.
func (Person) TableName() string { return "crm_people" }

// Opportunity is a deal.
type Opportunity struct {
	ID         string `gorm:"primaryKey"`
	SiteID     string
	ExternalID string // the owner's id, once in a site
	Account    string // the owner's id of the account, empty if there is none
	OpenedAt   time.Time
	ClosedAt   *time.Time // nil while it is open
	Won        bool
	Amount     int64                    // in minor units
	Currency   string                   // ISO 4217, empty if not known
	People     []touchpoints.Role       `gorm:"serializer:json"` // by their external ids, which need not be known yet
	Stages     []touchpoints.StageEntry `gorm:"serializer:json"`
	CreatedAt  time.Time
	UpdatedAt  time.Time // of the last change of what was reported
}

// Records are the rows of all sites. They are safe for concurrent use, and their
// errors are those of the store that they are part of.
type Records struct{ db *database.DB }

// New returns the records of a database.
func New(db *database.DB) *Records { return &Records{db: db} }

// record is a row that an owner reports by an id of their own.
type record[Row any] interface {
	*Row
	// begin sets the id and the times of a new row, and makes the values equal to what is
	// read of them again.
	begin(now time.Time)
	// key returns the site and the owner's id.
	key() (siteID, externalID string)
	// keep takes over what a later report does not change.
	keep(stored Row)
	// changedAt sets when the row was last changed.
	changedAt(now time.Time)
	// marks returns whose journeys depend on the row.
	marks() []journeys.Mark
}

func (p *Person) begin(now time.Time) {
	p.AddedAt = timestamp(p.AddedAt)
	p.ID, p.CreatedAt, p.UpdatedAt = ids.New(ids.CRMPerson), now, now
}
func (p *Person) key() (siteID, externalID string) { return p.SiteID, p.ExternalID }
func (p *Person) changedAt(now time.Time)          { p.UpdatedAt = now }
func (p *Person) keep(stored Person) {
	p.ID, p.CreatedAt, p.UpdatedAt = stored.ID, stored.CreatedAt, stored.UpdatedAt
}

func (p *Person) marks() []journeys.Mark {
	return []journeys.Mark{
		{Kind: journeys.MarkPerson, Ref: p.ExternalID}, {Kind: journeys.MarkPerson, Ref: p.SameAs},
		{Kind: journeys.MarkContact, Ref: identity.PhoneKey(p.Phone)}, {Kind: journeys.MarkContact, Ref: identity.EmailKey(p.Email)},
		{Kind: journeys.MarkAccount, Ref: p.Account},
	}
}

func (o *Opportunity) begin(now time.Time) {
	o.OpenedAt, o.ClosedAt = database.Timestamp(o.OpenedAt), timestamp(o.ClosedAt)
	o.People = append([]touchpoints.Role{}, o.People...)
	o.Stages = append([]touchpoints.StageEntry{}, o.Stages...)
	for i := range o.Stages {
		o.Stages[i].At = database.Timestamp(o.Stages[i].At)
	}
	o.ID, o.CreatedAt, o.UpdatedAt = ids.New(ids.Opportunity), now, now
}
func (o *Opportunity) key() (siteID, externalID string) { return o.SiteID, o.ExternalID }
func (o *Opportunity) changedAt(now time.Time)          { o.UpdatedAt = now }
func (o *Opportunity) keep(stored Opportunity) {
	o.ID, o.CreatedAt, o.UpdatedAt = stored.ID, stored.CreatedAt, stored.UpdatedAt
}

func (o *Opportunity) marks() []journeys.Mark {
	return []journeys.Mark{{Kind: journeys.MarkOpportunity, Ref: o.ID}}
}

// timestamp returns a time as it is stored, nil for nil.
func timestamp(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(database.Timestamp(*t))
}

// PutCRMPerson stores a person of a site as it is reported now: a new one, or in
// place of what was reported before under the same external id (G2). It fills in the
// id and the times.
func (r *Records) PutCRMPerson(ctx context.Context, accountID string, p *Person) error {
	return putCRM(ctx, r, accountID, "storing a person", p)
}

// PutOpportunity is PutCRMPerson for opportunities.
func (r *Records) PutOpportunity(ctx context.Context, accountID string, o *Opportunity) error {
	return putCRM(ctx, r, accountID, "storing an opportunity", o)
}

func putCRM[Row any, P record[Row]](ctx context.Context, r *Records, accountID, doing string, row P) error {
	if err := database.CheckStorable(row); err != nil {
		return err
	}
	siteID, _ := row.key()
	return r.db.Tx(ctx, doing, func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, accountID, siteID); err != nil {
			return err
		}
		_, err := put(tx, row)
		return err
	})
}

// put stores a row as it is reported now, marks whose journeys depend on it, and reports
// whether that changed anything.
func put[Row any, P record[Row]](tx *gorm.DB, row P) (changed bool, err error) {
	siteID, externalID := row.key()
	row.begin(tx.NowFunc())
	isNew, err := database.InsertOnce(tx, row)
	if err != nil {
		return false, err
	}
	if isNew {
		return true, journeys.AddMarks(tx, siteID, row.marks()...)
	}
	var stored Row
	err = database.Locked(tx).Where("site_id = ? AND external_id = ?", siteID, externalID).Take(&stored).Error
	if err != nil {
		return false, err
	}
	row.keep(stored)
	if reflect.DeepEqual(stored, *row) {
		return false, nil
	}
	row.changedAt(tx.NowFunc())
	if err := tx.Select("*").Updates(row).Error; err != nil {
		return false, err
	}
	return true, journeys.AddMarks(tx, siteID, append(P(&stored).marks(), row.marks()...)...)
}

// CRMPerson returns one person of a site by its id.
func (r *Records) CRMPerson(ctx context.Context, accountID, siteID, id string) (Person, error) {
	p, err := crmRow[Person](r.db.Read(ctx), accountID, siteID, id, "no_such_person")
	return p, r.db.WrapErr("reading a person", err)
}

// Opportunity returns one opportunity of a site by its id.
func (r *Records) Opportunity(ctx context.Context, accountID, siteID, id string) (Opportunity, error) {
	o, err := crmRow[Opportunity](r.db.Read(ctx), accountID, siteID, id, "no_such_opportunity")
	return o, r.db.WrapErr("reading an opportunity", err)
}

func crmRow[Row any](db *gorm.DB, accountID, siteID, id, missing string) (Row, error) {
	var row Row
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return row, err
	}
	err := db.Where("id = ? AND site_id = ?", id, siteID).Take(&row).Error
	return row, database.NotFoundAs(missing, err)
}

// CRMPeople lists the people of a site's CRM. Behind narrows the list to those that figures
// count.
func (r *Records) CRMPeople(ctx context.Context, accountID, siteID string, page database.Page, behind ...revenue.Behind) ([]Person, string, error) {
	items, next, err := crmRows(r.db.Read(ctx), accountID, siteID, page, func(p Person) string { return p.ID }, behind, revenue.PeopleFigures)
	return items, next, r.db.WrapErr("listing people", err)
}

// Opportunities lists a site's opportunities. Behind narrows the list to those that figures
// count.
func (r *Records) Opportunities(ctx context.Context, accountID, siteID string, page database.Page, behind ...revenue.Behind) ([]Opportunity, string, error) {
	items, next, err := crmRows(r.db.Read(ctx), accountID, siteID, page, func(o Opportunity) string { return o.ID }, behind, revenue.DealFigures)
	return items, next, r.db.WrapErr("listing opportunities", err)
}

func crmRows[Row any](db *gorm.DB, accountID, siteID string, page database.Page, id func(Row) string, behind []revenue.Behind, of []reports.CreditID) ([]Row, string, error) {
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return nil, "", err
	}
	query := db.Where("site_id = ?", siteID)
	for _, b := range behind {
		var err error
		if query, err = b.Narrow(db, query, siteID, of); err != nil {
			return nil, "", err
		}
	}
	return database.PageByID(query, page, id)
}

// DeleteCRMPerson erases a person of a site. Opportunities keep the external id.
func (r *Records) DeleteCRMPerson(ctx context.Context, accountID, siteID, id string) error {
	return deleteCRM[Person](ctx, r, accountID, siteID, id, "no_such_person")
}

// DeleteOpportunity erases an opportunity of a site.
func (r *Records) DeleteOpportunity(ctx context.Context, accountID, siteID, id string) error {
	return deleteCRM[Opportunity](ctx, r, accountID, siteID, id, "no_such_opportunity")
}

func deleteCRM[Row any, P record[Row]](ctx context.Context, r *Records, accountID, siteID, id, missing string) error {
	return r.db.Tx(ctx, "deleting of the CRM", func(tx *gorm.DB) error {
		row, err := crmRow[Row](tx, accountID, siteID, id, missing)
		if err != nil {
			return err
		}
		return erase(tx, P(&row))
	})
}

// erase deletes a row, and marks whose journeys depended on it.
func erase[Row any, P record[Row]](tx *gorm.DB, row P) error {
	if err := tx.Delete(row).Error; err != nil {
		return err
	}
	siteID, _ := row.key()
	return journeys.AddMarks(tx, siteID, row.marks()...)
}
