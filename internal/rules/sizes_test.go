package rules_test

import (
	"fmt"
	"go/ast"
	"testing"
)

// The longest that files and functions may be, in lines. A file past it holds a
// concept that wants a file of its own. Tests may be longer: tables are long.
const (
	maxFile         = 300
	maxFunction     = 60
	maxTestFile     = 600
	maxTestFunction = 150
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
