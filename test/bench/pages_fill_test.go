package bench_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// copying fills a PostgreSQL with copies of examples, at even distances in time. What is
// written is what the service wrote, but for ids, times, people and campaigns.
type copying struct {
	filler
	site     string
	examples []string // the ids of the calls and leads that are copied by turns
	span
}

// joined are the tables that are copied, each with what leads from its rows, which are t, to
// the example, which is e.
var joined = [][2]string{
	{"conversions", "t.id = e.id"},
	{"events", "t.conversion_id = e.id"},
	{"conversion_tags", "t.conversion_id = e.id"},
	{"decisions", "t.conversion_id = e.id"},
	{"deliveries", "t.conversion_id = e.id"},
	{"attempts", "t.delivery_id IN (SELECT id FROM deliveries WHERE conversion_id = e.id)"},
	{"judged_facts", "t.conversion_id = e.id"},
	{"sessions", "t.id = e.session_id"},
	{"page_views", "t.session_id = e.session_id"},
	{"visitors", "t.site_id = e.site_id AND t.id = (SELECT visitor_id FROM sessions WHERE id = e.session_id)"},
	{"report_facts", "t.conversion_id = e.id"},
	{"report_sends", "t.conversion_id = e.id"},
	{"journey_touchpoints", "t.site_id = e.site_id AND t.conversion_id = e.id"},
	{"journey_calls", "t.conversion_id = e.id"},
}

// copiedTables are their names.
func copiedTables() (names []string) {
	for _, table := range joined {
		names = append(names, table[0])
	}
	return names
}

// named are the columns with ids of rows that are copied. All copies with one number refer to
// each other as the examples do.
var named = []string{"id", "conversion_id", "decision_id", "delivery_id", "session_id", "visitor_id", "holder", "person_id"}

// column returns SQL of a column of a copy.
func (c copying) column(table, name, kind string) string {
	t, second := "t."+name, c.second("i")
	switch {
	case slices.Contains(named, name):
		return "CASE " + t + " WHEN '' THEN '' ELSE left(" + t + ", 4) || lpad(i::text, 20, '0') || right(" + t + ", 6) END"
	case name == "external_id" || name == "workflow_id":
		return t + " || '-' || i"
	case kind == "timestamp with time zone":
		return fmt.Sprintf("%s + (to_timestamp(%s) - t.example_at)", t, second)
	case name == "day" && table == "journey_calls" || name == "day" && table == "journey_touchpoints":
		return c.day(second)
	case name == "day":
		return second + " / 86400"
	case name == "hour":
		return second + " / 3600 * 3600"
	case name == "person" || name == "phone": // 70,000 people
		return "CASE " + t + " WHEN '' THEN '' ELSE '+1' || (201 + i / 100 % 700) || '55501' || lpad((i % 100)::text, 2, '0') END"
	case name == "traffic" || name == "campaign":
		return "replace(" + t + "::text, '" + exampleCampaign + "', 'campaign ' || " + campaignNumber + ")::" + kind
	default:
		return t
	}
}

// keepExamples stores what is copied in tables of its own, which do not grow.
func (c copying) keepExamples() {
	c.b.Helper()
	ids := "'" + strings.Join(c.examples, "', '") + "'"
	for _, table := range joined {
		c.run("CREATE TABLE " + examplesOf(table[0]) + " AS SELECT e.turn AS example_turn, e.at AS example_at, t.* FROM (SELECT array_position(ARRAY[" + ids +
			"], id) - 1 AS turn, * FROM conversions WHERE id IN (" + ids + ")) AS e JOIN " + table[0] + " AS t ON " + table[1])
	}
}

func examplesOf(table string) string { return "bench_" + table }

// statement returns the one that copies the rows of a table for a part of the span.
func (c copying) statement(table string, part span) string {
	var names, values []string
	for _, found := range c.texts("SELECT column_name || '/' || data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '" +
		table + "' AND is_identity = 'NO' ORDER BY ordinal_position") {
		name, kind, _ := strings.Cut(found, "/")
		names, values = append(names, name), append(values, c.column(table, name, kind))
	}
	return "SET session_replication_role = replica; " + // foreign keys are not checked again
		c.numbers(part.from*part.perDay, part.to*part.perDay) + fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM n JOIN %s AS t ON t.example_turn = i %% %d",
		table, strings.Join(names, ", "), strings.Join(values, ", "), examplesOf(table), len(c.examples)) + "; SET session_replication_role = origin"
}

// copyAll copies the examples, and marks that all days have to be added up.
func (c copying) copyAll() {
	c.b.Helper()
	c.keepExamples()
	const parts = 4
	var statements []string
	for n := range parts {
		part := c.span
		part.from, part.to = c.to*n/parts, c.to*(n+1)/parts
		for _, table := range copiedTables() {
			statements = append(statements, c.statement(table, part))
		}
	}
	c.withoutIndexes(copiedTables(), func() { c.runAll(statements) })
	for _, table := range copiedTables() {
		c.run("DROP TABLE " + examplesOf(table))
	}
	c.generation(c.site, c.span)
	c.run(c.analyze())
}

// daysUntilNow returns a span of so many days that ends now, with so many items in all.
func daysUntilNow(days, items int) span {
	first := time.Now().UTC().Add(-time.Duration(days) * 24 * time.Hour)
	return span{first: first, perDay: items / days, to: days, summed: days}
}
