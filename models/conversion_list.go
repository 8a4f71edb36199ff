package models

import (
	"context"
	"time"

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
	Person     string          // an E.164 number or a lower-case e-mail address, by which uniqueness is decided
	Figure     *figures.Filter // those behind a figure of the reports; needs SiteID
}

// Conversions lists conversions, those accepted last first.
func (s *Store) Conversions(ctx context.Context, f ConversionFilter, page Page) ([]Conversion, string, error) {
	query, err := ownership.HistoryOf(s.db.Read(ctx), f.AccountID, f.SiteID)
	if err != nil {
		return nil, "", s.db.WrapErr("listing conversions", err)
	}
	query = database.WhereSet(query, "kind = ?", f.Kind)
	query = database.WhereSet(query, "state = ?", f.State)
	query = database.WhereSet(query, "external_id = ?", f.ExternalID)
	query = database.WhereSet(query, "person = ?", f.Person)
	query = database.WhereBetween(query, "at", f.From, f.To)
	if f.Tag != "" {
		tagged, err := ownership.HistoryOf(s.db.Read(ctx), f.AccountID, f.SiteID)
		if err != nil {
			return nil, "", s.db.WrapErr("listing conversions", err)
		}
		// It does not refer to the conversion: PostgreSQL would look for the tag of each.
		tagged = tagged.Model(&ConversionTag{}).Select("conversion_id").Where("label = ?", f.Tag)
		query = query.Where("id IN (?)", tagged)
	}
	if f.Figure != nil {
		if query, err = f.Figure.Narrow(s.db.Read(ctx), query, f.SiteID); err != nil {
			return nil, "", s.db.WrapErr("listing conversions", err)
		}
	}
	items, next, err := database.PageByID(query, page, func(c Conversion) string { return c.ID })
	return items, next, s.db.WrapErr("listing conversions", err)
}
