package revenue_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/reports"
)

// TestM8_RowsAreLimitedByTheirKeys asks for the rows of a channel, with a text, and of some keys,
// of a period whose days are added up and of one whose last day is read from facts.
func TestM8_RowsAreLimitedByTheirKeys(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), 11)
		for range 14 {
			w.happen(t)
			w.clock.Advance(20 * time.Hour)
		}
		w.happen(t)
		w.work(t)
		x, today := w.all(t), reports.DayOf(w.clock.Now(), w.zone())
		for _, last := range []reports.Day{today - 1, today} {
			span := reports.Span{Period: reports.Period{From: today - 12, To: last}}
			sums := w.expected(x, revenue.Campaign, span)
			one := slices.MinFunc(slices.Collect(maps.Keys(sums)), func(a, b cell) int { return strings.Compare(a.key, b.key) })
			for name, q := range map[string]revenue.Query{
				"under": {Under: revenue.KeyValues(one.key)[:1]},
				"like":  {Like: strings.ToUpper(revenue.KeyValues(one.key)[0])},
				"ВЕСНА": {Like: "ВЕСНА"}, // is stored with one large letter
				"keys":  {Keys: []string{one.key, "no such key"}},
			} {
				q.Dimension, q.Span = revenue.Campaign, span
				expected := maps.Clone(sums)
				maps.DeleteFunc(expected, func(c cell, _ int64) bool {
					channel := revenue.KeyValues(c.key)[0]
					like := q.Like != "" && !strings.Contains(strings.ToUpper(c.key), q.Like)
					return q.Under != nil && channel != q.Under[0] || like || q.Keys != nil && c.key != one.key
				})
				require.NotEmpty(t, expected, name)
				require.Less(t, len(expected), len(sums), name)
				w.requireRows(t, q, expected)
			}
		}
	})
}

// requireRows requires that a query is answered with some sums, all at once beside the whole, and
// one by one.
func (w *world) requireRows(t *testing.T, q revenue.Query, expected map[cell]int64) {
	t.Helper()
	err := w.store.ReadRevenue(t.Context(), w.site.AccountID, w.site.ID, q.Dimension, func(ask revenue.Ask) error {
		_, err := ask(revenue.Query{Dimension: revenue.Whole, Span: q.Span})
		require.NoError(t, err)
		answers, err := ask(q)
		require.NoError(t, err)
		require.Empty(t, differences(expected, values(answers[0].Values)), "%+v", q)
		return err
	})
	require.NoError(t, err)
	var each []revenue.Value
	require.NoError(t, w.store.EachRevenue(t.Context(), w.site.AccountID, w.site.ID, q, func(v revenue.Value) error { each = append(each, v); return nil }))
	require.Empty(t, differences(expected, values(each)), "%+v", q)
}
