package rules_test

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

// An end-to-end test has its own processes, ports and database, and waits for them most
// of the time. One that is not parallel makes all others wait as well.
func TestEndToEndTestsAreParallel(t *testing.T) {
	t.Parallel()
	holds(t, beginsInParallel)
}

// alone are the tests that run before all others, by the reason.
var alone = map[string]string{
	"TestG6_HangingDestinationDelaysNoNeighbour": "sends hang for 30 seconds, in which those of others must arrive",
}

func beginsInParallel(f file) []string {
	if !f.in("test/e2e") || !f.isTest() {
		return nil
	}
	var problems []string
	for _, d := range f.AST.Decls {
		function, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(function.Name.Name, "Test") || function.Name.Name == "TestMain" || alone[function.Name.Name] != "" {
			continue
		}
		if len(function.Body.List) == 0 || !callsParallel(function.Body.List[0]) {
			problems = append(problems, fmt.Sprintf("%d: %s must begin with t.Parallel()", f.line(function.Pos()), function.Name.Name))
		}
	}
	return problems
}

// callsParallel reports whether a statement is t.Parallel().
func callsParallel(statement ast.Stmt) bool {
	expression, ok := statement.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := expression.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && method.Sel.Name == "Parallel"
}
