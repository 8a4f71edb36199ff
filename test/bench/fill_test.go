package bench_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers of the databases
	_ "modernc.org/sqlite"
)

// fillDays is for how many days a site has touchpoints. On the last one people have their
// third touchpoint, with which they become leads.
const fillDays = 731

// filler writes touchpoints, credit, calls and leads by SQL, as the service stores them, so
// that millions take minutes. What it writes is uneven: most calls come from few campaigns.
// Each campaign is one of a source, and each source is part of a channel.
type filler struct {
	b        *testing.B
	db       *sql.DB
	postgres bool
}

// openFiller opens a database by its DSN.
func openFiller(b *testing.B, dsn string) filler {
	b.Helper()
	f := filler{b: b, postgres: strings.HasPrefix(dsn, "postgres")}
	driver, name := "pgx", dsn
	if !f.postgres {
		driver, name = "sqlite", strings.TrimPrefix(dsn, "sqlite:")
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		b.Fatal(err)
	}
	f.db = db
	b.Cleanup(func() { _ = db.Close() })
	return f
}

// fillers is how many statements fill a PostgreSQL at the same time.
const fillers = 6

// runAll runs statements of which none needs another, on PostgreSQL several at a time.
func (f filler) runAll(statements []string) {
	f.b.Helper()
	parallel := 1
	if f.postgres {
		parallel = fillers
	}
	inParallel(len(statements), parallel, func(i int) {
		if _, err := f.db.Exec(statements[i]); err != nil {
			f.b.Errorf("%v in\n%s", err, statements[i])
		}
	})
	if f.b.Failed() {
		f.b.FailNow()
	}
}

func (f filler) run(statement string) {
	f.b.Helper()
	if _, err := f.db.Exec(statement); err != nil {
		f.b.Fatalf("%v in\n%s", err, statement)
	}
}

// texts returns the first column of a query.
func (f filler) texts(query string) (all []string) {
	f.b.Helper()
	rows, err := f.db.Query(query)
	if err != nil {
		f.b.Fatalf("%v in\n%s", err, query)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			f.b.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		f.b.Fatal(err)
	}
	return all
}

// withoutIndexes calls fill without the indexes of some tables, and makes them again.
func (f filler) withoutIndexes(tables []string, fill func()) {
	names := "'" + strings.Join(tables, "', '") + "'"
	definitions, drops := "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ("+names+") ORDER BY name",
		"SELECT 'DROP INDEX ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ("+names+") ORDER BY name"
	if f.postgres {
		of := " FROM pg_indexes WHERE schemaname = current_schema() AND tablename IN (" + names + ") AND indexname NOT LIKE '%_pkey' ORDER BY indexname"
		definitions, drops = "SELECT indexdef"+of, "SELECT 'DROP INDEX ' || indexname"+of
	}
	indexes := f.texts(definitions)
	for _, drop := range f.texts(drops) {
		f.run(drop)
	}
	fill()
	f.runAll(indexes)
}

// numbers returns the beginning of a statement that has the numbers from from to below to
// as i.
func (f filler) numbers(from, to int) string {
	if f.postgres {
		return fmt.Sprintf("WITH n(i) AS (SELECT CAST(generate_series(%d, %d - 1) AS bigint)) ", from, to)
	}
	return fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d) ", from, to)
}

// span is what a site gets: this many touchpoints on each day from a first day on, of which
// those from day from to day to are written. The last of them are added up.
type span struct {
	first    time.Time
	perDay   int
	from, to int
	summed   int
}

// second returns SQL of when the touchpoint with a number began, in seconds since 1970.
func (s span) second(number string) string {
	return fmt.Sprintf("(%d + (%s) * 86400 / %d)", s.first.Unix(), number, s.perDay)
}

// at returns SQL of an instant, and day of its day in UTC.
func (f filler) at(second string) string {
	if f.postgres {
		return "to_timestamp(" + second + ")"
	}
	return "strftime('%Y-%m-%d %H:%M:%S+00:00', " + second + ", 'unixepoch')"
}

func (f filler) day(second string) string {
	if f.postgres {
		return "to_char(to_timestamp(" + second + ") AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
	}
	return "strftime('%Y-%m-%d', " + second + ", 'unixepoch')"
}

// id returns SQL of an id with a number, as long as those of the service.
func (f filler) id(prefix, number string) string {
	if f.postgres {
		return "'" + prefix + "_' || lpad(CAST(" + number + " AS text), 26, '0')"
	}
	return "'" + prefix + "_' || printf('%026d', " + number + ")"
}

const (
	// campaignNumber is SQL of the number of a touchpoint's campaign. Low numbers are frequent.
	campaignNumber = "((i * 7919 % 1499) * (i * 7919 % 1499) / 1499)"
	campaign       = "'campaign ' || " + campaignNumber
	channel        = "'channel ' || (" + campaignNumber + " % 15)"
	subchannel     = "'part ' || (" + campaignNumber + " % 30)"
	source         = "'source ' || (" + campaignNumber + " % 30)"
	// touchesEach is how many touchpoints a person has, a day or so apart.
	touchesEach = 4
)

