package reporting

import (
	"context"
	"strconv"

	"ringback/models/figures"
	"ringback/reports"
	"ringback/web/internal/csvfile"
	"ringback/web/internal/openapi"
	"ringback/web/internal/wire"
)

// shown returns the handler of a report.
func shown[I, V any](view func(context.Context, I) (V, error)) func(context.Context, *I) (*wire.Answer[V], error) {
	return func(ctx context.Context, in *I) (*wire.Answer[V], error) {
		v, err := view(ctx, *in)
		if err != nil {
			return nil, err
		}
		return wire.Body(v), nil
	}
}

// table is the form of a CSV file: the columns of the keys, and the figures.
type table struct {
	file    string
	columns []string
	figures []reports.Figure
}

// saved returns the handler of a report with few rows as a CSV file.
func saved[I, V any](t table, view func(context.Context, I) (V, error), rows func(V) []rowView) func(context.Context, *I) (*openapi.File, error) {
	return func(ctx context.Context, in *I) (*openapi.File, error) {
		v, err := view(ctx, *in)
		if err != nil {
			return nil, err
		}
		return t.filled(func(write func(rowView) error) error {
			for _, row := range rows(v) {
				if err := write(row); err != nil {
					return err
				}
			}
			return nil
		}), nil
	}
}

// filled returns a file with the rows that a function passes on.
func (t table) filled(fill func(write func(rowView) error) error) *openapi.File {
	head := append([]string{}, t.columns...)
	for _, f := range t.figures {
		head = append(head, f.ID)
	}
	return csvfile.New(t.file, head, func(write func([]string) error) error {
		return fill(func(row rowView) error { return write(t.line(row)) })
	})
}

func (t table) line(row rowView) []string {
	line := make([]string, 0, len(t.columns)+len(t.figures))
	for _, name := range t.columns {
		line = append(line, csvfile.Harmless(row.Key[name]))
	}
	for _, f := range t.figures {
		line = append(line, number(row.Figures[f.ID].Value))
	}
	return line
}

// rowsOf returns the rows of a report.
func rowsOf(v reportView) []rowView { return v.Rows }

// daysOf returns the rows of the overview by day.
func daysOf(v overviewView) []rowView { return v.Days }

// trackingRows returns the rows of the report on the tracking.
func trackingRows(v trackingView) []rowView { return v.Rows }

// poolRows returns the rows of the report on pools, with what is shown of each pool beside
// its figures.
func poolRows(v poolsView) []rowView {
	rows := make([]rowView, 0, len(v.Pools))
	for _, p := range v.Pools {
		row := p.Calls
		row.Key = map[string]string{
			"pool_id": p.PoolID, "name": p.Name, "held": strconv.Itoa(p.Held), "free": strconv.Itoa(p.Free), "exhausted": strconv.FormatInt(p.Exhausted, 10),
		}
		rows = append(rows, row)
	}
	return rows
}

// sourcesCSV sends all rows of the report on sources, while they are read.
func (h *Handler) sourcesCSV(ctx context.Context, in *AskedSources) (*openapi.File, error) {
	a, err := h.read(ctx, in.Asked)
	if err != nil {
		return nil, err
	}
	q := in.query()
	q.Limit, q.Span = 0, a.spans[0]
	t := table{"sources", names[in.By], reports.CallFigures}
	return t.filled(func(write func(rowView) error) error {
		return h.store.EachCount(ctx, a.account, a.site, q, func(row figures.Row) error {
			return write(a.row(keyOf(in.By, row), nil, &row.Counts, nil, q.Span.Period))
		})
	}), nil
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
