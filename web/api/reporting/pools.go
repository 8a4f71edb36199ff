package reporting

import (
	"context"
	"time"

	"ringback/internal/instant"
	"ringback/models"
	"ringback/models/figures"
	"ringback/models/tracking"
	"ringback/reports"
	"ringback/web/internal/reqctx"
)

// maxPools is how many pools the report has at most, the newest ones.
const maxPools = 500

// poolReportView is the report of one pool.
type poolReportView struct {
	PoolID         string     `json:"pool_id" example:"pool_01jdq00000000000000000000"`
	Name           string     `json:"name"`
	Held           int        `json:"held" doc:"Numbers that sessions have now."`
	Free           int        `json:"free" doc:"Numbers that are free now."`
	Exhausted      int64      `json:"exhausted" doc:"How often no number was free, since the pool was made."`
	ExhaustedAt    *time.Time `json:"exhausted_at,omitempty" doc:"When that last happened."`
	Calls          rowView    `json:"calls" doc:"The figures of the calls to its numbers in the period."`
	NobodyHeldRows string     `json:"nobody_held_rows" doc:"Where the calls are listed to numbers that nobody had been shown."`
}

// poolsView is the answer of the report on pools.
type poolsView struct {
	reportView
	Pools []poolReportView `json:"pools"`
}

func (h *Handler) pools(ctx context.Context, in Asked) (poolsView, error) {
	a, err := h.read(ctx, in)
	if err != nil {
		return poolsView{}, err
	}
	pools, _, err := h.store.Pools(ctx, a.account, a.site, models.Page{Limit: maxPools})
	if err != nil {
		return poolsView{}, err
	}
	use, err := h.store.PoolUse(ctx, a.account, a.site, instant.Now(h.clock))
	if err != nil {
		return poolsView{}, err
	}
	answers, err := h.counts(ctx, a, figures.Query{Dimension: figures.Pool})
	if err != nil {
		return poolsView{}, err
	}
	counts := make([]map[string]reports.Counts, len(answers))
	for i, answer := range answers {
		counts[i] = map[string]reports.Counts{}
		for _, row := range answer.Rows {
			counts[i][row.Key] = row.Counts
		}
	}
	w := reqctx.Writer(ctx)
	v := poolsView{reportView: a.view(w, answers[0], reports.CallFigures), Pools: make([]poolReportView, 0, len(pools))}
	for _, p := range pools {
		v.Pools = append(v.Pools, a.pool(p, use[p.ID], counts))
	}
	return v, nil
}

func (a asked) pool(p tracking.Pool, use tracking.PoolUse, counts []map[string]reports.Counts) poolReportView {
	key := map[string]string{"pool_id": p.ID}
	var before *reports.Counts
	if len(counts) > 1 {
		before = new(counts[1][p.ID])
	}
	days := a.spans[0].Period
	return poolReportView{
		PoolID: p.ID, Name: p.Name, Held: use.Held, Free: use.Numbers - use.Held, Exhausted: p.ExhaustedCount, ExhaustedAt: p.ExhaustedAt,
		Calls:          a.row(key, key, new(counts[0][p.ID]), before, days),
		NobodyHeldRows: a.links(map[string]string{"pool_id": p.ID, "no_visit": string(reports.NoVisitNobodyHeld)}, days).conversions("calls"),
	}
}
