package revenue_test

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/reports"
)

// touchpointsVariable names the environment variable with the number of touchpoints of the
// large site in BenchmarkRevenue. A tenth as many are spread over ten other sites.
const touchpointsVariable = "RINGBACK_BENCH_TOUCHPOINTS"

const benchDays = 730

// BenchmarkRevenue asks for the report on channels and revenue of a site with touchpoints of
// two years, whose campaigns are uneven. It logs the sizes of the tables.
func BenchmarkRevenue(b *testing.B) {
	touchpoints, err := strconv.Atoi(os.Getenv(touchpointsVariable))
	if err != nil {
		b.Skip("set " + touchpointsVariable + " to the number of touchpoints")
	}
	modeltest.BenchEach(b, func(b *testing.B, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(b, dsn, clock)
		f := filler{b: b, today: reports.DayOf(clock.Now(), time.UTC)}
		f.open(dsn)
		site := modeltest.Site(b, s)
		f.fill(site.ID, touchpoints)
		for range 10 {
			f.fill(modeltest.Site(b, s).ID, touchpoints/100)
		}
		f.run("ANALYZE")
		began := time.Now() //nolint:forbidigo // it is what is measured
		f.run(f.numbers(benchDays) + "INSERT INTO revenue_stale (site_id, generation, grain, day, created_at) SELECT '" + site.ID + "', 1, 'day', " + f.day("i") + ", '2026-01-01 00:00:00+00:00' FROM n")
		for more := true; more; {
			more, err = s.WorkRevenue(b.Context())
			require.NoError(b, err)
		}
		f.run("ANALYZE")
		b.Logf("sums of %d days: %s", benchDays, time.Since(began).Round(time.Second)) //nolint:forbidigo // likewise
		f.logSizes()
		benchRevenue(b, s, site, f.today)
	})
}

func benchRevenue(b *testing.B, s *models.Store, site models.Site, today reports.Day) {
	b.Helper()
	byTouchpoints, byRevenue := &revenue.Order{Figure: reports.Touchpoints}, &revenue.Order{Figure: reports.Revenue, Model: "u_shaped", Worth: map[string]float64{"USD": 1}}
	for _, c := range []struct {
		name string
		q    revenue.Query
		days reports.Day
	}{
		{"today by channel", revenue.Query{Dimension: revenue.Channel}, 1},
		{"30 days, whole", revenue.Query{Dimension: revenue.Whole}, 30},
		{"30 days by channel", revenue.Query{Dimension: revenue.Channel, Order: byRevenue, Limit: 100}, 30},
		{"12 months by channel", revenue.Query{Dimension: revenue.Channel, Order: byRevenue, Limit: 100}, 365},
		{"24 months by channel", revenue.Query{Dimension: revenue.Channel, Order: byRevenue, Limit: 100}, benchDays},
		{"30 days by campaign", revenue.Query{Dimension: revenue.Campaign, Order: byRevenue, Limit: 100}, 30},
		{"12 months by campaign", revenue.Query{Dimension: revenue.Campaign, Order: byRevenue, Limit: 100}, 365},
		{"12 months by campaign and touchpoints", revenue.Query{Dimension: revenue.Campaign, Order: byTouchpoints, Limit: 100}, 365},
	} {
		c.q.Span = reports.Span{Period: reports.Period{From: today - c.days + 1, To: today}}
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now() //nolint:forbidigo // it is what is measured
				answers, err := s.Revenue(b.Context(), site.AccountID, site.ID, c.q)
				require.NoError(b, err)
				require.NotEmpty(b, answers[0].Values)
				took = append(took, time.Since(began)) //nolint:forbidigo // likewise
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
		})
	}
}

// filler fills the tables of a database by SQL.
type filler struct {
	b        *testing.B
	db       *sql.DB
	postgres bool
	today    reports.Day
}

func (f *filler) open(dsn string) {
	f.b.Helper()
	driver, name, _ := strings.Cut(dsn, ":")
	if f.postgres = driver != "sqlite"; f.postgres {
		driver, name = "pgx", dsn
	}
	db, err := sql.Open(driver, name)
	require.NoError(f.b, err)
	f.db = db
	f.b.Cleanup(func() { require.NoError(f.b, db.Close()) })
}

func (f *filler) run(statement string) {
	f.b.Helper()
	_, err := f.db.ExecContext(f.b.Context(), statement)
	require.NoError(f.b, err)
}

