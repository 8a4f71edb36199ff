package models_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
	"ringback/test/statements"
)

// plan is what PostgreSQL did for a statement, as auto_explain reports it.
type plan struct {
	Text string   `json:"Query Text"`
	Root planNode `json:"Plan"`
}

// planNode is a step of a plan. Its rows are the mean of its loops.
type planNode struct {
	Type     string `json:"Node Type"`
	Table    string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Rows     int    `json:"Actual Rows"`
	Loops    int    `json:"Actual Loops"`
	Filtered int    `json:"Rows Removed by Filter"`
	Rechecks int    `json:"Rows Removed by Index Recheck"`
	Unjoined int    `json:"Rows Removed by Join Filter"`
	Hits     int    `json:"Shared Hit Blocks"`
	Reads    int    `json:"Shared Read Blocks"`

	SortSpace      string `json:"Sort Space Type"`
	HashBatches    int    `json:"Hash Batches"`
	GroupBatches   int    `json:"HashAgg Batches"`
	TemporaryReads int    `json:"Temp Read Blocks"`
	TemporaryWrite int    `json:"Temp Written Blocks"`

	Plans []planNode `json:"Plans"`
}

// blocks returns how many blocks a step has read itself.
func (n planNode) blocks() int {
	blocks := n.Hits + n.Reads
	for _, below := range n.Plans {
		blocks -= below.Hits + below.Reads
	}
	return blocks
}

// skips reports whether an index has read far more than it returns, because a column before
// those that are compared is not: the entries that it skips are no rows. Values are how many
// it may look for. An index has a few levels.
func (n planNode) skips(values int) bool {
	return n.Index != "" && n.blocks() > blocksAside+blocksOfEach*n.Loops*(values+n.Rows+n.Filtered+n.Rechecks)
}

// The most blocks that are read for each value and row, and besides.
const (
	blocksOfEach = 4
	blocksAside  = 25
)

// each calls f with a step and all below it.
func (n planNode) each(f func(planNode)) {
	f(n)
	for _, below := range n.Plans {
		below.each(f)
	}
}

// read returns how many rows a step has read itself, to find those that it returns.
func (n planNode) read() int {
	if strings.Contains(n.Type, "Scan") && n.Type != "Bitmap Heap Scan" {
		return (n.Rows + n.Filtered + n.Rechecks) * n.Loops
	}
	return (n.Filtered + n.Rechecks + n.Unjoined) * n.Loops
}

// spills reports whether a step has written to temporary files.
func (n planNode) spills() bool {
	return n.SortSpace == "Disk" || n.HashBatches > 1 || n.GroupBatches > 1 || n.TemporaryWrite > 0
}

// of returns the table that a step reads, or its index.
func (n planNode) of() string {
	if n.Table != "" {
		return n.Table
	}
	return n.Index
}

// readOf returns how many rows some plans have read, by table.
func readOf(plans []plan) map[string]int {
	read := map[string]int{}
	for _, p := range plans {
		p.Root.each(func(n planNode) { read[n.of()] += n.read() })
	}
	return read
}

// faults returns what is wrong with the plans of an operation: a scan of a large table, more
// rows of a table read or filtered out than the bound, more statements, or a spill.
func faults(plans []plan, large map[string]int, most bounds) (found []string) {
	total := readOf(plans)
	for _, p := range plans {
		say := func(format string, values ...any) {
			found = append(found, fmt.Sprintf(format, values...)+": "+strings.Join(strings.Fields(p.Text), " "))
		}
		p.Root.each(func(n planNode) {
			switch {
			case n.Type == "Seq Scan" && n.Loops > 0 && large[n.Table] > 0 && !most.scans:
				say("scans %s of %d rows", n.Table, large[n.Table])
			case n.spills():
				say("%s spills", n.Type)
			case !most.bloated && large[n.Index] > 0 && n.skips(strings.Count(p.Text, "$")):
				say("reads %d blocks for %d rows by %s %s", n.blocks(), n.Loops*n.Rows, n.Type, n.Index)
			case n.read() > most.rows/10 && total[n.of()] > most.rows && (large[n.of()] > 0 || n.of() == ""):
				say("reads %d of %d rows of %q by %s %s, at most %d", n.read(), total[n.of()], n.of(), n.Type, n.Index, most.rows)
			}
		})
	}
	if len(plans) > most.statements {
		found = append(found, fmt.Sprintf("%d statements, at most %d", len(plans), most.statements))
	}
	return found
}

// bounds are what an operation may read at most.
type bounds struct {
	rows, statements int
	bloated          bool // indexes still have entries of rows that are gone
	scans            bool // large tables may be read as a whole
}

// The ways in which statements are planned: for their values, and once for all of them. By default
// PostgreSQL decides that after some executions on a connection.
const (
	plannedForValues = "force_custom_plan"
	plannedOnce      = "force_generic_plan"
)

// planned is a store whose plans are recorded.
type planned struct {
	*models.Store
	proxy *statements.Proxy
}

// settingsOfPlans have PostgreSQL report the plan of each statement, with what it has read, also
// of those that check foreign keys.
var settingsOfPlans = map[string]string{
	"session_preload_libraries":          "auto_explain",
	"auto_explain.log_min_duration":      "0",
	"auto_explain.log_analyze":           "on",
	"auto_explain.log_buffers":           "on",
	"auto_explain.log_timing":            "off",
	"auto_explain.log_nested_statements": "on",
	"auto_explain.log_format":            "json",
	"auto_explain.log_level":             "notice",
	"jit":                                "off",
}

