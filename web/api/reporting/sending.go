package reporting

import (
	"context"

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
	sums := make([]reports.SendCounts, len(rows))
	for i := range rows {
		for _, row := range rows[i] {
			sums[i] = sums[i].Plus(row.SendCounts)
			if i > 0 {
				before[[2]string{row.IntegrationID, string(row.Reason)}] = row.SendCounts
			}
		}
	}
	for _, row := range rows[0] {
		var other *reports.SendCounts
		if len(rows) > 1 {
			other = new(before[[2]string{row.IntegrationID, string(row.Reason)}])
		}
		v.Rows = append(v.Rows, a.sendRow(row, other))
	}
	var other *reports.SendCounts
	if len(sums) > 1 {
		other = &sums[1]
	}
	v.Total = new(a.sendRow(figures.SendRow{SendCounts: sums[0]}, other))
	return v, nil
}

// sendRow returns the row of an integration and a reason, or of all if it names none.
func (a asked) sendRow(now figures.SendRow, before *reports.SendCounts) rowView {
	row := rowView{Key: map[string]string{}, Figures: make(map[string]figureView, len(reports.SendFigures))}
	filter := map[string]string{}
	if now.IntegrationID != "" {
		row.Key = map[string]string{"integration_id": now.IntegrationID, "integration": now.Name, "reason": string(now.Reason)}
		filter = map[string]string{"integration_id": now.IntegrationID, "reason": string(now.Reason)}
	}
	for _, f := range reports.SendFigures {
		v := figureView{Value: f.OfSends(now.SendCounts)}
		if before != nil {
			v.compare(f.OfSends(*before))
		}
		if f.Rows {
			v.Rows = a.link(f.ID, filter, a.spans[0].Period)
		}
		row.Figures[f.ID] = v
	}
	return row
}
