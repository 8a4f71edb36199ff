package rules_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPagesNameOperationsThatExist compares the requests that the pages describe
// with the routes of the API.
func TestPagesNameOperationsThatExist(t *testing.T) {
	t.Parallel()
	routes := routes(t)
	require.Greater(t, len(routes), 100)
	var compared int
	for _, page := range ownersPages() {
		for _, request := range requests(readRoot(page)) {
			compared++
			if !slices.ContainsFunc(routes, func(route string) bool { return leadsTo(request, route) }) {
				t.Errorf("%s: the API has no operation %s", page, request)
			}
		}
	}
	require.Greater(t, compared, 100)
}

// ownersPages are the pages for owners and operators.
func ownersPages() []string {
	return slices.DeleteFunc(paths(".md"), func(name string) bool {
		return name != "README.md" && (!strings.HasPrefix(name, "docs/") || strings.HasPrefix(name, "docs/facts/"))
	})
}

// routes returns the method and path of each operation of the API.
func routes(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, f := range allFiles(t) {
		if !f.in("web") || f.isTest() {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if pair, ok := n.(*ast.KeyValueExpr); ok && isNamed(pair.Key, "Route") {
				found = append(found, literals(pair.Value)...)
			}
			return true
		})
	}
	return found
}

func isNamed(n ast.Expr, name string) bool {
	id, ok := n.(*ast.Ident)
	return ok && id.Name == name
}

// literals returns the texts in a piece of code.
func literals(n ast.Node) []string {
	var found []string
	ast.Inspect(n, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			said, _ := strconv.Unquote(text.Value)
			found = append(found, said)
		}
		return true
	})
	return found
}

var (
	// namedRequest finds `POST /api/v1/tokens`, with or without the version.
	namedRequest = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE) (?:/api/v1)?(/[a-z][^\s?` + "`" + `"|]*)`)
	// command finds the pages' command for requests: api /sites/$SITE -X PATCH.
	command       = regexp.MustCompile(`\bapi "?(/[a-z][^\s"?` + "`" + `]*)([^|\n` + "`" + `]*)`)
	commandMethod = regexp.MustCompile(`-X (\w+)`)
)

// requests returns the methods and paths of the requests that a page names.
func requests(page string) []string {
	var found []string
	for _, match := range namedRequest.FindAllStringSubmatch(page, -1) {
		found = append(found, match[1]+" "+trimmed(match[2]))
	}
	for _, match := range command.FindAllStringSubmatch(strings.ReplaceAll(page, "\\\n", " "), -1) {
		method := "GET"
		if strings.Contains(match[2], "--json") {
			method = "POST"
		}
		if given := commandMethod.FindStringSubmatch(match[2]); given != nil {
			method = given[1]
		}
		found = append(found, method+" "+trimmed(match[1]))
	}
	return slices.DeleteFunc(found, func(request string) bool { return strings.Contains(request, "{key}") })
}

func trimmed(address string) string { return strings.TrimRight(address, ".,;:)'/") }

// leadsTo reports whether a request of a page is of a route. A part of the route
// in braces stands for anything.
func leadsTo(request, route string) bool {
	method, asked, _ := strings.Cut(request, " ")
	routeMethod, address, _ := strings.Cut(route, " ")
	if method != routeMethod || strings.Count(asked, "/") != strings.Count(address, "/") {
		return false
	}
	parts := strings.Split(asked, "/")
	for i, part := range strings.Split(address, "/") {
		if !strings.HasPrefix(part, "{") && part != parts[i] {
			return false
		}
	}
	return true
}

func TestRequestsOfPagesAreFound(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"DELETE /tokens/{id}", "PATCH /sites/$SITE", "POST /sites", "GET /conversions/$CALL"},
		requests("`DELETE /api/v1/tokens/{id}` revokes it, `api /sites/$SITE -X PATCH --json '{}'` changes\nSITE=$(api /sites --json '{}' | jq -r .id)\napi \"/conversions/$CALL?language=ru\""))
	require.True(t, leadsTo("PATCH /sites/$SITE", "PATCH /sites/{site}"))
	require.False(t, leadsTo("PATCH /sites/$SITE", "GET /sites/{site}"))
	require.False(t, leadsTo("GET /sites/$SITE/number", "GET /sites/{site}/numbers"))
	require.False(t, leadsTo("GET /sites", "GET /sites/{site}"))
}

// TestOperatorsPageNamesLogLinesThatAreWritten compares the table of log lines with
// the texts of the code.
func TestOperatorsPageNamesLogLinesThatAreWritten(t *testing.T) {
	t.Parallel()
	_, table, found := strings.Cut(readRoot("docs/operators.md"), "| line | meaning |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	written := map[string]bool{}
	for _, f := range allFiles(t) {
		if !f.isTest() {
			for _, text := range literals(f.AST) {
				written[text] = true
			}
		}
	}
	lines := 0
	for row := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), "|")
		for _, name := range quoted.FindAllString(first, -1) {
			lines++
			require.Truef(t, written[strings.Trim(name, "`")], "docs/operators.md: no code writes the line %s", name)
		}
	}
	require.Greater(t, lines, 10)
}
