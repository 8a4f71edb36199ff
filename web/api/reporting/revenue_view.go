package reporting

import (
	"ringback/explanation"
	"ringback/models/revenue"
	"ringback/reports"
	"ringback/touchpoints/credit"
)

// creditRow are the values of one key.
type creditRow struct {
	key    string
	values []revenue.Value
}

// byKey returns the rows of values, those of a key of which follow each other.
func byKey(values []revenue.Value) (rows []creditRow) {
	for _, v := range values {
		if len(rows) == 0 || rows[len(rows)-1].key != v.Key {
			rows = append(rows, creditRow{key: v.Key})
		}
		last := &rows[len(rows)-1]
		last.values = append(last.values, v)
	}
	return rows
}

// revenueView returns the view of the totals of each span, and of the rows.
func (a revenueAsked) revenueView(w explanation.Writer, totals []revenue.Answer, rows revenue.Answer) revenueView {
	v := revenueView{reportView: a.viewOf(totals[0].TimeZone, totals[0].AsOf), Currency: a.money, Models: []reportModelView{}}
	for _, f := range reports.CreditFigures {
		v.Meanings = append(v.Meanings, meaningView{
			ID: string(f.ID), Name: w.CreditFigureName(f), Meaning: w.CreditFigureMeaning(f), Date: f.Date, ByDate: w.FigureDate(f.Date),
			Money: f.Money, Models: a.models(f.Models),
		})
	}
	for _, model := range a.models(append(credit.ModelNames(), credit.CustomName)) {
		v.Models = append(v.Models, reportModelView{Model: model, Name: w.CreditModel(model)})
	}
	total := creditRow{values: totals[0].Values}
	var before *creditRow
	if len(totals) > 1 {
		before = &creditRow{values: totals[1].Values}
	}
	v.Total = new(a.creditRow(total, before, true))
	v.Mixed = mixed(*v.Total)
	v.Rows = a.creditRows(rows)
	return v
}

// models returns those of some models that the site has.
func (a revenueAsked) models(all []string) (some []string) {
	for _, model := range all {
		if model != credit.CustomName || a.custom {
			some = append(some, model)
		}
	}
	return some
}

// mixed reports whether a row has amounts that are not in its sums.
func mixed(row rowView) bool {
	for _, f := range row.Figures {
		if len(f.Left) > 0 {
			return true
		}
	}
	return false
}

func (a revenueAsked) creditRows(rows revenue.Answer) []rowView {
	earlier := map[string]creditRow{}
	for _, row := range byKey(rows.Compared) {
		earlier[row.key] = row
	}
	out := []rowView{}
	for _, row := range byKey(rows.Values) {
		var before *creditRow
		if len(a.spans) > 1 {
			before = new(earlier[row.key])
		}
		out = append(out, a.creditRow(row, before, false))
	}
	return out
}

// creditDays returns the totals of each day on which there are any.
func (a revenueAsked) creditDays(answer revenue.Answer) []rowView {
	out := []rowView{}
	for values := answer.Values; len(values) > 0; {
		end := 1
		for end < len(values) && values[end].Day == values[0].Day {
			end++
		}
		one := a
		if day, err := reports.ParseDay(values[0].Day); err == nil { // the store has no other
			one.spans = []reports.Span{{Period: reports.Period{From: day, To: day}}}
		}
		row := one.creditRow(creditRow{values: values[:end]}, nil, true)
		row.Key["day"] = values[0].Day
		out = append(out, row)
		values = values[end:]
	}
	return out
}

// creditRow returns the view of a row. A total has the figures that are not divided by the
// values of touchpoints, too.
func (a revenueAsked) creditRow(now creditRow, before *creditRow, total bool) rowView {
	row := rowView{Key: map[string]string{}, Figures: make(map[string]figureView, 40)}
	if !total {
		values := revenue.KeyValues(now.key)
		for i, column := range a.by.Columns() {
			row.Key[column] = values[i]
		}
	}
	filter := a.links(row.Key, a.spans[0].Period).filter
	a.eachFigure(total, func(f shownFigure) {
		value := a.value(now, f)
		if before != nil {
			value.compare(a.value(*before, f).Value)
		}
		if f.behind != "" {
			value.Rows = f.behind + filter
		}
		row.Figures[f.name] = value
	})
	return row
}

// eachFigure calls do with each figure and model of a row.
func (a revenueAsked) eachFigure(total bool, do func(f shownFigure)) {
	for _, f := range a.shown {
		if total || !f.Total {
			do(f)
		}
	}
}

// value returns the value of a figure by a model.
func (a revenueAsked) value(row creditRow, f shownFigure) figureView {
	switch {
	case f.ID == reports.Coverage:
		attributed, all := a.sum(row, reports.AttributedRevenue, ""), a.sum(row, reports.AllRevenue, "")
		return figureView{Value: reports.Ratio(attributed.Amount, all.Amount), Left: all.Left}
	case f.Money:
		sum := a.sum(row, f.ID, f.model)
		return figureView{Value: new(float64(sum.Amount)), Left: sum.Left}
	default:
		var sum int64
		for i := range row.values {
			if v := &row.values[i]; v.Figure == f.ID {
				sum += v.Of(f.model)
			}
		}
		if f.model == "" {
			return figureView{Value: new(float64(sum))}
		}
		return figureView{Value: new(float64(sum) / credit.Whole)}
	}
}

// sum returns the sum of amounts in the currency of the report.
func (a revenueAsked) sum(row creditRow, figure reports.CreditID, model string) credit.Total {
	var amounts []credit.Money
	for i := range row.values {
		if v := &row.values[i]; v.Figure == figure && v.Of(model) != 0 {
			amounts = append(amounts, credit.Money{Amount: v.Of(model), Currency: v.Currency})
		}
	}
	return a.rates.Total(amounts, a.money)
}
