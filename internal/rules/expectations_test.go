package rules_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// coded is a sentence for people as the code has it: a code, the names of its values, and
// whether it has a count.
type coded struct {
	code    string // empty if it is no literal
	values  map[string]bool
	counted bool
	line    int
}

// TestEveryExpectationHasAMessage compares the codes that fault.Expect is called with,
// in the whole tree, with the messages of package explanation, and the values that are
// inserted with those that a message asks for. The codes of one destination or source have
// messages of their own, which its suite checks.
func TestEveryExpectationHasAMessage(t *testing.T) {
	t.Parallel()
	used := requireMessages(t, "expected", "Expect", 0)
	for code := range messagesOf(t, "expected") {
		require.True(t, used[code] || code == "one_of", "expected.%s is a message that no code uses", code) // fault.OneOf has one_of
	}
}

// TestEveryReasonHasAMessage does the same for the reasons of faults.
func TestEveryReasonHasAMessage(t *testing.T) {
	t.Parallel()
	used := requireMessages(t, "request", "New", 1)
	maps.Copy(used, requireMessages(t, "request", "Because", 0))
	for _, f := range allFiles(t) {
		if !f.isTest() && strings.HasPrefix(f.Path, "models/") { // for database.NotFoundAs
			maps.Copy(used, missingThings(f))
		}
	}
	messages := messagesOf(t, "request")
	for code := range used {
		require.Contains(t, messages, code)
	}
	for code := range messages {
		require.True(t, used[code] || code == "fields_unusable" || code == "fields_listed", "request.%s is a message that no code uses", code)
	}
}

// missingThings returns the literals of a file that are reasons why something does not
// exist.
func missingThings(f file) map[string]bool {
	found := map[string]bool{}
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && strings.HasPrefix(text(e), "no_such_") {
			found[text(e)] = true
		}
		return true
	})
	return found
}

// computed are the places where a code is no literal: that of a destination begins with its
// type, and NotFoundAs gets the reason from its caller.
var computed = []string{"destinations/", "models/database/errors.go"}

// requireMessages fails for a call of a function of package fault whose code has no
// message in this group. It returns the codes. At is the place of the code among the
// arguments.
func requireMessages(t *testing.T, group, function string, at int) map[string]bool {
	t.Helper()
	messages, used := messagesOf(t, group), map[string]bool{}
	for _, f := range allFiles(t) {
		if f.isTest() || f.folder() == "internal/fault" {
			continue
		}
		for _, c := range codedCalls(f, function, at) {
			if strings.Contains(c.code, ".") || c.code == "" && slices.ContainsFunc(computed, func(p string) bool { return strings.HasPrefix(f.Path, p) }) {
				continue
			}
			require.NotEmpty(t, c.code, "%s:%d: a code is a literal", f.Path, c.line)
			require.Contains(t, messages, c.code, "%s:%d uses a code without a message", f.Path, c.line)
			used[c.code] = true
			if f.Path != "web/internal/problem/schema.go" { // which has the values from a pattern
				requireValues(t, fmt.Sprintf("%s:%d: %s", f.Path, c.line, c.code), messages[c.code], c)
			}
		}
	}
	return used
}

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// requireValues fails if a message inserts values that the code does not have.
func requireValues(t *testing.T, where string, message any, c coded) {
	t.Helper()
	_, plural := message.(map[string]any)
	require.Equal(t, plural, c.counted, "%s: has a count, or plural forms, but not both", where)
	for _, name := range placeholder.FindAllStringSubmatch(fmt.Sprint(message), -1) {
		require.True(t, c.values[name[1]] || plural && name[1] == "Count", "%s: the message inserts %s", where, name[1])
	}
}

// messagesOf returns a group of the English messages.
func messagesOf(t *testing.T, group string) map[string]any {
	t.Helper()
	var messages map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "explanation/messages/en.yaml")), &messages))
	found, ok := messages[group].(map[string]any)
	require.True(t, ok, "the group %s", group)
	return found
}

// codedCalls returns the calls of a function of package fault, with the values that
// With and Counting add in the same expression.
func codedCalls(f file, function string, at int) []coded {
	var found []coded
	seen := map[ast.Expr]bool{}
	ast.Inspect(f.AST, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || seen[call] {
			return true
		}
		c := coded{values: map[string]bool{}, line: f.line(call.Pos())}
		for {
			seen[call] = true
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, isName := selector.X.(*ast.Ident); isName && pkg.Name == "fault" && selector.Sel.Name == function && len(call.Args) > at {
				c.code = text(call.Args[at])
				found = append(found, c)
				return true
			}
			c.counted = c.counted || selector.Sel.Name == "Counting"
			if selector.Sel.Name == "With" && len(call.Args) > 0 {
				c.values[text(call.Args[0])] = true
			}
			if call, ok = selector.X.(*ast.CallExpr); !ok {
				return true
			}
		}
	})
	return found
}

// text returns the value of a literal text, empty if the expression is none.
func text(e ast.Expr) string {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	value, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return value
}

func TestCodesOfAFileAreFound(t *testing.T) {
	t.Parallel()
	f, err := parse("web/a.go", `package web
var (
	a = fault.Expect("time_zone")
	b = wrap(fault.Expect("at_most").Counting(5).With("Name", "x"))
	c = fault.Expect("webhook.url_form")
	d = other.Expect("nothing")
	e = fault.Expect(code)
	f = fault.New(fault.Conflict, "exists").With("Name", name(fault.Expect("inner")))
)`)
	require.NoError(t, err)
	require.Equal(t, []coded{
		{code: "time_zone", values: map[string]bool{}, line: 3},
		{code: "at_most", values: map[string]bool{"Name": true}, counted: true, line: 4},
		{code: "webhook.url_form", values: map[string]bool{}, line: 5},
		{values: map[string]bool{}, line: 7},
		{code: "inner", values: map[string]bool{}, line: 8},
	}, codedCalls(f, "Expect", 0))
	require.Equal(t, []coded{{code: "exists", values: map[string]bool{"Name": true}, line: 8}}, codedCalls(f, "New", 1))
}
