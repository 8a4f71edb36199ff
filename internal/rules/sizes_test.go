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

// packageSize is the size of a package without its tests.
type packageSize struct{ files, lines int }

// packageSizes returns the sizes of all packages by their folders.
func packageSizes(t *testing.T) map[string]packageSize {
	t.Helper()
	sizes := map[string]packageSize{}
	for _, f := range allFiles(t) {
		if f.isTest() {
			continue
		}
		size := sizes[f.folder()]
		sizes[f.folder()] = packageSize{size.files + 1, size.lines + f.line(f.AST.FileEnd)}
	}
	return sizes
}
