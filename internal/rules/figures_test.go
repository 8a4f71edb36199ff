package rules_test

import (
	"go/ast"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFigures prints the figures of the whole tree with
//
//	go test ./internal/rules -run TestFigures -v
//
// and holds those of them that are limits.
func TestFigures(t *testing.T) {
	t.Parallel()
	code, tests := linesOf(t, false), linesOf(t, true)
	t.Logf("non-test files: %d; lines p50 %d, p90 %d, max %d", len(code), percentile(code, 50), percentile(code, 90), percentile(code, 100))
	t.Logf("test files: %d; lines p50 %d, p90 %d, max %d; test : code %.2f", len(tests),
		percentile(tests, 50), percentile(tests, 90), percentile(tests, 100), float64(sum(tests))/float64(sum(code)))

	functions := functionLines(t)
	t.Logf("functions: %d; lines p50 %d, p90 %d, p99 %d, max %d", len(functions),
		percentile(functions, 50), percentile(functions, 90), percentile(functions, 99), percentile(functions, 100))
	require.LessOrEqual(t, percentile(functions, 90), maxFunctionP90, "nine of ten functions have at most so many lines")

	var files []int
	for _, size := range packageSizes(t) {
		files = append(files, size.files)
	}
	t.Logf("packages: %d; files p50 %d, p90 %d, max %d", len(files), percentile(files, 50), percentile(files, 90), percentile(files, 100))

	documented, exported := documentation(t)
	t.Logf("exported names documented: %d of %d", documented, exported)
	for _, wording := range []string{`^\w+ returns\b`, `\breports whether\b`, `\bgives\b`, `\b(says|tells) (whether|if)\b`} {
		t.Logf("doc comments with %s: %d", wording, docComments(t, regexp.MustCompile(wording)))
	}
}

// linesOf returns the lengths of all files that are, or are not, tests.
func linesOf(t *testing.T, tests bool) []int {
	t.Helper()
	var lengths []int
	for _, f := range allFiles(t) {
		if f.isTest() == tests && !f.isGenerated() {
			lengths = append(lengths, f.line(f.AST.FileEnd))
		}
	}
	return lengths
}

// functionLines returns the lengths of all functions outside of tests.
func functionLines(t *testing.T) []int {
	t.Helper()
	var lengths []int
	for _, f := range allFiles(t) {
		for _, declaration := range f.AST.Decls {
			if d, ok := declaration.(*ast.FuncDecl); ok && !f.isTest() && !f.isGenerated() {
				lengths = append(lengths, f.lines(d))
			}
		}
	}
	return lengths
}

// documentation counts the exported names, and those of them with a doc comment.
func documentation(t *testing.T) (documented, exported int) {
	t.Helper()
	for _, f := range allFiles(t) {
		for _, name := range f.exportedNames() {
			exported++
			if name.documented {
				documented++
			}
		}
	}
	return documented, exported
}

// docComments counts the doc comments in which this is found.
func docComments(t *testing.T, wording *regexp.Regexp) int {
	t.Helper()
	n := 0
	for _, f := range allFiles(t) {
		ast.Inspect(f.AST, func(node ast.Node) bool {
			if doc := docOf(node); doc != nil && wording.MatchString(strings.Join(strings.Fields(doc.Text()), " ")) {
				n++
			}
			return true
		})
	}
	return n
}

// docOf returns the doc comment of a declaration or field; nil if it has none.
func docOf(node ast.Node) *ast.CommentGroup {
	switch n := node.(type) {
	case *ast.FuncDecl:
		return n.Doc
	case *ast.GenDecl:
		return n.Doc
	case *ast.TypeSpec:
		return n.Doc
	case *ast.ValueSpec:
		return n.Doc
	case *ast.Field:
		return n.Doc
	default:
		return nil
	}
}

// percentile returns the smallest value that p percent of the values do not exceed.
func percentile(values []int, p int) int {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(float64(len(sorted)*p)/100))-1)]
}

func sum(values []int) int {
	total := 0
	for _, v := range values {
		total += v
	}
	return total
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	values := []int{5, 1, 4, 2, 3}
	require.Equal(t, []int{3, 5, 5}, []int{percentile(values, 50), percentile(values, 90), percentile(values, 100)})
}
