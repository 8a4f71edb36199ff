package problem

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryPatternOfTheAPIHasACode reads the descriptions of patterns from the structs of
// package web. Huma writes them into its messages, so each needs a row in schemaMessages.
func TestEveryPatternOfTheAPIHasACode(t *testing.T) {
	t.Parallel()
	tag := regexp.MustCompile(`patternDescription:"([^"]*)"`)
	found := 0
	require.NoError(t, filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		for _, description := range tag.FindAllStringSubmatch(string(content), -1) {
			_, known := ofSchema("expected string to be " + description[1])
			require.True(t, known, "%s: %s", path, description[1])
			found++
		}
		return err
	}))
	require.NotZero(t, found)
}
