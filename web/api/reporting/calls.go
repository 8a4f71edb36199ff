package reporting

import (
	"context"
	"strconv"
	"time"

	"ringback/models/figures"
	"ringback/reports"
	"ringback/web/internal/reqctx"
)

// names are the names of the values of a dimension's key, which are those of the filters
// of the list of conversions, too.
var names = map[figures.Dimension][]string{
	figures.Channel: {"channel"}, figures.Source: {"channel", "source", "medium"},
	figures.Campaign: {"channel", "source", "medium", "campaign"}, figures.Term: {"channel", "source", "medium", "campaign", "term"},
	figures.LandingPage: {"landing_page"}, figures.Device: {"device"}, figures.Number: {"number_id"}, figures.Pool: {"pool_id"},
	figures.Form: {"form"}, figures.Tag: {"tag"}, figures.WhyNoVisit: {"no_visit"}, figures.Whole: {},
}

// rows returns the rows of a dimension, each compared with the same key of the other span.
// Always makes a row also if nothing was counted, for totals.
func (a asked) rows(d figures.Dimension, answers []figures.Answer, always bool) []rowView {
	before := map[string]reports.Counts{}
	if len(a.spans) > 1 {
		for _, row := range answers[1].Rows {
			before[row.Key] = row.Counts
		}
	}
	found := answers[0].Rows
	if always && len(found) == 0 {
		found = []figures.Row{{}}
	}
	out := make([]rowView, 0, len(found))
	for _, row := range found {
		key := keyOf(d, row)
		var other *reports.Counts
		if len(a.spans) > 1 {
			other = new(before[row.Key])
		}
		out = append(out, a.row(key, key, &row.Counts, other, a.spans[0].Period))
	}
	return out
}

// keyOf returns the values of a row's key by name.
func keyOf(d figures.Dimension, row figures.Row) map[string]string {
	key, values := map[string]string{}, row.Values()
	for i, name := range names[d] {
		key[name] = values[i]
	}
	return key
}

// AskedSources are the parameters of the report on sources.
type AskedSources struct {
	Asked
	By       figures.Dimension `query:"by" enum:"channel,source,campaign,term,landing_page,device,number,pool,form,tag" default:"channel" doc:"What to divide by. A source is a channel with a source and a medium, a campaign has these too, and so on."`
	Channel  string            `query:"channel" maxLength:"255" doc:"With source, campaign and term: only those of this channel."`
	Contains string            `query:"contains" maxLength:"100" doc:"Only rows that contain this text."`
	OrderBy  string            `query:"order_by" enum:"calls,uniques,targets,unique_targets,missed,leads" default:"calls" doc:"The figure whose largest rows come first."`
	Rows     int               `query:"rows" minimum:"1" maximum:"1000" default:"100" doc:"How many rows to return at most. The CSV has all."`
}

func (in AskedSources) query() figures.Query {
	q := figures.Query{Dimension: in.By, Like: in.Contains, OrderBy: in.OrderBy, Limit: in.Rows}
	if in.Channel != "" && len(names[in.By]) > 2 {
		q.Under = []string{in.Channel}
	}
	return q
}

func (h *Handler) sources(ctx context.Context, in AskedSources) (reportView, error) {
	a, err := h.read(ctx, in.Asked)
	if err != nil {
		return reportView{}, err
	}
	answers, err := h.counts(ctx, a, in.query(), figures.Query{Dimension: figures.Whole})
	if err != nil {
		return reportView{}, err
	}
	v, n := a.view(reqctx.Writer(ctx), answers[0], reports.CallFigures), len(a.spans)
	v.Rows = a.rows(in.By, answers[:n], false)
	v.Total = &a.rows(figures.Whole, answers[n:], true)[0]
	return v, nil
}

// hours returns the calls by weekday and hour. The hour that comes twice when the clocks
// go back is one row.
func (h *Handler) hours(ctx context.Context, in Asked) (reportView, error) {
	a, err := h.read(ctx, in)
	if err != nil {
		return reportView{}, err
	}
	answers, err := h.counts(ctx, a, figures.Query{Dimension: figures.Hour})
	if err != nil {
		return reportView{}, err
	}
	type cell struct{ weekday, hour int }
	sums := make([]map[cell]reports.Counts, len(a.spans))
	for i, answer := range answers {
		sums[i] = map[cell]reports.Counts{}
		for _, row := range answer.Rows {
			begins, _ := strconv.ParseInt(row.Key, 10, 64) // written by the store
			local := time.Unix(begins, 0).In(a.zone)
			at := cell{(int(local.Weekday())+6)%7 + 1, local.Hour()}
			sums[i][at] = sums[i][at].Plus(row.Counts)
		}
	}
	w := reqctx.Writer(ctx)
	v := a.view(w, answers[0], reports.CallFigures)
	for weekday := 1; weekday <= 7; weekday++ {
		for hour := range 24 {
			at := cell{weekday, hour}
			var before *reports.Counts
			if len(sums) > 1 {
				before = new(sums[1][at])
			}
			key := map[string]string{"weekday": strconv.Itoa(weekday), "hour": strconv.Itoa(hour)}
			v.Rows = append(v.Rows, a.row(key, key, new(sums[0][at]), before, a.spans[0].Period))
		}
	}
	return v, nil
}