// withPlans returns the DSN of a connection whose plans are recorded, with more settings.
func (l *largeSite) withPlans(t *testing.T, settings map[string]string) (*statements.Proxy, string) {
	t.Helper()
	address, err := url.Parse(l.dsn)
	require.NoError(t, err)
	query := address.Query()
	for _, some := range []map[string]string{settingsOfPlans, l.plan, settings} {
		for name, value := range some {
			query.Set(name, value)
		}
	}
	address.RawQuery = query.Encode()
	return statements.Start(t, address.String())
}

// store opens the database with recorded plans at a time.
func (l *largeSite) store(t *testing.T, at time.Time, plan string) planned {
	t.Helper()
	proxy, dsn := l.withPlans(t, map[string]string{"plan_cache_mode": plan})
	return planned{modeltest.OpenWith(t, dsn, clockwork.NewFakeClockAt(at), l.keys), proxy}
}

// taken returns the plans since it was last called.
func taken(t *testing.T, proxy *statements.Proxy) (plans []plan) {
	t.Helper()
	for _, notice := range proxy.Notices() {
		_, text, ok := strings.Cut(notice, "plan:\n")
		if !ok {
			continue
		}
		var p plan
		require.NoError(t, json.Unmarshal([]byte(text), &p), text)
		plans = append(plans, p)
	}
	return plans
}

// large returns the tables with many rows and their indexes, and about how many rows these are.
func (l *largeSite) large(t *testing.T) map[string]int {
	t.Helper()
	rows, err := l.db.QueryContext(t.Context(), `WITH large AS (
		SELECT oid, relname, reltuples::int FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND reltuples >= $1
	) SELECT relname, reltuples FROM large
	UNION ALL SELECT index.relname, large.reltuples FROM large JOIN pg_index ON indrelid = large.oid JOIN pg_class AS index ON index.oid = indexrelid`, l.count/3)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	large := map[string]int{}
	for rows.Next() {
		var table string
		var n int
		require.NoError(t, rows.Scan(&table, &n))
		large[table] = n
	}
	require.NoError(t, rows.Err())
	return large
}

// TestPlansHaveTheirFaultsFound has the check find each kind of fault.
func TestPlansHaveTheirFaultsFound(t *testing.T) {
	t.Parallel()
	l := &largeSite{dsn: modeltest.PostgresDSN(t), count: 3000}
	proxy, dsn := l.withPlans(t, map[string]string{"work_mem": workMemory})
	l.db = modeltest.SQL(t, dsn)
	l.db.SetMaxOpenConns(1)
	for _, statement := range []string{
		"CREATE TABLE many (id int PRIMARY KEY, site int, text text)",
		"INSERT INTO many SELECT g, g % 2, repeat('x', 100) || g FROM generate_series(1, 3000) g",
		"CREATE INDEX many_by_site ON many (site)",
		"CREATE TABLE several (site int, generation int, id text, PRIMARY KEY (site, generation, id))",
		"INSERT INTO several SELECT 1, 1 + g % 2, repeat('x', 100) || g FROM generate_series(1, 3000) g",
		"CREATE TABLE few (id int PRIMARY KEY REFERENCES many)",
		"ALTER TABLE few ADD many int REFERENCES many",
		"INSERT INTO few SELECT g, g FROM generate_series(1, 2999) g",
	} {
		_, err := l.db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	l.analyze(t)
	large, most := l.large(t), bounds{rows: usual.rows, statements: 5}
	proxy.Notices()
	for _, x := range []struct{ name, statement, want string }{
		{"by its key", "SELECT * FROM many WHERE id = 7", ""},
		{"a scan", "SELECT count(*) FROM many WHERE text = 'x'", `scans many of 3000 rows`},
		{"a scan that soon finds something", "SELECT id FROM many WHERE text LIKE 'x%' LIMIT 1", `scans many of 3000 rows`},
		{"filtered rows", "SET enable_seqscan = off; SELECT * FROM many WHERE site = 1 AND text = 'x'", `rows of "many"`},
		{"the order of a key", "SET enable_seqscan = off; SELECT * FROM many WHERE text = 'x' ORDER BY id LIMIT 1", `3000 rows of "many"`},
		{"a column that is left out", "SET enable_seqscan = off; SELECT * FROM several WHERE site = 1 AND id = 'x'", "blocks for 0 rows"},
		{"a check of a foreign key without an index", "DELETE FROM many WHERE id = 3000", `scans few of 2999 rows`},
		{"a sort", "SET enable_seqscan = off; SELECT * FROM (SELECT DISTINCT text FROM many ORDER BY text) sorted LIMIT 1", "spills"},
		{"a list that is kept", "WITH kept AS MATERIALIZED (SELECT text FROM many) SELECT count(*) FROM kept", "spills"},
	} {
		tx, err := l.db.BeginTx(t.Context(), nil)
		require.NoError(t, err, x.name)
		for statement := range strings.SplitSeq(x.statement, "; ") {
			_, err = tx.ExecContext(t.Context(), statement)
			require.NoError(t, err, x.name)
		}
		require.NoError(t, tx.Rollback(), x.name)
		found := faults(taken(t, proxy), large, most)
		if x.want == "" {
			require.Empty(t, found, x.name)
		} else {
			require.True(t, slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, x.want) }), "%s: %q", x.name, found)
		}
	}
	require.Equal(t, []string{"6 statements, at most 5"}, faults(make([]plan, 6), large, most))
}
