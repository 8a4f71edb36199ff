package models_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// migrationNames returns the names of all migrations, in their order.
func migrationNames(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	require.Greater(t, len(paths), 1)
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(path)
	}
	return names
}

// The migration library reads each line outside a block of statements with a new
// buffer of several megabytes. With the race detector that took nine tenths of the
// time of this package's tests. Only a file that builds indexes while others write has
// several blocks: each of its statements needs one of its own, which can be repeated.
func TestMigrationsAreBlocksOfStatements(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		_, up, _ := strings.Cut(string(text), "-- +goose Up\n")
		require.True(t, strings.HasSuffix(up, "\n-- +goose StatementEnd\n"), name)
		statements := 0
		for block := range strings.SplitSeq(strings.TrimSuffix(up, "\n-- +goose StatementEnd\n"), "\n-- +goose StatementEnd\n") {
			before, statement, found := strings.Cut(block, "-- +goose StatementBegin\n")
			require.True(t, found, name)
			for line := range strings.Lines(before) {
				require.True(t, strings.HasPrefix(line, "-- "), name+": "+line)
			}
			if strings.Contains(string(text), "-- +goose {{outside}}\n") {
				require.Regexp(t, repeatable, statement, name)
				continue
			}
			require.Zero(t, statements, "%s has several blocks", name)
			statements++
		}
	}
}

// repeatable is each statement of a migration that may be interrupted and begin again: those of
// PostgreSQL, and what SQLite has instead in a transaction.
var repeatable = regexp.MustCompile(`^(?:(?:DROP INDEX {{concurrently}} IF EXISTS|CREATE (?:UNIQUE )?INDEX {{concurrently}})[^;]*;$` +
	`|{{postgres}}DO \$\$ BEGIN SET LOCAL lock_timeout = '2s'; ALTER TABLE \w+ (?:ADD COLUMN IF NOT EXISTS|ALTER COLUMN \w+ SET DEFAULT)[^;]*; END \$\$;(?:\n{{sqlite}}[^;]*;)?$` +
	`|{{postgres}}DO \$\$\n(?:{{postgres}}.*\n)*{{postgres}}END \$\$;$)`)

// builtUnderALock are the migrations that build an index on a table of an earlier one while
// nobody can write to it: they were made when these tables were new, or hold few rows.
var builtUnderALock = []string{
	"00002_visits.sql", "00005_outbox_by_site.sql", "00016_journeys.sql", "00019_received.sql", "00020_journey_browsers.sql", "00023_recompute.sql", "00027_call_days.sql",
}

var (
	createdTable = regexp.MustCompile(`CREATE TABLE (\w+)`)
	builtIndex   = regexp.MustCompile(`CREATE (?:UNIQUE )?INDEX (\w+)\s+ON (\w+)`)
)

// Running processes go on while another version migrates the database, so an index of a table
// that may be large is built while they write.
func TestIndexesOfTablesInUseAreBuiltWhileOthersWrite(t *testing.T) {
	t.Parallel()
	var locking []string
	for _, name := range migrationNames(t) {
		text, err := os.ReadFile(filepath.Join("migrations", name))
		require.NoError(t, err)
		created := map[string]bool{}
		for _, table := range createdTable.FindAllStringSubmatch(string(text), -1) {
			created[table[1]] = true
		}
		for _, index := range builtIndex.FindAllStringSubmatch(string(text), -1) {
			if !created[index[2]] && !slices.Contains(locking, name) {
				locking = append(locking, name)
			}
		}
	}
	require.Equal(t, builtUnderALock, locking, "use {{concurrently}}, as 00015 does")
}
