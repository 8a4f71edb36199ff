package reporting

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"ringback/models/figures"
	"ringback/reports"
	"ringback/web/internal/sites"
)

// The bounds of the values that are returned.
const (
	valuesDays  = 90
	valuesEach  = 200
	valuesPaths = 1000 // by channel, source, medium, campaign and term together
)

// valuesView are the values that calls and leads had.
type valuesView struct {
	From   string              `json:"from" doc:"The first day that is counted." example:"2026-09-01"`
	Values map[string][]string `json:"values" doc:"The values by field: tag, channel, source, medium, campaign, term, landing_page, device. Up to 200 each, the most frequent first."`
}

// valuesBy are the dimensions whose keys have the values.
var valuesBy = []figures.Query{
	{Dimension: figures.Tag, OrderBy: "calls", Limit: valuesEach}, {Dimension: figures.Term, OrderBy: "calls", Limit: valuesPaths},
	{Dimension: figures.LandingPage, OrderBy: "calls", Limit: valuesEach}, {Dimension: figures.Device, OrderBy: "calls", Limit: valuesEach},
}

// values returns what tags and traffic were seen in at least the last 90 days. It begins with
// a whole month, whose days are added up already.
func (h *Handler) values(ctx context.Context, in sites.InSite) (valuesView, error) {
	a, err := h.read(ctx, Asked{InSite: in})
	if err != nil {
		return valuesView{}, err
	}
	period := reports.Period{From: (a.today - valuesDays + 1).Month(), To: a.today}
	queries := slices.Clone(valuesBy)
	for i := range queries {
		queries[i].Span = period.Elapsed(a.today)
	}
	keys, err := h.store.Keys(ctx, a.account, a.site, queries...)
	if err != nil {
		return valuesView{}, err
	}
	counts := map[string]map[string]int64{}
	for i, q := range queries {
		for _, key := range keys[i] {
			for n, name := range names[q.Dimension] {
				if counts[name] == nil {
					counts[name] = map[string]int64{}
				}
				counts[name][key.Values[n]] += key.Count
			}
		}
	}
	v := valuesView{From: period.From.String(), Values: map[string][]string{}}
	for name, found := range counts {
		delete(found, "") // what is not known
		v.Values[name] = mostFrequent(found)
	}
	return v, nil
}

// mostFrequent returns the most frequent values.
func mostFrequent(counts map[string]int64) []string {
	values := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y))
	})
	return values[:min(len(values), valuesEach)]
}
