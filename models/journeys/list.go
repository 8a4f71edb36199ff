package journeys

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/reports"
	"ringback/touchpoints"
)

// TouchpointFilter selects touchpoints of a site. Empty fields select all, and
// reports.NotSet selects empty values.
type TouchpointFilter struct {
	AccountID, SiteID string
	PersonID          string
	SessionID         string
	ConversionID      string
	Kind              touchpoints.Kind
	Type              string
	Source, Medium    string
	Channel           string
	Subchannel        string
	Campaign          string
	Position          touchpoints.Position // one of those that it has in the person's journey
	From, To          *time.Time           // of At, To is exclusive
	DayFrom, DayTo    string               // of Day, both inclusive
	OpportunityID     string               // with credit for this opportunity
	Model             string               // with credit by this model
	Suppressed        bool                 // those that the rules leave out of reports, instead of the others
	All               bool                 // those that the rules leave out of reports, too
}

// Touchpoints lists touchpoints, the latest first.
func (j *Journeys) Touchpoints(ctx context.Context, f TouchpointFilter, page database.Page) (items []Touchpoint, next string, err error) {
	serving, err := j.Serving(ctx, f.SiteID)
	if err != nil {
		return nil, "", err
	}
	err = j.db.ReportTx(ctx, "listing touchpoints", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, f.AccountID, f.SiteID); err != nil {
			return err
		}
		items, next, err = pageByTime(f.narrow(tx, serving), page, false)
		return err
	})
	return items, next, err
}

// narrow returns the query of a filter.
func (f TouchpointFilter) narrow(db *gorm.DB, serving int64) *gorm.DB {
	query := db.Where("site_id = ? AND generation = ?", f.SiteID, serving)
	if !f.All {
		query = query.Where("suppressed = ?", f.Suppressed)
	}
	for column, value := range map[string]string{
		"person_id": f.PersonID, "session_id": f.SessionID, "conversion_id": f.ConversionID, "kind": string(f.Kind), "type": f.Type,
		"source": f.Source, "medium": f.Medium, "channel": f.Channel, "subchannel": f.Subchannel, "campaign": f.Campaign,
	} {
		if value == reports.NotSet {
			query = query.Where(column + " = ''")
		} else if value != "" { // the second condition is that of the column's index, if it has one
			query = query.Where(column+" = ? AND "+column+" <> ''", value)
		}
	}
	for condition, value := range map[string]string{"day >= ?": f.DayFrom, "day <= ?": f.DayTo} {
		if value != "" {
			query = query.Where(condition, value)
		}
	}
	daysFrom, daysTo := timesOf(f.DayFrom, f.DayTo)
	query = database.WhereBetween(database.WhereBetween(query, "at", f.From, f.To), "at", daysFrom, daysTo)
	if f.Position != "" {
		query = query.Where(`', ' || position || ',' LIKE ? ESCAPE '\'`, "%, "+database.Literal(string(f.Position))+",%")
	}
	if f.OpportunityID != "" || f.Model != "" {
		query = query.Where("id IN (?)", f.credited(db, serving))
	}
	return query
}

// timesOf returns times between which local days begin and end in every time zone, so that a
// list in the order of time finds those of old days without all that are later. They are nil
// for days that are not given.
func timesOf(from, to string) (after, before *time.Time) {
	if day, err := reports.ParseDay(from); err == nil {
		after = new((day - 1).Start(time.UTC))
	}
	if day, err := reports.ParseDay(to); err == nil {
		before = new((day + 2).Start(time.UTC))
	}
	return after, before
}

// credited returns the query of the touchpoints that have the credit that is asked for.
func (f TouchpointFilter) credited(db *gorm.DB, serving int64) *gorm.DB {
	query := db.Model(&Credit{}).Select("touchpoint_id").Where("site_id = ? AND generation = ?", f.SiteID, serving)
	if f.OpportunityID != "" {
		query = query.Where("opportunity_id = ?", f.OpportunityID)
	}
	if f.Model != "" {
		query = query.Where("model = ?", f.Model)
	}
	return query
}

// pageByTime reads one page of touchpoints by time: the oldest first if it is ascending,
// else the latest first.
func pageByTime(query *gorm.DB, page database.Page, ascending bool) ([]Touchpoint, string, error) {
	return database.PageByTime(query, page, database.Chronology{Column: "at", Ascending: ascending}, func(t Touchpoint) (time.Time, string) { return t.At, t.ID })
}
