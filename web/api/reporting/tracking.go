package reporting

import (
	"context"
	"time"

	"ringback/models/figures"
	"ringback/models/revenue"
	"ringback/reports"
	"ringback/touchpoints"
	"ringback/web/internal/reqctx"
)

// outcomeView is how many calls became what.
type outcomeView struct {
	Outcome touchpoints.Outcome `json:"outcome" example:"no_bizible_id"`
	Name    string              `json:"name" example:"Without a BizibleId"`
	Merged  bool                `json:"merged" doc:"Whether such a call belongs to a visit."`
	figureView
}

// trackingView is the answer of the report on the tracking.
type trackingView struct {
	reportView
	Calls     []outcomeView `json:"calls" doc:"What became of the calls and the Tasks of your CRM that began in the period. Those of which only the Task was read are among them. A comparison is with whole days, also while the period has not ended."`
	LastVisit *time.Time    `json:"last_visit,omitempty" doc:"When the last visit began that the script reported. Missing if there is none. POST /sites/{site}/check looks for the script on a page."`
}

func (h *Handler) tracking(ctx context.Context, in Asked) (trackingView, error) {
	a, err := h.read(ctx, in)
	if err != nil {
		return trackingView{}, err
	}
	answers, err := h.counts(ctx, a, figures.Query{Dimension: figures.WhyNoVisit}, figures.Query{Dimension: figures.Whole})
	if err != nil {
		return trackingView{}, err
	}
	n := len(a.spans)
	v := trackingView{reportView: a.view(reqctx.Writer(ctx), answers[0], reports.CallFigures)}
	v.Rows = a.rows(figures.WhyNoVisit, answers[:n], false)
	v.Total = &a.rows(figures.Whole, answers[n:], true)[0]
	if v.Calls, err = h.outcomes(ctx, a); err != nil {
		return trackingView{}, err
	}
	v.LastVisit, err = h.store.LastVisit(ctx, a.account, a.site)
	return v, err
}

// outcomes returns what became of the calls of the period. A comparison is with whole days.
func (h *Handler) outcomes(ctx context.Context, a asked) ([]outcomeView, error) {
	queries := make([]revenue.Query, len(a.spans))
	for i, span := range a.spans {
		queries[i] = revenue.Query{Dimension: revenue.Outcome, Span: reports.Span{Period: span.Period}}
	}
	answers, err := h.store.Revenue(ctx, a.account, a.site, queries...)
	if err != nil {
		return nil, err
	}
	counts := make([]map[touchpoints.Outcome]int64, len(answers))
	for i, answer := range answers {
		counts[i] = map[touchpoints.Outcome]int64{}
		for _, v := range answer.Values {
			counts[i][touchpoints.Outcome(v.Key)] = v.Units
		}
	}
	w, behind := reqctx.Writer(ctx), a.links(nil, a.spans[0].Period)
	all := make([]outcomeView, 0, len(touchpoints.Outcomes()))
	for _, o := range touchpoints.Outcomes() {
		v := outcomeView{Outcome: o, Name: w.CallOutcome(o), Merged: o == touchpoints.Merged}
		v.Value = new(float64(counts[0][o]))
		v.Rows = behind.to("merging", parameter{"outcome", string(o)})
		if len(counts) > 1 {
			v.compare(new(float64(counts[1][o])))
		}
		all = append(all, v)
	}
	return all, nil
}
