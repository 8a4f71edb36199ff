package rules_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"testing"
)

// ofSession finds SQL whose effect stays with a connection after its transaction.
var ofSession = regexp.MustCompile(`(?i)\bpg_(try_)?advisory_lock(_shared)?\(|\bSET SESSION\b|^\s*LISTEN\b|\bCREATE TEMP|\bDECLARE \w+ CURSOR WITH HOLD\b`)

// PgBouncer in transaction mode hands the connection to another client after each transaction:
// a lock of the session would belong to that one, and nobody would release it.
func TestConnectionsKeepNothingBetweenTransactions(t *testing.T) {
	t.Parallel()
	holds(t, keepsNothingInSessions)
}

func keepsNothingInSessions(f file) []string {
	if f.isTest() || f.in("test", "dev", "models/modeltest") { // databases of tests, without PgBouncer
		return nil
	}
	if f.in("models/database/migrationlock") { // a migration has a session of its own (docs/operators.md)
		return nil
	}
	var problems []string
	ast.Inspect(f.AST, func(n ast.Node) bool {
		text, ok := n.(*ast.BasicLit)
		if !ok {
			return true
		}
		if found := ofSession.FindString(text.Value); found != "" {
			problems = append(problems, fmt.Sprintf("%d: %s stays with the connection: use what ends with the transaction", f.line(text.Pos()), found))
		}
		return true
	})
	return problems
}
