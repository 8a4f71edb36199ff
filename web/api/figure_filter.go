package api

import (
	"strconv"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models/figures"
	"ringback/models/revenue"
	"ringback/reports"
	"ringback/web/internal/wire"
)

// BehindFigure are the parameters by which the reports link to the conversions behind a
// figure.
type BehindFigure struct {
	CountedIn     string            `query:"counted_in" maxLength:"40" doc:"Only those that this figure of the reports counts." example:"missed"`
	DayFrom       string            `query:"day_from" maxLength:"10" doc:"Only from this day on, in the time zone of the reports. With a figure of sending, the day of the decision." example:"2026-11-01"`
	DayTo         string            `query:"day_to" maxLength:"10" doc:"Only up to this day, with day_from." example:"2026-11-30"`
	Channel       string            `query:"channel" maxLength:"255" doc:"Only those of this channel. For this and the next ones, (not set) selects what is not known."`
	Source        string            `query:"source" maxLength:"255" doc:"Only those of this source."`
	Medium        string            `query:"medium" maxLength:"255" doc:"Only those of this medium."`
	Campaign      string            `query:"campaign" maxLength:"255" doc:"Only those of this campaign."`
	Term          string            `query:"term" maxLength:"255" doc:"Only those of this keyword."`
	LandingPage   string            `query:"landing_page" maxLength:"255" doc:"Only those whose visit began on this page, by host and path."`
	Device        string            `query:"device" maxLength:"255" doc:"Only those from this kind of device."`
	NumberID      string            `query:"number_id" maxLength:"64" doc:"Only calls to this tracking number."`
	PoolID        string            `query:"pool_id" maxLength:"64" doc:"Only calls to the numbers of this pool."`
	Form          string            `query:"form" maxLength:"255" doc:"Only leads of this form."`
	NoVisit       string            `query:"no_visit" maxLength:"40" doc:"Only those whose visit is not known for this reason."`
	Weekday       int               `query:"weekday" minimum:"1" maximum:"7" doc:"With hour and days, only calls and leads of this day of the week. 1 is Monday."`
	Hour          string            `query:"hour" maxLength:"2" doc:"With weekday and days, only calls and leads of this hour of the local clock, from 0 to 23." example:"9"`
	IntegrationID string            `query:"integration_id" maxLength:"64" doc:"Only those that this integration has decided on."`
	Reason        conversion.Reason `query:"reason" maxLength:"64" doc:"Only those that an integration has decided on for this reason."`
	Only          figures.Trait     `query:"only" enum:"without_visit,sent_nowhere,late_tags" doc:"Only those whose visit is not known, those that were decided and that no integration sends, or those with a tag that came too late to count."`
}

// filter returns the filter, nil if no parameter is set.
func (b BehindFigure) filter() (*figures.Filter, error) {
	if b == (BehindFigure{}) {
		return nil, nil
	}
	days, err := wire.DaysOf(b.DayFrom, b.DayTo)
	if err != nil {
		return nil, err
	}
	f := figures.Filter{Figure: b.CountedIn, Days: days, IntegrationID: b.IntegrationID, Reason: b.Reason, Only: b.Only, Values: wire.ValuesOf(map[string]string{
		"channel": b.Channel, "source": b.Source, "medium": b.Medium, "campaign": b.Campaign, "term": b.Term, "landing_page": b.LandingPage,
		"device": b.Device, "number_id": b.NumberID, "pool_id": b.PoolID, "form": b.Form, "no_visit": b.NoVisit,
	})}
	if b.Weekday > 0 || b.Hour != "" {
		hour, err := strconv.Atoi(b.Hour)
		if err != nil || hour < 0 || hour > 23 || b.Weekday == 0 {
			return nil, fault.InvalidFields(fault.Field{Path: "hour", Expected: fault.Expect("weekday_and_hour")})
		}
		f.Hour = &figures.HourOfWeek{Weekday: b.Weekday, Hour: hour}
	}
	return &f, nil
}

// BehindCredit are the parameters by which the reports link to the people and opportunities
// behind a figure.
type BehindCredit struct {
	CountedIn  reports.CreditID `query:"counted_in" maxLength:"40" doc:"Only those that this figure of the report on channels and revenue counts." example:"revenue"`
	Model      string           `query:"model" maxLength:"40" doc:"Only those that it counts by this model, such as u_shaped. With counted_in, like the next ones."`
	DayFrom    string           `query:"day_from" maxLength:"10" doc:"Only from this day on, by the date that the figure goes by." example:"2026-11-01"`
	DayTo      string           `query:"day_to" maxLength:"10" doc:"Only up to this day, with day_from." example:"2026-11-30"`
	Channel    string           `query:"channel" maxLength:"255" doc:"Only those with a touchpoint of this channel that counts. For this and the next ones, (not set) selects what is not known."`
	Subchannel string           `query:"subchannel" maxLength:"255" doc:"The same for the subchannel."`
	Source     string           `query:"source" maxLength:"255" doc:"The same for the source."`
	Medium     string           `query:"medium" maxLength:"255" doc:"The same for the medium."`
	Campaign   string           `query:"campaign" maxLength:"255" doc:"The same for the campaign."`
}

// behind returns what is selected, nothing if no parameter is set.
func (b BehindCredit) behind() ([]revenue.Behind, error) {
	if b == (BehindCredit{}) {
		return nil, nil
	}
	days, err := wire.DaysOf(b.DayFrom, b.DayTo)
	if err != nil {
		return nil, err
	}
	return []revenue.Behind{{Figure: b.CountedIn, Model: b.Model, Days: days, Values: wire.ValuesOf(map[string]string{
		"channel": b.Channel, "subchannel": b.Subchannel, "source": b.Source, "medium": b.Medium, "campaign": b.Campaign,
	})}}, nil
}
