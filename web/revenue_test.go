package web_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/modeltest"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/reports"
	"ringback/touchpoints"
	"ringback/visits"
)

// sellAtRandom records visits, leads and opportunities of some people within the last
// forty days. One euro is worth two dollars, and the franc has no rate.
func sellAtRandom(w *world, seed uint64) {
	w.t.Helper()
	r := rand.New(rand.NewPCG(seed, 8))
	site, err := w.store.Site(w.t.Context(), w.defaultAccount(), w.names["site"])
	require.NoError(w.t, err)
	for i := range 60 {
		at := w.clock.Now().Add(-time.Duration(r.IntN(40*24*60)) * time.Minute)
		n := r.IntN(9)
		phone, external := fmt.Sprintf("+120255501%02d", 30+n), fmt.Sprintf("person-%d", n)
		switch i % 3 {
		case 0:
			seen, err := w.store.RecordActivity(w.t.Context(), websites.Plan{Site: site}, models.Activity{Activity: visitors.Activity{
				VisitorID: fmt.Sprintf("visitor-of-revenue-%04d", n), HitID: fmt.Sprintf("hit_%d", i), Storage: "cookie", Script: "1a2b3c4d",
				Hit: visits.Hit{At: at, Kind: visits.Navigate, URL: "https://www.example.com/?utm_source=" + []string{"google", "bing", "=1%2B1"}[r.IntN(3)] + "&utm_medium=" + []string{"cpc", "email"}[r.IntN(2)] + "&utm_campaign=" + []string{"spring", "a%26b"}[r.IntN(2)]},
			}})
			require.NoError(w.t, err)
			lead := modeltest.Lead(site, fmt.Sprintf("lead-of-revenue-%d", i))
			lead.Lead = conversion.Lead{At: at.Add(time.Minute), Phone: phone, Form: "contact", SessionID: seen.SessionID}
			_, err = w.store.AcceptLead(w.t.Context(), lead)
			require.NoError(w.t, err)
		case 1:
			require.NoError(w.t, w.store.PutCRMPerson(w.t.Context(), site.AccountID, &crm.Person{SiteID: site.ID, ExternalID: external, Phone: phone, AddedAt: &at}))
		case 2:
			deal := crm.Opportunity{
				SiteID: site.ID, ExternalID: fmt.Sprintf("deal-%d", i), OpenedAt: at, Amount: int64(r.IntN(100_000)),
				Currency: []string{"USD", "EUR", "CHF"}[r.IntN(3)], People: []touchpoints.Role{{Person: external}},
			}
			if r.IntN(3) > 0 {
				deal.ClosedAt, deal.Won = new(at.Add(time.Duration(r.IntN(9*24))*time.Hour)), r.IntN(4) > 0
			}
			require.NoError(w.t, w.store.PutOpportunity(w.t.Context(), site.AccountID, &deal))
		}
	}
	w.must("PUT", "/sites/{site}/attribution/rates", `{"corporate_currency":"USD","rates":[{"currency":"EUR","units":"0.5"}]}`)
	w.computeJourneys()
}

// defaultAccount returns the id of the account that the tests' site belongs to.
func (w *world) defaultAccount() string {
	account, err := w.store.DefaultAccount(w.t.Context())
	require.NoError(w.t, err)
	return account.ID
}

const (
	creditFacts = " FROM journey_credits c JOIN journey_touchpoints t ON t.id = c.touchpoint_id JOIN revenue_deals d ON d.opportunity_id = c.opportunity_id "
	inDollars   = "CASE {table}.currency WHEN 'USD' THEN {table}.amount WHEN 'EUR' THEN 2 * {table}.amount ELSE 0 END"
)