// person returns SQL of the number of a touchpoint's person, nth of which one of the
// person's touchpoints it is, and touch of the number of a person's nth touchpoint.
func (s span) person(touch string) string {
	return fmt.Sprintf("((%[1]s) / %[2]d * %[3]d + (%[1]s) %% %[3]d)", touch, touchesEach*s.perDay, s.perDay)
}

func (s span) nth(touch string) string {
	return fmt.Sprintf("((%s) / %d %% %d)", touch, s.perDay, touchesEach)
}

func (s span) touch(person, nth string) string {
	return fmt.Sprintf("((%[1]s) / %[2]d * %[3]d + (%[4]s) * %[2]d + (%[1]s) %% %[2]d)", person, s.perDay, touchesEach*s.perDay, nth)
}

// filled are the tables that are filled.
var filled = []string{"journey_touchpoints", "journey_credits", "journey_calls", "revenue_leads", "revenue_deals", "report_facts", "report_sends"}

// fill returns statements that write a span of a site, of which none needs another. Every
// second touchpoint is a call or lead. Two of five people are leads, and one of twelve has an
// opportunity.
func (f filler) fill(site string, s span) (statements []string) {
	const parts = 4 // so that the large site is written by several at once
	for n := range parts {
		part := s
		part.from, part.to = s.from+(s.to-s.from)*n/parts, s.from+(s.to-s.from)*(n+1)/parts
		if part.from < part.to {
			statements = slices.Concat(statements, f.touchpoints(site, part), f.facts(site, part))
		}
	}
	return append(statements, f.deals(site, s)...)
}

// generation stores what the figures of a site are named by, and marks that the last days of
// a span have to be added up.
func (f filler) generation(site string, s span) {
	f.run("INSERT INTO journey_rules (site_id, generation, state, rules, time_zone, stage, after, done, total, changed_by, created_at, ready_at) " +
		"SELECT '" + site + "', 1, 'serving', '{}', 'UTC', '', '', 0, 0, '', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00' " +
		"WHERE NOT EXISTS (SELECT 1 FROM journey_rules WHERE site_id = '" + site + "')")
	for day := s.first.AddDate(0, 0, max(s.from, s.to-s.summed)); day.Before(s.first.AddDate(0, 0, s.to)); day = day.AddDate(0, 0, 1) {
		f.run(fmt.Sprintf("INSERT INTO revenue_stale (site_id, generation, grain, day, created_at) VALUES ('%s', 1, 'day', '%s', '2026-01-01 00:00:00+00:00')", site, day.Format(time.DateOnly)))
		for grain, begins := range map[string]time.Time{"day": day, "month": day.AddDate(0, 0, 1-day.Day())} {
			f.run(fmt.Sprintf("INSERT INTO report_dirty (series_id, grain, day) SELECT id, '%s', %d FROM report_series WHERE site_id = '%s' ON CONFLICT DO NOTHING", grain, begins.Unix()/86400, site))
		}
	}
}

func (f filler) touchpoints(site string, s span) []string {
	at, nth := s.second("i"), s.nth("i")
	touchpoints := f.numbers(s.from*s.perDay, s.to*s.perDay) + `INSERT INTO journey_touchpoints (site_id, generation, id, holder, person_id, in_crm, kind, at, day, session_id, conversion_id, task_id, type, medium, source,
			channel, subchannel, campaign, landing_page, positions, position, first_touch, lead_creation, u_shaped, removed, suppressed, detail, updated_at)
		SELECT '` + site + `', 1, ` + f.id("tpt", "i") + `, ` + f.id("visitor/vst", "i") + `, ` + f.id("cpe", s.person("i")) + `, true, 'call', ` + f.at(at) + `, ` + f.day(at) + `,
			'', CASE i % 2 WHEN 0 THEN ` + f.id("cnv", "i") + ` ELSE '' END, '', 'Call', 'cpc', ` + source + `, ` + channel + `, ` + subchannel + `, ` + campaign + `,
			'www.shop.example/' || (i % 211), '[]', '-', CASE ` + nth + ` WHEN 0 THEN 10000 ELSE 0 END, CASE ` + nth + ` WHEN 2 THEN 10000 ELSE 0 END,
			CASE ` + nth + ` WHEN 0 THEN 5000 WHEN 2 THEN 5000 ELSE 0 END, false, false, '{"sample": "` + strings.Repeat("x", 200) + `"}', ` + f.at(at) + ` FROM n`
	calls := f.numbers(s.from*s.perDay, s.to*s.perDay) + `INSERT INTO journey_calls (site_id, generation, id, conversion_id, task_id, person_id, outcome, merging, day, updated_at)
		SELECT '` + site + `', 1, ` + f.id("cnv", "i") + `, ` + f.id("cnv", "i") + `, '', ` + f.id("cpe", s.person("i")) + `, CASE i % 3 WHEN 0 THEN 'merged' WHEN 1 THEN 'no_bizible_id' ELSE 'no_session' END,
			'{}', ` + f.day(at) + `, ` + f.at(at) + ` FROM n WHERE i % 4 = 0`
	return []string{touchpoints, calls}
}

