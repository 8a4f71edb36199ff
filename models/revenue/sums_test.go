package revenue_test

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/reports"
)

// touch is a touchpoint as it is stored.
type touch struct {
	person, key                      string
	at                               time.Time
	firstTouch, leadCreation, uShape int64
}

// given is a share of an opportunity as it is stored.
type given struct {
	deal, model, touchpoint string
	share, amount           int64
}

// all is everything that the report is made of: touchpoints, credit and calls by plain SQL,
// people and opportunities as they were reported.
type all struct {
	touches map[string]touch
	credits []given
	calls   map[[2]string]int64 // by day and outcome
	people  []crm.Person
	deals   []crm.Opportunity
}

func (w *world) all(t *testing.T) all {
	t.Helper()
	found := all{touches: map[string]touch{}, calls: map[[2]string]int64{}}
	const shown = " WHERE generation = (SELECT generation FROM journey_rules WHERE state = 'serving')"
	each(t, w.db, "SELECT id, person_id, at, channel, subchannel, source, medium, campaign, first_touch, lead_creation, u_shaped FROM journey_touchpoints"+shown, func(rows *sql.Rows) error {
		var id string
		var x touch
		key := make([]string, 5)
		err := rows.Scan(&id, &x.person, &x.at, &key[0], &key[1], &key[2], &key[3], &key[4], &x.firstTouch, &x.leadCreation, &x.uShape)
		x.key = strings.Join(key, "\x1f")
		found.touches[id] = x
		return err
	})
	each(t, w.db, "SELECT opportunity_id, model, touchpoint_id, share, amount FROM journey_credits"+shown, func(rows *sql.Rows) error {
		var x given
		err := rows.Scan(&x.deal, &x.model, &x.touchpoint, &x.share, &x.amount)
		found.credits = append(found.credits, x)
		return err
	})
	each(t, w.db, "SELECT day, outcome FROM journey_calls"+shown, func(rows *sql.Rows) error {
		var of [2]string
		err := rows.Scan(&of[0], &of[1])
		found.calls[of]++
		return err
	})
	page := models.Page{Limit: 100}
	var err error
	found.people, _, err = w.store.CRMPeople(t.Context(), w.site.AccountID, w.site.ID, page)
	require.NoError(t, err)
	found.deals, _, err = w.store.Opportunities(t.Context(), w.site.AccountID, w.site.ID, page)
	require.NoError(t, err)
	return found
}

func each(t *testing.T, db *sql.DB, query string, scan func(*sql.Rows) error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		require.NoError(t, scan(rows))
	}
	require.NoError(t, rows.Err())
}

// cell is where a value is added up.
type cell struct {
	key, currency, model string
	figure               reports.CreditID
}

// expected adds up everything in a span by a dimension, apart from how the store does it.
func (w *world) expected(x all, d revenue.Dimension, span reports.Span) map[cell]int64 {
	sums, zone := map[cell]int64{}, w.zone()
	in := func(at time.Time) bool {
		day := reports.DayOf(at, zone)
		return span.Has(day) && (span.Until.IsZero() || day < span.To || at.Before(span.Until))
	}
	add := func(at *time.Time, key, currency string, figure reports.CreditID, model string, value int64) {
		if at == nil || !in(*at) {
			return
		}
		if parts := strings.Split(key, "\x1f"); key != "" {
			key = strings.Join(parts[:len(d.Columns())], "\x1f")
		}
		if value != 0 {
			sums[cell{key, currency, model, figure}] += value
		}
	}
	if d == revenue.Outcome {
		for of, calls := range x.calls {
			if day, err := reports.ParseDay(of[0]); err == nil && span.Has(day) {
				sums[cell{of[1], "", "", reports.Calls}] += calls
			}
		}
		return sums
	}
	added := addedAt(x.people)
	for _, touch := range x.touches {
		add(&touch.at, touch.key, "", reports.Touchpoints, "", 1)
		for model, value := range map[string]int64{"first_touch": touch.firstTouch, "lead_creation": touch.leadCreation, "u_shaped": touch.uShape} {
			add(added[touch.person], touch.key, "", reports.Leads, model, value)
		}
	}
	touched, deals := map[string]bool{}, map[string]crm.Opportunity{}
	for _, deal := range x.deals {
		deals[deal.ID] = deal
	}
	for _, c := range x.credits {
		deal, touch := deals[c.deal], x.touches[c.touchpoint]
		touched[c.deal] = true
		add(&deal.OpenedAt, touch.key, "", reports.Opportunities, c.model, c.share)
		add(&deal.OpenedAt, touch.key, deal.Currency, reports.Pipeline, c.model, c.amount)
		if deal.Won {
			add(deal.ClosedAt, touch.key, "", reports.Deals, c.model, c.share)
			add(deal.ClosedAt, touch.key, deal.Currency, reports.Revenue, c.model, c.amount)
			add(&touch.at, touch.key, deal.Currency, reports.Realized, c.model, c.amount)
		}
	}
	if d == revenue.Whole {
		for _, at := range added {
			add(at, "", "", reports.AllLeads, "", 1)
		}
		for _, deal := range x.deals {
			add(&deal.OpenedAt, "", "", reports.AllOpportunities, "", 1)
			if !deal.Won {
				continue
			}
			add(deal.ClosedAt, "", "", reports.AllDeals, "", 1)
			add(deal.ClosedAt, "", deal.Currency, reports.AllRevenue, "", deal.Amount)
			if touched[deal.ID] {
				add(deal.ClosedAt, "", "", reports.AttributedDeals, "", 1)
				add(deal.ClosedAt, "", deal.Currency, reports.AttributedRevenue, "", deal.Amount)
			}
		}
	}
	return sums
}

