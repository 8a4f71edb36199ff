package rules_test

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestEveryExpectationHasAMessage compares the codes that fault.Expect is called with,
// in the whole tree, with the messages of package explanation. The codes of one
// destination or source have messages of their own, which its suite checks.
func TestEveryExpectationHasAMessage(t *testing.T) {
	t.Parallel()
	var messages struct {
		Expected map[string]any `yaml:"expected"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "explanation/messages/en.yaml")), &messages))
	used := map[string]bool{"one_of": true} // of fault.OneOf
	for _, f := range allFiles(t) {
		for _, code := range expectations(f) {
			used[code] = true
			require.Contains(t, messages.Expected, code, "%s uses a code without a message", f.Path)
		}
	}
	for code := range messages.Expected {
		require.Contains(t, used, code, "a message that no code uses")
	}
}

// expectations returns the codes that a file passes to fault.Expect, without those
// that belong to one destination or source.
func expectations(f file) []string {
	if f.isTest() {
		return nil
	}
	var codes []string
	ast.Inspect(f.AST, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		literal, isLiteral := call.Args[0].(*ast.BasicLit)
		if !ok || !isLiteral || selector.Sel.Name != "Expect" || literal.Kind != token.STRING {
			return true
		}
		if pkg, isName := selector.X.(*ast.Ident); !isName || pkg.Name != "fault" {
			return true
		}
		if code, err := strconv.Unquote(literal.Value); err == nil && !strings.Contains(code, ".") {
			codes = append(codes, code)
		}
		return true
	})
	return codes
}

func TestExpectationsOfAFileAreFound(t *testing.T) {
	t.Parallel()
	f, err := parse("web/a.go", `package web
var (
	a = fault.Expect("time_zone")
	b = fault.Expect("at_most").Counting(5).With("Name", "x")
	c = fault.Expect("webhook.url_form")
	d = other.Expect("nothing")
)`)
	require.NoError(t, err)
	require.Equal(t, []string{"time_zone", "at_most"}, expectations(f))
}
