package rules_test

import (
	"fmt"
	"go/ast"
	"testing"
)

// The longest that files and functions may be, in lines. A longer file usually
// holds a concept that needs a file of its own. Tests may be longer, because tables are.
const (
	maxFile         = 300
	maxFunction     = 40
	maxTestFile     = 600
	maxTestFunction = 150

	// maxFunctionP90 is the length that nine of ten functions do not exceed.
	maxFunctionP90 = 21
)

// The largest that packages may be, tests not counted.
const (
	maxPackageFiles = 25
	maxPackageLines = 3000
)

// largePackages are those that may be larger, each with the reason.
var largePackages = map[string]struct {
	size packageSize
	why  string
}{}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	t.Parallel()
	holds(t, staysShort)
}

func staysShort(f file) []string {
	fileLimit, functionLimit := maxFile, maxFunction
	if f.isTest() {
		fileLimit, functionLimit = maxTestFile, maxTestFunction
	}
	var problems []string
	if f.isGenerated() {
		return nil
	}
	if n := f.line(f.AST.FileEnd); n > fileLimit {
		problems = append(problems, fmt.Sprintf("1: %d lines, at most %d", n, fileLimit))
	}
	for _, declaration := range f.AST.Decls {
		if d, ok := declaration.(*ast.FuncDecl); ok && f.lines(d) > functionLimit {
			problems = append(problems, fmt.Sprintf("%d: %s has %d lines, at most %d", f.line(d.Pos()), d.Name.Name, f.lines(d), functionLimit))
		}
	}
	return problems
}

func TestPackagesStaySmall(t *testing.T) {
	t.Parallel()
	sizes := packageSizes(t)
	for folder, size := range sizes {
		limit := packageSize{maxPackageFiles, maxPackageLines}
		if large, ok := largePackages[folder]; ok {
			limit = large.size
		}
		if size.exceeds(limit) {
			t.Errorf("%s: %d files and %d lines, at most %d and %d: divide it, or give a reason in largePackages", folder, size.files, size.lines, limit.files, limit.lines)
		}
	}
	for folder := range largePackages {
		if !sizes[folder].exceeds(packageSize{maxPackageFiles, maxPackageLines}) {
			t.Errorf("%s is not large any more: take it out of largePackages", folder)
		}
	}
}

// packageSize is the size of a package without its tests.
type packageSize struct{ files, lines int }

func (s packageSize) exceeds(limit packageSize) bool {
	return s.files > limit.files || s.lines > limit.lines
}

// packageSizes returns the sizes of all packages by their folders.
func packageSizes(t *testing.T) map[string]packageSize {
	t.Helper()
	sizes := map[string]packageSize{}
	for _, f := range allFiles(t) {
		if f.isTest() || f.isGenerated() {
			continue
		}
		size := sizes[f.folder()]
		sizes[f.folder()] = packageSize{size.files + 1, size.lines + f.line(f.AST.FileEnd)}
	}
	return sizes
}
