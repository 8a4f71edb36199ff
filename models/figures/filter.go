package figures

import (
	"slices"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/reports"
)

// Filter selects the conversions behind a figure. Empty fields select all.
type Filter struct {
	Figure        string            // the figure that the conversions or their decisions are counted in
	Days          *reports.Period   // local days of the start of the call, the arrival of the lead or, with a figure of sending, the decision
	Values        map[string]string // by column, such as channel; an empty value selects what is not known
	IntegrationID string
	Reason        conversion.Reason
}

// FilterColumns are the columns that Filter.Values may name.
var FilterColumns = []string{"channel", "source", "medium", "campaign", "term", "landing_page", "device", "number_id", "pool_id", "form", "no_visit"}

// CallFigures and SendFigures are the figures that Filter.Figure may name.
func CallFigures() []string { return countColumns[:slices.Index(countColumns, "wait0")] }

// SendFigures are those of decisions.
func SendFigures() []string { return sendColumns[:slices.Index(sendColumns, "attempts")] }

func (f Filter) ofSends() bool {
	return f.IntegrationID != "" || f.Reason != "" || slices.Contains(sendColumns, f.Figure)
}

// Narrow adds the filter to a query of conversions of a site.
func (f Filter) Narrow(db, conversions *gorm.DB, siteID string) (*gorm.DB, error) {
	s, err := database.First[Series](db.Where("site_id = ? AND state = ?", siteID, Serving))
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, errFirstBuild()
	}
	if f.Figure != "" && !slices.Contains(countColumns, f.Figure) && !slices.Contains(sendColumns, f.Figure) {
		return nil, fault.InvalidFields(fault.Field{Path: "counted_in", Expected: fault.OneOf(slices.Concat(CallFigures(), SendFigures()))})
	}
	if f.ofSends() {
		sends := f.in(db.Model(&send{}), s.ID)
		if f.IntegrationID != "" {
			sends = sends.Where("integration_id = ?", f.IntegrationID)
		}
		if f.Reason != "" {
			sends = sends.Where("reason = ?", f.Reason)
		}
		return conversions.Where("id IN (?)", sends), nil
	}
	facts := f.in(db.Model(&Fact{}), s.ID)
	for _, column := range FilterColumns {
		if value, is := f.Values[column]; is {
			facts = facts.Where(column+" = ?", reports.Key(value))
		}
	}
	return conversions.Where("id IN (?)", facts), nil
}

// in adds what facts and decisions have alike.
func (f Filter) in(rows *gorm.DB, series int64) *gorm.DB {
	rows = rows.Select("conversion_id").Where("series_id = ?", series)
	if f.Days != nil {
		rows = rows.Where("day BETWEEN ? AND ?", f.Days.From, f.Days.To)
	}
	if f.Figure != "" {
		rows = rows.Where(f.Figure + " > 0")
	}
	return rows
}
