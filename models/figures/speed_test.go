package figures_test

import (
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/figures"
	"ringback/models/modeltest"
	"ringback/reports"
)

// factsVariable names the environment variable with the number of facts of the large site
// in BenchmarkReports. A tenth as many are spread over twenty other sites.
const factsVariable = "RINGBACK_BENCH_FACTS"

const benchDays = 730

// BenchmarkReports asks for the reports of a site with facts of two years, whose campaigns
// are uneven.
func BenchmarkReports(b *testing.B) {
	facts, err := strconv.Atoi(os.Getenv(factsVariable))
	if err != nil {
		b.Skip("set " + factsVariable + " to the number of facts")
	}
	modeltest.BenchEach(b, func(b *testing.B, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(b, dsn, clock)
		site := modeltest.Site(b, s)
		today := reports.DayOf(clock.Now(), reports.Zone(site.TimeZone))
		began := time.Now() //nolint:forbidigo // it is what is measured
		fill(b, dsn, today, facts)
		b.Logf("facts and sums: %s", time.Since(began).Round(time.Second)) //nolint:forbidigo // likewise
		benchQueries(b, s, site, today)
	})
}

func benchQueries(b *testing.B, s *models.Store, site models.Site, today reports.Day) {
	b.Helper()
	for _, c := range []struct {
		name string
		q    figures.Query
		days reports.Day
	}{
		{"30 days, whole", figures.Query{Dimension: figures.Whole}, 30},
		{"30 days by day", figures.Query{Dimension: figures.Whole, ByDay: true}, 30},
		{"30 days by channel", figures.Query{Dimension: figures.Channel}, 30},
		{"12 months by channel", figures.Query{Dimension: figures.Channel}, 365},
		{"30 days by campaign", figures.Query{Dimension: figures.Campaign, OrderBy: "calls", Limit: 100}, 30},
		{"12 months by campaign", figures.Query{Dimension: figures.Campaign, OrderBy: "calls", Limit: 100}, 365},
		{"90 days by hour", figures.Query{Dimension: figures.Hour}, 90},
		{"24 months by landing page", figures.Query{Dimension: figures.LandingPage}, benchDays},
	} {
		c.q.Span = reports.Span{Period: reports.Period{From: today - c.days + 1, To: today}}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				answers, err := s.Counts(b.Context(), site.AccountID, site.ID, c.q)
				require.NoError(b, err)
				require.NotEmpty(b, answers[0].Rows)
			}
		})
	}
}

// fill writes the facts of the large site and of the others by SQL, and the sums of all
// days but today.
func fill(b *testing.B, dsn string, today reports.Day, facts int) {
	b.Helper()
	driver, name, _ := strings.Cut(dsn, ":")
	numbers := "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d) "
	if driver == "sqlite" {
		dsn = name
	} else {
		driver, numbers = "pgx", "WITH n(i) AS (SELECT generate_series(0, %d - 1)) "
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	run := func(statement string) {
		_, err := db.ExecContext(b.Context(), statement)
		require.NoError(b, err)
	}
	zeros := []string{"running", "abandoned", "never_ended", "anonymous", "wait_seconds", "talk_seconds", "ambiguous", "known_visitors",
		"wait0", "wait5", "wait10", "wait15", "wait20", "wait30", "wait60", "wait120", "waits_known", "talks_known", "unique_targets", "targets", "unique_leads"}
	insert := func(series string, n int) {
		run("INSERT INTO report_facts (series_id, conversion_id, day, hour, at, channel, source, medium, campaign, term, landing_page, device, number_id, pool_id, form, no_visit, calls, ended, answered, missed, uniques, leads, known_visits, " +
			strings.Join(zeros, ", ") + ") " + fmt.Sprintf(numbers, n) + fmt.Sprintf(`SELECT %s, 'cnv_' || i, %d - i %% %d, (%d - i %% %d) * 86400 + i %% 24 * 3600, '2026-01-01 00:00:00+00:00', 'channel ' || (i %% 15), 'source ' || (i %% 30), 'cpc',
			'campaign ' || ((i %% 1499) * (i %% 1499) / 1499), '', 'www.example.com/' || (i %% 211), 'mobile', 'num_' || (i %% 97), '', '', '', 1 - i %% 3 / 2, 1 - i %% 3 / 2, i %% 2, 0, 1, i %% 3 / 2, 1%s FROM n`,
			series, today, benchDays, today, benchDays, strings.Repeat(", 0", len(zeros))))
	}
	insert("1", facts)
	for other := range 20 {
		insert(strconv.Itoa(2+other), facts/200)
	}
	for _, statement := range figures.SumStatements(1, today) {
		run(statement)
	}
	run("ANALYZE")
}