// addedAt returns when the CRM got to have each person, by id: the earliest time of those
// who have become the person.
func addedAt(people []crm.Person) map[string]*time.Time {
	byID := map[string]crm.Person{}
	for _, p := range people {
		byID[p.ExternalID] = p
	}
	added := map[string]*time.Time{}
	for _, p := range people {
		current := p
		if contact, known := byID[p.SameAs]; known && p.SameAs != "" {
			current = contact
		}
		if old := added[current.ID]; p.AddedAt != nil && (old == nil || p.AddedAt.Before(*old)) {
			added[current.ID] = p.AddedAt
		}
	}
	return added
}

// values returns the values of an answer by cell.
func values(found []revenue.Value) map[cell]int64 {
	sums := map[cell]int64{}
	for _, v := range found {
		for _, model := range []string{"", "first_touch", "lead_creation", "u_shaped", "w_shaped", "full_path", "custom"} {
			if n := v.Of(model); n != 0 {
				sums[cell{v.Key, v.Currency, model, v.Figure}] += n
			}
		}
	}
	return sums
}

// differences returns what was expected and what was found where they differ.
func differences(expected, found map[cell]int64) map[cell][2]int64 {
	all := map[cell][2]int64{}
	for c, n := range expected {
		all[c] = [2]int64{n, found[c]}
	}
	for c, n := range found {
		all[c] = [2]int64{expected[c], n}
	}
	maps.DeleteFunc(all, func(_ cell, both [2]int64) bool { return both[0] == both[1] })
	return all
}

// TestM8_RevenueIsTheSumOfAllTouchpointsAndCredit compares the answers with sums over
// everything, over random days, zones, periods, late changes, erasures and changed rules.
func TestM8_RevenueIsTheSumOfAllTouchpointsAndCredit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
			w := newWorld(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), seed)
			for i := range 26 {
				w.happen(t)
				if w.rand.IntN(3) == 0 {
					w.work(t)
				}
				if i == 16 {
					w.remodel(t)
				}
				w.clock.Advance(time.Duration(20+w.rand.IntN(9)) * time.Hour)
			}
			w.happen(t)
			w.work(t)
			w.compare(t)
			w.rezone(t)
			w.happen(t)
			w.work(t)
			w.compare(t)
		})
	}
}

func (w *world) compare(t *testing.T) {
	t.Helper()
	x, today := w.all(t), reports.DayOf(w.clock.Now(), w.zone())
	require.NotEmpty(t, x.credits)
	require.NotEmpty(t, x.calls)
	for range 6 {
		from := today - reports.Day(w.rand.IntN(60))
		period := reports.Period{From: from, To: min(today+1, from+reports.Day(w.rand.IntN(60)))}
		spans := []reports.Span{period.Elapsed(today)}
		how := pick(w.rand, reports.ComparePrevious, reports.CompareOwn) // own days reach beyond today
		other, err := period.Compared(how, from.String(), (today + 50).String(), w.clock.Now(), w.zone())
		require.NoError(t, err)
		spans = append(spans, *other)
		for _, span := range spans {
			queries := make([]revenue.Query, 0, 8)
			for _, dimension := range revenue.Dimensions() {
				queries = append(queries, revenue.Query{Dimension: dimension, Span: span, ByDay: w.rand.IntN(4) == 0})
			}
			answers, err := w.store.Revenue(w.viewing(t), w.site.AccountID, w.site.ID, queries...)
			require.NoError(t, err)
			for i, q := range queries {
				require.Empty(t, differences(w.expected(x, q.Dimension, span), values(answers[i].Values)), "%+v in %s", q, w.site.TimeZone)
			}
			w.compareOrder(t, x, span, pick(w.rand, spans...))
		}
	}
}

