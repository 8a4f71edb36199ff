package figures

import (
	"cmp"
	"maps"
	"slices"
	"time"

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
	Hour          *HourOfWeek // only calls and leads of this hour; it needs Days
	Only          Trait       // only calls and leads of this kind
}

// Trait is what calls and leads have in common that no figure counts.
type Trait string

// The traits.
const (
	WithoutVisit Trait = "without_visit" // no visit is known
	SentNowhere  Trait = "sent_nowhere"  // it was decided, and no integration sends it
	LateTags     Trait = "late_tags"     // a tag came too late to count
)

// narrow adds the condition of a trait to a query of conversions of a site.
func (t Trait) narrow(db, conversions *gorm.DB, siteID string, series int64) *gorm.DB {
	switch t {
	case WithoutVisit:
		return conversions.Where("id IN (?)", db.Model(&Fact{}).Select("conversion_id").Where("series_id = ? AND no_visit <> ''", series))
	case SentNowhere:
		// unsent alone is also true of what is not done yet, or was finished by a version without it
		return conversions.Where("unsent AND decided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deliveries AS sent WHERE sent.conversion_id = conversions.id)")
	case LateTags:
		return conversions.Where("id IN (?)", db.Table("conversion_tags").Select("conversion_id").Where("site_id = ? AND late", siteID))
	default:
		return conversions
	}
}

// HourOfWeek is an hour of the local clock on one day of each week.
type HourOfWeek struct {
	Weekday int // from 1, Monday, to 7
	Hour    int // from 0 to 23
}

// within returns the beginnings of the hour in the days of a period, in seconds since 1970.
// Where the clocks go back it may come twice on a day, and where they go forward not at all.
func (h HourOfWeek) within(days reports.Period, zone *time.Location) []int64 {
	begins := []int64{}
	for day := days.From; day <= days.To; day++ {
		if (int(day.Weekday())+6)%7+1 != h.Weekday {
			continue
		}
		last := int64(0)
		for t := day.Start(zone); t.Before((day + 1).Start(zone)); t = t.Add(stepOfHours) {
			hour := reports.HourOf(t, zone)
			if hour.Hour() == h.Hour && reports.DayOf(hour, zone) == day && hour.Unix() != last {
				last = hour.Unix()
				begins = append(begins, last)
			}
		}
	}
	return begins
}

// stepOfHours is short enough to meet each hour of every zone, also where the clocks change
// by half an hour.
const stepOfHours = 30 * time.Minute

// FilterColumns are the columns that Filter.Values may name.
var FilterColumns = []string{"channel", "source", "medium", "campaign", "term", "landing_page", "device", "number_id", "pool_id", "form", "no_visit"}

// sumsOfColumns are figures that are added up of several columns.
var sumsOfColumns = map[string]string{"conversions": "calls + leads", "repeats": "calls - uniques - anonymous"}

// sumsOfSends are those of decisions.
var sumsOfSends = map[string]string{"skipped": "judged - wanted", "finished": "delivered + failed"}

// CallFigures and SendFigures are the figures that Filter.Figure may name.
func CallFigures() []string {
	return append(slices.Sorted(maps.Keys(sumsOfColumns)), countColumns[:slices.Index(countColumns, "wait0")]...)
}

// SendFigures are those of decisions.
func SendFigures() []string {
	return append(slices.Sorted(maps.Keys(sumsOfSends)), sendColumns[:slices.Index(sendColumns, "attempts")]...)
}

func (f Filter) ofSends() bool {
	_, sum := sumsOfSends[f.Figure]
	return f.IntegrationID != "" || f.Reason != "" || sum || slices.Contains(sendColumns, f.Figure)
}

// known reports whether conversions can be counted in the figure.
func (f Filter) known() bool {
	return f.Figure == "" || slices.Contains(CallFigures(), f.Figure) || slices.Contains(SendFigures(), f.Figure)
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
	if !f.known() {
		return nil, fault.InvalidFields(fault.Field{Path: "counted_in", Expected: fault.OneOf(slices.Concat(CallFigures(), SendFigures()))})
	}
	conversions = f.Only.narrow(db, conversions, siteID, s.ID)
	if f.Only != "" && f.isOnly() {
		return conversions, nil
	}
	if f.ofSends() {
		sends := f.in(db.Model(&send{}), s.ID)
		if f.IntegrationID != "" {
			sends = sends.Where("integration_id = ?", f.IntegrationID)
		}
		if f.Reason != "" {
			sends = sends.Where("reason = ?", f.Reason)
		}
		if len(f.Values) > 0 || f.Hour != nil {
			facts, err := f.ofCalls(db.Model(&Fact{}).Select("conversion_id").Where("series_id = ?", s.ID), *s)
			if err != nil {
				return nil, err
			}
			sends = sends.Where("conversion_id IN (?)", facts)
		}
		return conversions.Where("id IN (?)", sends), nil
	}
	facts, err := f.ofCalls(f.in(db.Model(&Fact{}), s.ID), *s)
	return conversions.Where("id IN (?)", facts), err
}

// isOnly reports whether the trait is all that is asked for.
func (f Filter) isOnly() bool {
	return f.Figure == "" && f.Days == nil && len(f.Values) == 0 && f.IntegrationID == "" && f.Reason == "" && f.Hour == nil
}

// ofCalls adds what is known of the calls and leads themselves.
func (f Filter) ofCalls(facts *gorm.DB, s Series) (*gorm.DB, error) {
	if f.Hour != nil && f.Days == nil {
		return nil, fault.InvalidFields(fault.Field{Path: "day_from", Expected: fault.Expect("required_parameter")})
	}
	if f.Hour != nil {
		facts = facts.Where("hour IN ?", f.Hour.within(*f.Days, s.Zone()))
	}
	for _, column := range FilterColumns {
		if value, is := f.Values[column]; is {
			facts = facts.Where(column+" = ?", reports.Key(value))
		}
	}
	return facts, nil
}

// in adds what facts and decisions have alike.
func (f Filter) in(rows *gorm.DB, series int64) *gorm.DB {
	rows = rows.Select("conversion_id").Where("series_id = ?", series)
	if f.Days != nil {
		rows = rows.Where("day BETWEEN ? AND ?", f.Days.From, f.Days.To)
	}
	if f.Figure != "" {
		rows = rows.Where(cmp.Or(sumsOfColumns[f.Figure], sumsOfSends[f.Figure], f.Figure) + " > 0")
	}
	return rows
}
