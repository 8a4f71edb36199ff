package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuiltFilesMatchTheirSources(t *testing.T) {
	t.Parallel()
	made, err := makeAll("..")
	require.NoError(t, err)
	require.Greater(t, len(made), 1, "the script and the templates")
	for name, content := range made {
		checkedIn, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		require.Equal(t, string(content), string(checkedIn), "%s: run: go run ./web/cabinet/build", name)
	}
	generated, err := filepath.Glob("../pages/*_templ.go")
	require.NoError(t, err)
	for _, name := range generated {
		require.True(t, slices.Contains(keys(made), name[len("../"):]), "%s has no template", name)
	}
}

func keys(made map[string][]byte) (names []string) {
	for name := range made {
		names = append(names, name)
	}
	return names
}
