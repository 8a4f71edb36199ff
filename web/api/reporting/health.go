package reporting

import (
	"context"

	"ringback/models/figures"
	"ringback/reports"
	"ringback/web/internal/sites"
)

// askedHealth are the parameters of what became of deliveries.
type askedHealth struct {
	sites.InSite
	Days int `query:"days" minimum:"1" maximum:"90" default:"14" doc:"How many days to count, up to today."`
}

// healthView is what became of the deliveries of the integrations.
type healthView struct {
	From  string              `json:"from" example:"2026-11-14"`
	To    string              `json:"to" doc:"Today, in the site's time zone." example:"2026-11-27"`
	Items []integrationHealth `json:"items" doc:"The integrations of which something was delivered or failed."`
}

// integrationHealth is what became of the deliveries of an integration.
type integrationHealth struct {
	IntegrationID string      `json:"integration_id" example:"int_01jdq00000000000000000000"`
	Delivered     int64       `json:"delivered" doc:"How many calls and leads were delivered, by their newest deliveries."`
	Failed        int64       `json:"failed" doc:"How many failed, by their newest deliveries."`
	SuccessRate   float64     `json:"success_rate" doc:"Which part of both was delivered." example:"0.985"`
	Days          []dayHealth `json:"days" doc:"Each of the days."`
}

type dayHealth struct {
	Day       string `json:"day" example:"2026-11-27"`
	Delivered int64  `json:"delivered"`
	Failed    int64  `json:"failed"`
}

// health returns what became of the deliveries of the last days, by integration.
func (h *Handler) health(ctx context.Context, in askedHealth) (healthView, error) {
	a, err := h.read(ctx, Asked{InSite: in.InSite})
	if err != nil {
		return healthView{}, err
	}
	period := reports.Period{From: a.today - reports.Day(in.Days) + 1, To: a.today}
	rows, err := h.store.SendsByDay(ctx, a.account, a.site, reports.Span{Period: period})
	if err != nil {
		return healthView{}, err
	}
	v := healthView{From: period.From.String(), To: period.To.String(), Items: []integrationHealth{}}
	for _, row := range rows {
		if n := len(v.Items); n == 0 || v.Items[n-1].IntegrationID != row.IntegrationID {
			v.Items = append(v.Items, healthOf(row.IntegrationID, period))
		}
		v.Items[len(v.Items)-1].add(row, period)
	}
	return v, nil
}

// healthOf returns the health of an integration without any deliveries.
func healthOf(id string, period reports.Period) integrationHealth {
	v := integrationHealth{IntegrationID: id}
	for _, day := range period.Each() {
		v.Days = append(v.Days, dayHealth{Day: day.String()})
	}
	return v
}

// add adds what became of the deliveries of a day.
func (v *integrationHealth) add(row figures.DayOfSends, period reports.Period) {
	day := &v.Days[row.Day-period.From]
	day.Delivered, day.Failed = row.Delivered, row.Failed
	v.Delivered += row.Delivered
	v.Failed += row.Failed
	v.SuccessRate = float64(v.Delivered) / float64(v.Delivered+v.Failed)
}
