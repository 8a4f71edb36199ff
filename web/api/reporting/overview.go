package reporting

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"ringback/models"
	"ringback/models/figures"
	"ringback/reports"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
)

// sendingPart is what the overview has of decisions and deliveries.
type sendingPart struct {
	Meanings []meaningView `json:"meanings" doc:"What the figures mean."`
	Total    rowView       `json:"total"`
	Skipped  []rowView     `json:"skipped" doc:"The decisions not to send by their reason, the most frequent first and those of switched-off integrations last."`
}

// handView is something that needs somebody to do something.
type handView struct {
	Code          string     `json:"code" enum:"failing_destination,failed_deliveries,full_pool,unread_messages,calls_without_visit"`
	IntegrationID string     `json:"integration_id,omitempty" example:"int_01jdq00000000000000000000"`
	PoolID        string     `json:"pool_id,omitempty" example:"pool_01jdq00000000000000000000"`
	Source        string     `json:"source,omitempty" example:"callrail"`
	Name          string     `json:"name,omitempty" doc:"The name of the integration, the pool or the source."`
	Count         int64      `json:"count,omitempty" doc:"How many messages of the source are unread." example:"3"`
	At            *time.Time `json:"at,omitempty" doc:"When a pool had no free number last, or when a destination is tried next."`
	Rows          string     `json:"rows,omitempty" doc:"Where to look further."`
	Explanation   string     `json:"explanation" doc:"The same as a sentence."`
}

// overviewView is the answer of the overview.
type overviewView struct {
	reportView
	Sending    sendingPart `json:"sending"`
	NeedsAHand []handView  `json:"needs_a_hand" doc:"What needs somebody to do something: destinations and pools as they are now, and what has failed in the period."`
}

func (h *Handler) overview(ctx context.Context, in Asked) (overviewView, error) {
	a, err := h.read(ctx, in)
	if err != nil {
		return overviewView{}, err
	}
	answers, err := h.overviewCounts(ctx, a)
	if err != nil {
		return overviewView{}, err
	}
	sends, _, err := h.store.Sends(ctx, a.account, a.site, a.spans...)
	if err != nil {
		return overviewView{}, err
	}
	w, n := reqctx.Writer(ctx), len(a.spans)
	days, totals, channels := answers[0].Rows, answers[:n], answers[n:]
	totals[0] = totals[0].Total()
	v := overviewView{reportView: a.view(w, totals[0], reports.CallFigures)}
	v.Total = &a.rows(figures.Whole, totals, true)[0]
	v.FewCalls = *v.Total.Figures["ended"].Value < reports.FewCalls
	for _, day := range days {
		v.Days = append(v.Days, a.row(map[string]string{"day": day.Day.String()}, map[string]string{}, &day.Counts, nil, reports.Period{From: day.Day, To: day.Day}))
	}
	v.Rows = a.rows(figures.Channel, channels, false)
	v.Sending = sendingPart{Meanings: meanings(w, reports.SendFigures), Total: a.sendTotal(sends), Skipped: a.skipped(sends[0])}
	v.NeedsAHand, err = h.needsAHand(ctx, a, sends[0], *v.Total)
	return v, err
}

// overviewCounts returns the counts of each span, those of the period by day, and then those
// of each span by channel.
func (h *Handler) overviewCounts(ctx context.Context, a asked) ([]figures.Answer, error) {
	var queries []figures.Query
	for i, span := range a.spans {
		queries = append(queries, figures.Query{Dimension: figures.Whole, Span: span, ByDay: i == 0})
	}
	for _, span := range a.spans {
		queries = append(queries, figures.Query{Dimension: figures.Channel, Span: span})
	}
	return h.store.Counts(ctx, a.account, a.site, queries...)
}

// skipped returns the decisions not to send by their reason.
func (a asked) skipped(sends []figures.SendRow) []rowView {
	byReason := map[string]reports.SendCounts{}
	for _, row := range sends {
		if row.Skipped() > 0 {
			byReason[string(row.Reason)] = byReason[string(row.Reason)].Plus(row.SendCounts)
		}
	}
	rows := []rowView{}
	for reason, counts := range byReason {
		rows = append(rows, a.sendFigures(map[string]string{"reason": reason}, map[string]string{"reason": reason}, counts, nil))
	}
	slices.SortFunc(rows, compareSkipped)
	return rows
}

// needsAHand returns what needs somebody to do something.
func (h *Handler) needsAHand(ctx context.Context, a asked, sends []figures.SendRow, total rowView) ([]handView, error) {
	all := []handView{}
	integrations, _, err := h.store.Integrations(ctx, a.account, a.site, models.Page{Limit: maxPools})
	if err != nil {
		return nil, err
	}
	breakers, err := h.store.SiteBreakers(ctx, a.site)
	if err != nil {
		return nil, err
	}
	for _, i := range integrations {
		if b := breakers[i.ID]; b.IsOpen() {
			all = append(all, handView{Code: "failing_destination", IntegrationID: i.ID, Name: i.Name, At: b.OpenUntil})
		}
	}
	all = append(all, a.failed(sends)...)
	pools, err := h.exhausted(ctx, a)
	if err != nil {
		return nil, err
	}
	all = append(all, pools...)
	unread, err := h.unread(ctx, a)
	if err != nil {
		return nil, err
	}
	all = append(all, unread...)
	if rate := total.Figures["known_visit_rate"].Value; rate != nil && *rate < 0.5 {
		all = append(all, handView{Code: "calls_without_visit", Rows: a.address("reports/tracking", a.spans[0].Period)})
	}
	w := reqctx.Writer(ctx)
	for i, need := range all {
		all[i].Explanation = w.NeedsAHand(need.Code, need.Name, need.Count)
	}
	return all, nil
}

// failed returns the integrations with deliveries that ended without success.
func (a asked) failed(sends []figures.SendRow) (all []handView) {
	for _, row := range sends {
		if row.Failed == 0 || slices.ContainsFunc(all, func(v handView) bool { return v.IntegrationID == row.IntegrationID }) {
			continue
		}
		rows := a.links(map[string]string{"integration_id": row.IntegrationID}, a.spans[0].Period).conversions("failed")
		all = append(all, handView{Code: "failed_deliveries", IntegrationID: row.IntegrationID, Name: row.Name, Rows: rows})
	}
	return all
}

// exhausted returns the pools that had no free number for somebody in the period.
func (h *Handler) exhausted(ctx context.Context, a asked) (all []handView, err error) {
	pools, _, err := h.store.Pools(ctx, a.account, a.site, models.Page{Limit: maxPools})
	from, _ := a.spans[0].Bounds(a.zone)
	for _, p := range pools {
		if p.ExhaustedAt != nil && !p.ExhaustedAt.Before(from) {
			all = append(all, handView{Code: "full_pool", PoolID: p.ID, Name: p.Name, At: p.ExhaustedAt, Rows: openapi.Root + "/sites/" + a.site + "/pools/" + p.ID})
		}
	}
	return all, err
}

// unread returns the sources with messages that could not be read.
func (h *Handler) unread(ctx context.Context, a asked) (all []handView, err error) {
	counts, err := h.store.UnreadBySource(ctx, a.account, a.site)
	for _, source := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, handView{
			Code: "unread_messages", Source: source, Name: h.titleOf(source), Count: counts[source],
			Rows: openapi.Root + "/sites/" + a.site + "/unread-messages?source=" + url.QueryEscape(source),
		})
	}
	return all, err
}

// titleOf returns the name of a source for people.
func (h *Handler) titleOf(source string) string {
	if of, ok := h.known.Get(source); ok {
		return of.Describe().Title
	}
	return source
}
