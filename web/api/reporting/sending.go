package reporting

import (
	"cmp"
	"context"

	"ringback/conversion"
	"ringback/models/figures"
	"ringback/reports"
	"ringback/web/internal/reqctx"
)

func (h *Handler) sending(ctx context.Context, in Asked) (reportView, error) {
	a, err := h.read(ctx, in)
	if err != nil {
		return reportView{}, err
	}
	rows, answer, err := h.store.Sends(ctx, a.account, a.site, a.spans...)
	if err != nil {
		return reportView{}, err
	}
	w := reqctx.Writer(ctx)
	v := a.view(w, answer, reports.SendFigures)
	before := map[[2]string]reports.SendCounts{}
	if len(rows) > 1 {
		for _, row := range rows[1] {
			before[[2]string{row.IntegrationID, string(row.Reason)}] = row.SendCounts
		}
	}
	for _, row := range rows[0] {
		var other *reports.SendCounts
		if len(rows) > 1 {
			other = new(before[[2]string{row.IntegrationID, string(row.Reason)}])
		}
		key := map[string]string{"integration_id": row.IntegrationID, "integration": row.Name, "reason": string(row.Reason)}
		filter := map[string]string{"integration_id": row.IntegrationID, "reason": string(row.Reason)}
		v.Rows = append(v.Rows, a.sendFigures(key, filter, row.SendCounts, other))
	}
	v.Total = new(a.sendTotal(rows))
	return v, nil
}

// sendTotal returns the sum of the rows of each span.
func (a asked) sendTotal(rows [][]figures.SendRow) rowView {
	sums := make([]reports.SendCounts, len(rows))
	for i := range rows {
		for _, row := range rows[i] {
			sums[i] = sums[i].Plus(row.SendCounts)
		}
	}
	var other *reports.SendCounts
	if len(sums) > 1 {
		other = &sums[1]
	}
	return a.sendFigures(map[string]string{}, map[string]string{}, sums[0], other)
}

// sendFigures returns the row of a key. Filter is what its conversions are listed by.
func (a asked) sendFigures(key, filter map[string]string, now reports.SendCounts, before *reports.SendCounts) rowView {
	row := rowView{Key: key, Figures: make(map[string]figureView, len(reports.SendFigures))}
	behind := a.links(filter, a.spans[0].Period)
	for _, f := range reports.SendFigures {
		v := figureView{Value: f.OfSends(now), Rows: behind.conversions(f.Behind)}
		if before != nil {
			v.compare(f.OfSends(*before))
		}
		row.Figures[f.ID] = v
	}
	return row
}

// compareSkipped orders reasons by how many decisions they have. Those of integrations that
// are switched off come last: somebody has chosen them.
func compareSkipped(x, y rowView) int {
	last := func(v rowView) int {
		if v.Key["reason"] == string(conversion.ReasonSwitchedOff) {
			return 1
		}
		return 0
	}
	return cmp.Or(last(x)-last(y), cmp.Compare(*y.Figures["skipped"].Value, *x.Figures["skipped"].Value), cmp.Compare(x.Key["reason"], y.Key["reason"]))
}