// numbers returns the beginning of a statement that has the numbers below n as i.
func (f *filler) numbers(n int) string {
	if f.postgres {
		return fmt.Sprintf("WITH n(i) AS (SELECT generate_series(0, %d - 1)) ", n)
	}
	return fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d) ", n)
}

// day returns SQL of the day so many days before today.
func (f *filler) day(before string) string {
	if f.postgres {
		return fmt.Sprintf("to_char(DATE '%s' - CAST(%s AS integer), 'YYYY-MM-DD')", f.today, before)
	}
	return fmt.Sprintf("date('%s', '-' || (%s) || ' days')", f.today, before)
}

// fill writes a site with a lead for every tenth touchpoint and an opportunity for every
// fiftieth, each with credit for three touchpoints by five models.
func (f *filler) fill(site string, touchpoints int) {
	f.b.Helper()
	const at = "'2026-01-01 00:00:00+00:00'"
	f.run(`INSERT INTO journey_rules (site_id, generation, state, rules, time_zone, stage, after, done, total, changed_by, created_at, ready_at)
		VALUES ('` + site + `', 1, 'serving', '{}', 'UTC', '', '', 0, 0, '', ` + at + `, ` + at + `)`)
	f.run(f.numbers(touchpoints) + `INSERT INTO journey_touchpoints (site_id, generation, id, holder, person_id, in_crm, kind, at, day, session_id, conversion_id, task_id, type, medium, source,
			channel, subchannel, campaign, landing_page, positions, position, first_touch, lead_creation, u_shaped, removed, suppressed, detail, updated_at)
		SELECT '` + site + `', 1, 'tpt_' || i, 'visitor/' || i, 'cpe_' || (i / 4), true, 'call', ` + at + `, ` + f.day(fmt.Sprintf("i %% %d", benchDays)) + `, '', '', '', 'Call', 'cpc', 'source ' || (i % 30),
			'channel ' || (i % 15), 'part ' || (i % 30), 'campaign ' || ((i % 1499) * (i % 1499) / 1499), '', '[]', '-', (1 - (i % 4 + 3) / 4) * 10000, (1 - (i % 4 + 3) / 4) * 10000, (1 - (i % 4 + 3) / 4) * 10000, false, false, '{}', ` + at + ` FROM n`)
	f.run(f.numbers(touchpoints/10) + `INSERT INTO revenue_leads (site_id, generation, external_id, person_id, at, day)
		SELECT '` + site + `', 1, '00Q' || i, 'cpe_' || i, ` + at + `, ` + f.day(fmt.Sprintf("i %% %d", benchDays)) + ` FROM n`)
	f.run(f.numbers(touchpoints/50) + `INSERT INTO revenue_deals (site_id, generation, opportunity_id, opened_at, opened_day, closed_at, closed_day, won, touched, amount, currency)
		SELECT '` + site + `', 1, 'opp_' || i, ` + at + `, ` + f.day(fmt.Sprintf("i %% %d", benchDays)) + `, ` + at + `, ` + f.day(fmt.Sprintf("i %% %d", benchDays)) + `, i % 2 = 0, true, 100000, 'USD' FROM n`)
	f.run(f.numbers(touchpoints/50*15) + `INSERT INTO journey_credits (site_id, generation, opportunity_id, model, touchpoint_id, person_id, position, share, amount, currency, updated_at)
		SELECT '` + site + `', 1, 'opp_' || (i / 15), CASE i % 5 WHEN 0 THEN 'first_touch' WHEN 1 THEN 'lead_creation' WHEN 2 THEN 'u_shaped' WHEN 3 THEN 'w_shaped' ELSE 'full_path' END,
			'tpt_' || (i / 15 * 41 + i / 5 % 3), '', '-', 3333, 33333, 'USD', ` + at + ` FROM n`)
}

// logSizes logs the rows, and on PostgreSQL the sizes, of the tables and their indexes.
func (f *filler) logSizes() {
	f.b.Helper()
	for _, table := range []string{"journey_touchpoints", "journey_credits", "revenue_leads", "revenue_deals", "revenue_days", "revenue_months"} {
		var rows int64
		require.NoError(f.b, f.db.QueryRowContext(f.b.Context(), "SELECT COUNT(*) FROM "+table).Scan(&rows))
		sizes := ""
		if f.postgres {
			require.NoError(f.b, f.db.QueryRowContext(f.b.Context(), "SELECT ', table ' || pg_size_pretty(pg_table_size('"+table+"')) || ', indexes ' || pg_size_pretty(pg_indexes_size('"+table+"'))").Scan(&sizes))
		}
		f.b.Logf("%s: %d rows%s", table, rows, sizes)
	}
}