// deals returns statements for leads, opportunities and their credit, of people whose third
// touchpoint is in the span.
func (f filler) deals(site string, s span) (statements []string) {
	people := s.perDay * (s.to/touchesEach + 1)
	third := s.second(s.touch("i", "2"))
	in := fmt.Sprintf(" WHERE %s BETWEEN %d AND %d", s.touch("i", "2"), s.from*s.perDay, s.to*s.perDay-1)
	leads := f.numbers(0, people) + "INSERT INTO revenue_leads (site_id, generation, external_id, person_id, at, day) SELECT '" + site + "', 1, " + f.id("00Q", "i") + ", " +
		f.id("cpe", "i") + ", " + f.at(third) + ", " + f.day(third) + " FROM n" + in + " AND i % 5 < 2"
	const closes = " + 864000" // after ten days
	isClosed := fmt.Sprintf("%s%s < %d", third, closes, s.first.AddDate(0, 0, s.to).Unix())
	deals := f.numbers(0, people) + `INSERT INTO revenue_deals (site_id, generation, opportunity_id, opened_at, opened_day, closed_at, closed_day, won, touched, amount, currency)
		SELECT '` + site + "', 1, " + f.id("opp", "i") + ", " + f.at(third) + ", " + f.day(third) + ", CASE WHEN " + isClosed + " THEN " + f.at(third+closes) + " END, CASE WHEN " + isClosed +
		" THEN " + f.day(third+closes) + " ELSE '' END, " + isClosed + " AND i % 24 = 0, true, 3 * (10000 + i * 7919 % 900001), CASE i % 10 WHEN 0 THEN 'EUR' ELSE 'USD' END FROM n" + in + " AND i % 12 = 0"
	for nth := range 3 {
		for _, model := range []string{"first_touch", "full_path", "lead_creation", "u_shaped", "w_shaped"} {
			statements = append(statements, f.numbers(0, people)+fmt.Sprintf(`INSERT INTO journey_credits (site_id, generation, opportunity_id, model, touchpoint_id, person_id, position, share, amount, currency, updated_at)
				SELECT '%s', 1, %s, '%s', %s, %s, '-', %d, 10000 + i * 7919 %% 900001, CASE i %% 10 WHEN 0 THEN 'EUR' ELSE 'USD' END, '2026-01-01 00:00:00+00:00' FROM n%s AND i %% 12 = 0`,
				site, f.id("opp", "i"), model, f.id("tpt", s.touch("i", fmt.Sprint(nth))), f.id("cpe", "i"), 3333+nth/2, in))
		}
	}
	return append(statements, leads, deals)
}

// facts returns statements for how calls and leads count, and for a decision about each.
func (f filler) facts(site string, s span) []string {
	zeros := []string{"running", "abandoned", "never_ended", "anonymous", "ambiguous", "known_visitors",
		"wait0", "wait5", "wait10", "wait15", "wait20", "wait30", "wait60", "wait120", "unique_targets", "targets", "unique_leads"}
	second := s.second("2 * i")
	facts := f.numbers(s.from*s.perDay/2, s.to*s.perDay/2) + `INSERT INTO report_facts (series_id, conversion_id, day, hour, at, channel, source, medium, campaign, term, landing_page, device, number_id, pool_id, form, no_visit,
			calls, ended, answered, missed, waits_known, wait_seconds, talks_known, talk_seconds, uniques, leads, known_visits, ` + strings.Join(zeros, ", ") + `)
		SELECT id, ` + f.id("cnv", "2 * i") + `, ` + second + ` / 86400, ` + second + ` / 3600 * 3600, ` + f.at(second) + `, ` + channel + `, ` + source + `, 'cpc', ` + campaign + `, '',
			'www.shop.example/' || (i % 211), 'mobile', 'num_' || (i % 97), '', CASE i % 3 WHEN 2 THEN 'contact' ELSE '' END, CASE i % 7 WHEN 0 THEN 'no_number' ELSE '' END,
			1 - i % 3 / 2, 1 - i % 3 / 2, (1 - i % 3 / 2) * (i % 2), (1 - i % 3 / 2) * (1 - i % 2), 1, i % 40, 1, i % 300, 1, i % 3 / 2, 1` + strings.Repeat(", 0", len(zeros)) +
		` FROM n, report_series WHERE site_id = '` + site + `' AND state = 'serving'`
	sends := f.numbers(s.from*s.perDay/2, s.to*s.perDay/2) + `INSERT INTO report_sends (series_id, decision_id, conversion_id, integration_id, day, at, reason, judged, wanted, delivered, failed, waiting, held, attempts, repeated,
			after0, after1, after2, after5, after10, after30, after60, after300, after3600)
		SELECT report_series.id, ` + f.id("dec", "2 * i") + `, ` + f.id("cnv", "2 * i") + `, integrations.id, ` + second + ` / 86400, ` + f.at(second) + `, CASE i % 4 WHEN 0 THEN 'metric_not_met' ELSE 'all_checks_passed' END,
			1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 FROM n, report_series, integrations WHERE report_series.site_id = '` + site + `' AND report_series.state = 'serving' AND integrations.site_id = '` + site + `'`
	return []string{facts, sends}
}
