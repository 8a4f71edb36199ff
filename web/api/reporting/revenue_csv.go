package reporting

import (
	"context"
	"strconv"

	"ringback/models/revenue"
	"ringback/reports"
	"ringback/touchpoints/credit"
	"ringback/web/internal/csvfile"
	"ringback/web/internal/openapi"
)

func (h *Handler) revenueCSV(ctx context.Context, in *AskedRevenue) (*openapi.File, error) {
	a, err := h.readRevenue(ctx, *in)
	if err != nil {
		return nil, err
	}
	if a.money == "" {
		totals, err := h.store.Revenue(ctx, a.account, a.site, revenue.Query{Dimension: revenue.Whole, Span: a.spans[0]})
		if err != nil {
			return nil, err
		}
		a.findCurrency(totals)
	}
	head := append([]string{}, a.by.Columns()...)
	head = append(head, "currency")
	a.eachFigure(false, func(f shownFigure) { head = append(head, f.name) })
	return csvfile.New("revenue", head, func(write func([]string) error) error { return h.writeRevenue(ctx, a, write) }), nil
}

// writeRevenue writes a line for each key, and one for each currency of it without a rate.
func (h *Handler) writeRevenue(ctx context.Context, a revenueAsked, write func(line []string) error) error {
	var row creditRow
	end := func() error {
		if len(row.values) == 0 {
			return nil
		}
		for _, line := range a.lines(row) {
			if err := write(line); err != nil {
				return err
			}
		}
		return nil
	}
	err := h.store.EachRevenue(ctx, a.account, a.site, a.query, func(v revenue.Value) error {
		if v.Key == row.key || len(row.values) == 0 {
			row.key, row.values = v.Key, append(row.values, v)
			return nil
		}
		err := end()
		row = creditRow{key: v.Key, values: []revenue.Value{v}}
		return err
	})
	if err != nil {
		return err
	}
	return end()
}

// lines returns the lines of a key.
func (a revenueAsked) lines(row creditRow) [][]string {
	start := []string{}
	for _, value := range revenue.KeyValues(row.key)[:len(a.by.Columns())] {
		start = append(start, csvfile.Harmless(value))
	}
	line := append(start[:len(start):len(start)], a.money)
	left, currencies := map[string]map[string]int64{}, []string{}
	a.eachFigure(false, func(f shownFigure) {
		value := a.value(row, f)
		line = append(line, a.text(f.CreditFigure, *value.Value))
		for _, m := range value.Left {
			if left[m.Currency] == nil {
				left[m.Currency], currencies = map[string]int64{}, append(currencies, m.Currency)
			}
			left[m.Currency][f.name] = m.Amount
		}
	})
	lines := [][]string{line}
	for _, currency := range currencies {
		line := append(start[:len(start):len(start)], currency)
		a.eachFigure(false, func(f shownFigure) {
			text := ""
			if f.Money {
				text = credit.Money{Amount: left[currency][f.name], Currency: currency}.Units()
			}
			line = append(line, text)
		})
		lines = append(lines, line)
	}
	return lines
}

func (a revenueAsked) text(f reports.CreditFigure, value float64) string {
	if f.Money {
		return credit.Money{Amount: int64(value), Currency: a.money}.Units()
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}