// viewing returns a context with which reports are read by two connections, if the database
// has more than one state for them to read.
func (w *world) viewing(t *testing.T) context.Context {
	return models.WithSpare(models.Viewing(t.Context()), func() (release func(), ok bool) { return func() {}, true })
}

// compareOrder compares the first campaigns by a figure with all campaigns in their order, and
// their values in another span with those that they have there.
func (w *world) compareOrder(t *testing.T, x all, span, other reports.Span) {
	t.Helper()
	order := pick(w.rand, revenue.Order{Figure: reports.Touchpoints}, revenue.Order{Figure: reports.Leads, Model: "u_shaped"}, revenue.Order{Figure: reports.Deals, Model: "first_touch"})
	q := revenue.Query{Dimension: revenue.Campaign, Span: span, Order: &order, Limit: 1 + w.rand.IntN(12), Compared: &other}
	answers, err := w.store.Revenue(w.viewing(t), w.site.AccountID, w.site.ID, q)
	require.NoError(t, err)
	sums := w.expected(x, revenue.Campaign, span)
	var keys, found []string
	for c := range sums {
		keys = append(keys, c.key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(
			cmp.Compare(sums[cell{b, "", order.Model, order.Figure}], sums[cell{a, "", order.Model, order.Figure}]),
			cmp.Compare(sums[cell{b, "", "", reports.Touchpoints}], sums[cell{a, "", "", reports.Touchpoints}]), cmp.Compare(a, b),
		)
	})
	keys = slices.Compact(keys)
	for _, v := range answers[0].Values {
		found = append(found, v.Key)
	}
	found = slices.Compact(found)
	require.Equal(t, keys[:min(q.Limit, len(keys))], found, "%+v by %+v", q, order)
	before := w.expected(x, revenue.Campaign, other)
	maps.DeleteFunc(before, func(c cell, _ int64) bool { return !slices.Contains(found, c.key) })
	require.Empty(t, differences(before, values(answers[0].Compared)), "%+v compared with %+v", q, other)
}

// TestM8_TheLargestComeFirstInOneCurrency orders campaigns by revenue.
func TestM8_TheLargestComeFirstInOneCurrency(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), 3)
		for range 14 {
			w.happen(t)
			w.clock.Advance(24 * time.Hour)
		}
		w.work(t)
		today := reports.DayOf(w.clock.Now(), w.zone())
		q := revenue.Query{Dimension: revenue.Campaign, Span: reports.Span{Period: reports.Period{From: today - 30, To: today}}}
		worth := map[string]float64{"USD": 1, "EUR": 1.1, "JPY": 0.6}
		ordered := q
		ordered.Order, ordered.Limit = &revenue.Order{Figure: reports.Pipeline, Model: "first_touch", Worth: worth}, 3
		answers, err := w.store.Revenue(t.Context(), w.site.AccountID, w.site.ID, q, ordered)
		require.NoError(t, err)
		sums := map[string]float64{}
		for c, n := range values(answers[0].Values) {
			if c.figure == reports.Pipeline && c.model == "first_touch" {
				sums[c.key] += float64(n) * worth[c.currency]
			}
		}
		var keys []string
		for _, v := range answers[1].Values {
			if !slices.Contains(keys, v.Key) {
				keys = append(keys, v.Key)
			}
		}
		require.NotEmpty(t, sums)
		require.LessOrEqual(t, len(keys), 3)
		for i, key := range keys[1:] {
			require.GreaterOrEqual(t, sums[keys[i]], sums[key])
		}
		for key, sum := range sums {
			require.True(t, slices.Contains(keys, key) || sum <= sums[keys[len(keys)-1]], key)
		}
		var each []revenue.Value
		require.NoError(t, w.store.EachRevenue(t.Context(), w.site.AccountID, w.site.ID, q, func(v revenue.Value) error { each = append(each, v); return nil }))
		require.Equal(t, answers[0].Values, each)
	})
}

func TestG9_AnotherAccountsRevenueDoesNotExist(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		_, err := s.Revenue(t.Context(), other.AccountID, site.ID, revenue.Query{Dimension: revenue.Whole})
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		_, err = s.RevenueZone(t.Context(), other.AccountID, site.ID)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		err = s.EachRevenue(t.Context(), other.AccountID, site.ID, revenue.Query{Dimension: revenue.Whole}, nil)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
	})
}
