package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// packagesOf returns the packages of the module as scripts/check has them read.
func packagesOf(t *testing.T, root string) string {
	t.Helper()
	folders := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "dev" || name == "testdata" || name == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".go"):
			folders[filepath.Dir(path)] = true
		}
		return nil
	}))
	var lines strings.Builder
	for folder := range folders {
		path, err := filepath.Rel(root, folder)
		require.NoError(t, err)
		lines.WriteString(strings.TrimSuffix("ringback/"+filepath.ToSlash(path), "/.") + " " + folder + "\n")
	}
	return lines.String()
}

// TestLargePackagesMostlyRunWithoutTheDetector holds what makes the step with the detector short.
// One function that starts a goroutine, and which all tests of the store or of web reach, would
// have all of them run with it.
func TestLargePackagesMostlyRunWithoutTheDetector(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(strings.NewReader(packagesOf(t, "../..")), &out))
	for _, path := range []string{"ringback/models", "ringback/models/figures", "ringback/models/journeys", "ringback/web"} {
		for line := range strings.Lines(out.String()) {
			require.False(t, strings.HasPrefix(line, "package "+path+" ") || line == "package "+path+"\n", "see containing in read.go: %s", line)
		}
	}
	for _, path := range []string{"ringback/models/database", "ringback/models/revenue", "ringback/internal/grouping", "ringback/test/statements", "ringback/web/internal/turns"} {
		require.Contains(t, out.String(), "package "+path+"\n", "the detector checks what its functions start that are contained")
	}
}

// TestContainedFunctionsStartGoroutines has no directive stay where it has no effect, and none
// where no test with the detector is the evidence for it.
func TestContainedFunctionsStartGoroutines(t *testing.T) {
	t.Parallel()
	g, _, err := readAll(strings.NewReader(packagesOf(t, "../..")))
	require.NoError(t, err)
	g.spread()
	n := 0
	for path, code := range g.packages {
		if strings.HasSuffix(path, testedEnding) {
			continue
		}
		for name, f := range code.functions {
			if f.contained {
				n++
				require.True(t, f.starts && f.by.name == "", "%s %s starts nothing itself", path, name)
				require.NotEmpty(t, g.packages[tested(path)].reaching(), "%s has no test that reaches goroutines", path)
			}
		}
	}
	require.Positive(t, n)
}

// TestPackagesWithTestsAreInAStep has the packages that scripts/check leaves out of its steps for
// tests be only those that have a step of their own.
func TestPackagesWithTestsAreInAStep(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../scripts/check")
	require.NoError(t, err)
	pattern := regexp.MustCompile(`(?m)^black_box='(.+)'$`).FindSubmatch(script)
	require.Len(t, pattern, 2)
	leftOut, err := regexp.Compile(string(pattern[1]))
	require.NoError(t, err)
	g, paths, err := readAll(strings.NewReader(packagesOf(t, "../..")))
	require.NoError(t, err)
	for _, path := range paths {
		if leftOut.MatchString(path) && len(g.packages[tested(path)].tests) > 0 {
			require.Equal(t, "ringback/test/e2e", path, "its tests do not run")
		}
	}
}
