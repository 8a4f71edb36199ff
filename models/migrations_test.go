package models_test

import (
	"os"
	"path/filepath"
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
// several blocks: each of its statements needs one of its own.
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
				require.Equal(t, 1, strings.Count(statement, ";"), name+": "+statement)
				require.Contains(t, statement, "{{concurrently}}", name)
				continue
			}
			require.Zero(t, statements, "%s has several blocks", name)
			statements++
		}
	}
}