// plain are queries of each figure over the facts: of the value, and of how many rows are
// behind it. Rows of one figure are all of the generation that is shown.
var plain = map[reports.CreditID]struct{ value, rows, day string }{
	reports.Touchpoints:       {"SELECT COUNT(*) FROM journey_touchpoints t WHERE 1 = 1", "SELECT COUNT(*) FROM journey_touchpoints t WHERE 1 = 1", "t.day"},
	reports.Leads:             {"SELECT SUM(t.{model}) / 10000.0 FROM revenue_leads l JOIN journey_touchpoints t ON t.person_id = l.person_id WHERE 1 = 1", "SELECT COUNT(DISTINCT l.person_id) FROM revenue_leads l JOIN journey_touchpoints t ON t.person_id = l.person_id WHERE t.{model} > 0", "l.day"},
	reports.Opportunities:     {"SELECT SUM(c.share) / 10000.0" + creditFacts + "WHERE c.model = '{model}'", dealRows, "d.opened_day"},
	reports.Pipeline:          {"SELECT SUM(" + inDollars + ")" + creditFacts + "WHERE c.model = '{model}'", dealRows, "d.opened_day"},
	reports.Deals:             {"SELECT SUM(c.share) / 10000.0" + creditFacts + "WHERE d.won AND c.model = '{model}'", dealRows + " AND d.won", "d.closed_day"},
	reports.Revenue:           {"SELECT SUM(" + inDollars + ")" + creditFacts + "WHERE d.won AND c.model = '{model}'", dealRows + " AND d.won", "d.closed_day"},
	reports.Realized:          {"SELECT SUM(" + inDollars + ")" + creditFacts + "WHERE d.won AND c.model = '{model}'", dealRows + " AND d.won", "t.day"},
	reports.AllLeads:          {"SELECT COUNT(*) FROM revenue_leads l WHERE 1 = 1", "SELECT COUNT(*) FROM revenue_leads l WHERE 1 = 1", "l.day"},
	reports.AllOpportunities:  {"SELECT COUNT(*) FROM revenue_deals d WHERE 1 = 1", "SELECT COUNT(*) FROM revenue_deals d WHERE 1 = 1", "d.opened_day"},
	reports.AllDeals:          {"SELECT COUNT(*) FROM revenue_deals d WHERE d.won", "SELECT COUNT(*) FROM revenue_deals d WHERE d.won", "d.closed_day"},
	reports.AttributedDeals:   {"SELECT COUNT(*) FROM revenue_deals d WHERE d.won AND d.touched", "SELECT COUNT(*) FROM revenue_deals d WHERE d.won AND d.touched", "d.closed_day"},
	reports.AllRevenue:        {"SELECT SUM(" + inDollars + ") FROM revenue_deals d WHERE d.won", "SELECT COUNT(*) FROM revenue_deals d WHERE d.won", "d.closed_day"},
	reports.AttributedRevenue: {"SELECT SUM(" + inDollars + ") FROM revenue_deals d WHERE d.won AND d.touched", "SELECT COUNT(*) FROM revenue_deals d WHERE d.won AND d.touched", "d.closed_day"},
}

const dealRows = "SELECT COUNT(DISTINCT d.opportunity_id)" + creditFacts + "WHERE c.share > 0 AND c.model = '{model}'"

// plainSum returns the value of a query of plain within days and a key.
func plainSum(sum func(string, ...any) float64, query, day, model string, key object, from, to string) float64 {
	table := "c"
	if !strings.Contains(query, "journey_credits") {
		table = "d"
	}
	where, values := " AND "+day+" BETWEEN ? AND ?", []any{from, to}
	for column, value := range key {
		where, values = where+" AND t."+column+" = ?", append(values, value)
	}
	return sum("SELECT COALESCE(("+strings.NewReplacer("{table}", table, "{model}", model).Replace(query)+where+"), 0)", values...)
}

// TestM8_EachFigureOfRevenueIsTheSumOfTheFactsAndOfItsRows compares the report with plain
// SQL over the facts, and with the lists that the figures link to.
func TestM8_EachFigureOfRevenueIsTheSumOfTheFactsAndOfItsRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sellAtRandom(w, 1)
	sum := modeltest.Summing(t, w.dsn)
	for _, asked := range []string{"period=30d&by=channel", "period=30d&by=campaign", "from=2026-01-15&to=2026-01-28&by=medium"} {
		report := w.must("GET", "/sites/{site}/reports/revenue?compare=previous&"+asked, "")
		require.Equal(t, "USD", report["currency"])
		require.Equal(t, true, report["mixed"])
		require.Len(t, report["models"], 5, "the owner has no model of their own")
		require.Greater(t, len(items(report["rows"])), 1, asked)
		for _, row := range append(items(report["rows"]), report["total"]) {
			w.compareRevenue(sum, report, row.(object))
		}
		total := report["total"].(object)["figures"].(object)
		all, attributed := total["all_revenue"].(object)["value"].(float64), total["attributed_revenue"].(object)["value"].(float64)
		require.InDelta(t, attributed/all, total["coverage"].(object)["value"], 1e-9)
		for _, model := range []string{"first_touch", "w_shaped", "full_path"} {
			require.InDelta(t, attributed, total["revenue_"+model].(object)["value"], 0, model)
		}
	}
}

func (w *world) compareRevenue(sum func(string, ...any) float64, report, row object) {
	w.t.Helper()
	key, days, before := row["key"].(object), report["period"].(object), report["compared"].(object)
	for _, f := range reports.CreditFigures {
		if f.Total && len(key) > 0 || f.ID == reports.Coverage {
			continue
		}
		for _, model := range f.Names() {
			figure, there := row["figures"].(object)[f.Name(model)].(object)
			if model == "custom" {
				require.False(w.t, there)
				continue
			}
			q, about := plain[f.ID], fmt.Sprintf("%s of %v", f.Name(model), key)
			require.InDelta(w.t, plainSum(sum, q.value, q.day, model, key, days["from"].(string), days["to"].(string)), figure["value"], 1e-9, about)
			if before["until"] == nil {
				require.InDelta(w.t, plainSum(sum, q.value, q.day, model, key, before["from"].(string), before["to"].(string)), figure["before"], 1e-9, about)
			}
			listed := w.must("GET", strings.TrimPrefix(figure["rows"].(string), "/api/v1")+"&limit=200", "")
			require.Len(w.t, items(listed["items"]), int(plainSum(sum, q.rows, q.day, model, key, days["from"].(string), days["to"].(string))), about)
		}
	}
}

func TestM8_RevenueMeansTheSameInEachLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sellAtRandom(w, 2)
	said := map[string]bool{}
	for _, language := range []string{"en", "ru", "pt-BR"} {
		report := w.must("GET", "/sites/{site}/reports/revenue?language="+language, "")
		require.Len(t, report["meanings"], len(reports.CreditFigures))
		for _, meaning := range items(report["meanings"]) {
			m := meaning.(object)
			require.NotEmpty(t, m["name"])
			require.NotEmpty(t, m["by_date"])
			require.False(t, said[m["meaning"].(string)], m)
			said[m["meaning"].(string)] = true
		}
	}
}

func TestM8_RevenueIsOrderedByAFigure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sellAtRandom(w, 3)
	for _, by := range []string{"touchpoints", "pipeline_first_touch", "leads_u_shaped"} {
		rows := items(w.must("GET", "/sites/{site}/reports/revenue?by=campaign&period=60d&order_by="+by, "")["rows"])
		require.Greater(t, len(rows), 2)
		for i := range rows[1:] {
			require.GreaterOrEqual(t, figureOf(rows[i], by)["value"], figureOf(rows[i+1], by)["value"], by)
		}
	}
	inside := items(w.must("GET", "/sites/{site}/reports/revenue?by=source&channel=Paid+Search&period=60d", "")["rows"])
	for _, row := range inside {
		require.Equal(t, "Paid Search", row.(object)["key"].(object)["channel"])
	}
	report := w.must("GET", "/sites/{site}/reports/revenue?by=campaign&period=60d&rows=1", "")
	require.Len(t, items(report["rows"]), 1)
	days := items(report["days"])
	require.Greater(t, len(days), 2)
	sums := map[string]float64{}
	for i, day := range days {
		for _, name := range []string{"touchpoints", "all_leads", "all_revenue"} {
			sums[name] += figureOf(day, name)["value"].(float64)
		}
		date := day.(object)["key"].(object)["day"].(string)
		require.Contains(t, figureOf(day, "touchpoints")["rows"], "day_from="+date+"&day_to="+date)
		require.True(t, i == 0 || date > days[i-1].(object)["key"].(object)["day"].(string))
	}
	for name, sum := range sums {
		rounding := 0.0
		if name == "all_revenue" {
			rounding = 2 * float64(len(days)) // each day converts its currencies by itself
		}
		require.InDelta(t, figureOf(report["total"], name)["value"], sum, rounding, name)
	}
}

// TestM8_RevenueAsCSVHasAllRows adds up the file.
func TestM8_RevenueAsCSVHasAllRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sellAtRandom(w, 1)
	answer := w.do("GET", "/sites/{site}/reports/revenue.csv?by=campaign&period=60d&rows=1", w.tokens["viewer"], "")
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	require.Equal(t, "text/csv; charset=utf-8", answer.Header().Get("Content-Type"))
	lines, err := csv.NewReader(answer.Body).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"channel", "subchannel", "source", "medium", "campaign", "currency", "touchpoints"}, lines[0][:7])
	sums, sources := map[string]float64{}, map[string]bool{}
	for _, line := range lines[1:] {
		sources[line[2]] = true
		for i, text := range line[6:] {
			var value float64
			if text != "" {
				_, err := fmt.Sscan(text, &value)
				require.NoError(t, err)
			}
			sums[lines[0][6+i]+" "+line[5]] += value
		}
	}
	require.Contains(t, sources, "'=1+1")
	total := w.must("GET", "/sites/{site}/reports/revenue?period=60d", "")["total"]
	require.InDelta(t, figureOf(total, "touchpoints")["value"], sums["touchpoints USD"], 0)
	require.InDelta(t, figureOf(total, "deals_u_shaped")["value"], sums["deals_u_shaped USD"], 1e-6)
	revenue := figureOf(total, "revenue_u_shaped")
	require.InDelta(t, revenue["value"].(float64)/100, sums["revenue_u_shaped USD"], 1e-6)
	left := items(revenue["left"])
	require.Len(t, left, 1)
	require.InDelta(t, left[0].(object)["amount"].(float64)/100, sums["revenue_u_shaped CHF"], 1e-6)
}

func TestRevenueOfBadRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for query, field := range map[string]string{
		"by=device": "by", "order_by=coverage": "order_by", "currency=usd": "currency", "subchannel=AdWords&by=campaign": "channel",
		"by=channel&channel=A&subchannel=B": "by", "from=2026-02-30&to=2026-03-01": "from",
	} {
		for _, file := range []string{"", ".csv"} {
			answer := w.do("GET", "/sites/{site}/reports/revenue"+file+"?"+query, adminToken, "")
			require.Contains(t, strings.Join(wrongFields(t, answer), " "), field, query)
		}
	}
	for list, field := range map[string]string{"people?counted_in=revenue": "counted_in", "opportunities?counted_in=leads": "counted_in", "opportunities?counted_in=revenue&model=linear": "model", "people?counted_in=leads&day_from=x": "day_from"} {
		require.Equal(t, []string{field}, wrongFields(t, w.do("GET", "/sites/{site}/"+list, adminToken, "")), list)
	}
}
