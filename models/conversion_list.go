package models

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/ownership"
)

// ConversionFilter selects an account's conversions. Empty fields select all.
type ConversionFilter struct {
	AccountID  string
	SiteID     string
	Kind       conversion.Kind
	State      ConversionState
	Tag        string     // the exact label, late ones included
	From, To   *time.Time // of At, To is exclusive
	ExternalID string
	Token      string          // the id of a token that reported an event of it
	SessionID  string          // of the visit that they belong to
	Person     string          // an E.164 number or a lower-case e-mail address, by which uniqueness is decided
	Figure     *figures.Filter // those behind a figure of the reports; needs SiteID
}

// Conversions lists conversions, those accepted last first. With a period, those that began
// last come first.
func (s *Store) Conversions(ctx context.Context, f ConversionFilter, page Page) (items []Conversion, next string, err error) {
	err = s.db.ReportTx(ctx, "listing conversions", func(tx *gorm.DB) error {
		query, err := f.query(tx)
		if err != nil {
			return err
		}
		items, next, err = database.PageOfPeriod(query, page, f.From != nil || f.To != nil, "at",
			func(c Conversion) (time.Time, string) { return c.At, c.ID })
		return err
	})
	return items, next, err
}

// query returns the query of the filter.
func (f ConversionFilter) query(tx *gorm.DB) (*gorm.DB, error) {
	query, err := ownership.HistoryOf(tx, f.AccountID, f.SiteID)
	if err != nil {
		return nil, err
	}
	query = database.WhereSet(query, "kind = ?", f.Kind)
	query = database.WhereSet(query, "state = ?", f.State)
	query = database.WhereSet(query, "external_id = ?", f.ExternalID)
	query = database.WhereSet(query, "person = ?", f.Person)
	query = database.WhereSet(query, "session_id <> '' AND session_id = ?", f.SessionID)
	query = database.WhereBetween(query, "at", f.From, f.To)
	for _, part := range []struct {
		of               any
		condition, value string
	}{
		{&ConversionTag{}, "label = ?", f.Tag},
		{&EventRow{}, "reporter_kind = 'token' AND reporter_id = ?", f.Token},
	} {
		if part.value == "" {
			continue
		}
		having, err := ownership.HistoryOf(tx, f.AccountID, f.SiteID)
		if err != nil {
			return nil, err
		}
		// It does not refer to the conversion: PostgreSQL would look for the part of each.
		query = query.Where("id IN (?)", having.Model(part.of).Select("conversion_id").Where(part.condition, part.value))
	}
	if f.Figure == nil {
		return query, nil
	}
	return f.Figure.Narrow(tx, query, f.SiteID)
}
