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
// time of this package's tests.
func TestMigrationsAreOneBlockOfStatements(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		_, up, _ := strings.Cut(string(text), "-- +goose Up\n")
		require.True(t, strings.HasPrefix(up, "-- +goose StatementBegin\n"), name)
		require.True(t, strings.HasSuffix(up, "\n-- +goose StatementEnd\n"), name)
		require.Equal(t, 2, strings.Count(up, "+goose"), name)
	}
}
