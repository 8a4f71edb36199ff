package reporting

import (
	"time"

	"ringback/explanation"
	"ringback/models/figures"
	"ringback/reports"
	"ringback/touchpoints/credit"
)

// figureView is the value of one figure.
type figureView struct {
	Value  *float64 `json:"value" doc:"Null if it is not known, such as a rate of no calls."`
	Before *float64 `json:"before,omitempty" doc:"The value in the period that is compared with."`
	Change *float64 `json:"change,omitempty" doc:"The change as a part of before. Missing if before is zero or not known."`
	New    bool     `json:"new,omitempty" doc:"True if before is zero and value is not."`
	Rows   string   `json:"rows,omitempty" doc:"Where that is listed which the figure counts: calls and leads, touchpoints, people or opportunities."`
	// Left are the amounts that cannot be in the value.
	Left []credit.Money `json:"left,omitempty" doc:"The amounts that are not in the value because their currency has no rate. XXX is a currency that is not known."`
}

// rowView is one row of a report.
type rowView struct {
	Key     map[string]string     `json:"key" doc:"What the row is about, by name. An empty value is what is not known."`
	Figures map[string]figureView `json:"figures" doc:"By the id of the figure."`
}

// meaningView is what a figure means, and which date it goes by.
type meaningView struct {
	ID      string       `json:"id" example:"missed_rate"`
	Name    string       `json:"name" example:"Missed rate"`
	Meaning string       `json:"meaning"`
	Date    reports.Date `json:"date" enum:"start,decision,touchpoint,added,opened,closed" doc:"Which date the figure goes by."`
	ByDate  string       `json:"by_date" doc:"The same as a sentence."`
	Money   bool         `json:"money,omitempty" doc:"Whether it is an amount, in minor units."`
	Models  []string     `json:"models,omitempty" doc:"The attribution models that the figure is divided by. Its values are then named by figure and model, such as revenue_u_shaped."`
}

type periodView struct {
	From  string     `json:"from" example:"2026-11-01"`
	To    string     `json:"to" doc:"The last day, which belongs to the period." example:"2026-11-30"`
	Until *time.Time `json:"until,omitempty" doc:"If only a part of the last day is counted, until when."`
}

// reportView is the answer of a report.
type reportView struct {
	TimeZone   string        `json:"time_zone" doc:"The time zone whose days are counted." example:"Europe/Berlin"`
	AsOf       time.Time     `json:"as_of" doc:"What happened until then is counted."`
	Period     periodView    `json:"period"`
	Unfinished bool          `json:"unfinished" doc:"Whether today belongs to the period."`
	Compared   *periodView   `json:"compared,omitempty"`
	FewCalls   bool          `json:"few_calls,omitempty" doc:"Whether rates rest on fewer than 20 ended calls."`
	Meanings   []meaningView `json:"meanings" doc:"What the figures mean."`
	Total      *rowView      `json:"total,omitempty"`
	Days       []rowView     `json:"days,omitempty"`
	Rows       []rowView     `json:"rows"`
}

func (a asked) view(w explanation.Writer, of figures.Answer, all []reports.Figure) reportView {
	v := a.viewOf(of.Series.TimeZone, of.AsOf)
	v.Meanings = meanings(w, all)
	return v
}

// meanings returns what figures mean.
func meanings(w explanation.Writer, all []reports.Figure) []meaningView {
	out := make([]meaningView, 0, len(all))
	for _, f := range all {
		out = append(out, meaningView{ID: f.ID, Name: w.FigureName(f), Meaning: w.FigureMeaning(f), Date: f.Date, ByDate: w.FigureDate(f.Date)})
	}
	return out
}

// viewOf returns the view of a report without its figures.
func (a asked) viewOf(zone string, asOf time.Time) reportView {
	v := reportView{
		TimeZone: zone, AsOf: asOf, Period: periodView{From: a.period.From.String(), To: a.period.To.String()},
		Unfinished: a.period.Has(a.today), Rows: []rowView{}, Meanings: []meaningView{},
	}
	if len(a.spans) > 1 {
		other := a.spans[1]
		v.Compared = &periodView{From: other.From.String(), To: max(other.From, other.To).String()} // nothing is read of days in the future
		if !other.Until.IsZero() {
			v.Compared.Until = new(other.Until.UTC())
		}
	}
	return v
}

// compare sets what the value was before, and how it has changed.
func (v *figureView) compare(before *float64) {
	v.Before = before
	switch {
	case v.Value == nil || before == nil:
	case *before == 0:
		v.New = *v.Value != 0
	default:
		v.Change = new(*v.Value / *before - 1)
	}
}

// row returns the row of a key. Filter is what its calls and leads are listed by; nil
// means that they cannot be.
func (a asked) row(key, filter map[string]string, now, before *reports.Counts, days reports.Period) rowView {
	row := rowView{Key: key, Figures: make(map[string]figureView, len(reports.CallFigures))}
	behind := a.links(filter, days)
	for _, f := range reports.CallFigures {
		v := figureView{Value: f.Of(*now)}
		if before != nil {
			v.compare(f.Of(*before))
		}
		if filter != nil {
			v.Rows = behind.conversions(f.Behind)
		}
		row.Figures[f.ID] = v
	}
	return row
}
