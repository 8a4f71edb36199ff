package rules_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// guarantees is how many there are (ARCHITECTURE.md).
const guarantees = 9

// testsOfTheTree returns the names of all tests, fuzz targets included.
func testsOfTheTree(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, f := range allFiles(t) {
		if !f.isTest() {
			continue
		}
		for _, declaration := range f.AST.Decls {
			d, ok := declaration.(*ast.FuncDecl)
			if ok && d.Recv == nil && (strings.HasPrefix(d.Name.Name, "Test") || strings.HasPrefix(d.Name.Name, "Fuzz")) {
				names[d.Name.Name] = true
			}
		}
	}
	return names
}

func TestEveryGuaranteeHasATestOfItsName(t *testing.T) {
	t.Parallel()
	tests := testsOfTheTree(t)
	for n := 1; n <= guarantees; n++ {
		held := false
		for name := range tests {
			held = held || strings.HasPrefix(name, fmt.Sprintf("TestG%d_", n))
		}
		if !held {
			t.Errorf("no test is named TestG%d_...: guarantee %d is held by nothing", n, n)
		}
	}
}

func TestArchitectureNamesTheTestsThatHoldItsGuarantees(t *testing.T) {
	t.Parallel()
	architecture := read(t, "ARCHITECTURE.md")
	for n := 1; n <= guarantees; n++ {
		if !strings.Contains(architecture, fmt.Sprintf("TestG%d_", n)) {
			t.Errorf("ARCHITECTURE.md names no test of guarantee %d (TestG%d_...)", n, n)
		}
	}
}

// pagesWithTests are the pages that name tests as what holds their statements.
var pagesWithTests = []string{"ARCHITECTURE.md", "SECURITY.md", "docs/threat-model.md"}

var testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)

func TestPagesNameTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := testsOfTheTree(t)
	for _, page := range pagesWithTests {
		for _, name := range testName.FindAllString(read(t, page), -1) {
			if !tests[name] {
				t.Errorf("%s names %s, which does not exist", page, name)
			}
		}
	}
}

// entrances are the rows that the table of docs/threat-model.md must have.
var entrances = []string{"API", "Webhooks", "Page posts", "Script", "Check of a page", "Cabinet", "Destinations", "Operator", "Temporal"}

func TestThreatModelNamesATestForEveryEntrance(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/threat-model.md")
	for _, entrance := range entrances {
		row := regexp.MustCompile(`(?m)^\| ` + entrance + `\b.*$`).FindString(page)
		if !testName.MatchString(row) {
			t.Errorf("docs/threat-model.md names no test for the entrance %q", entrance)
		}
	}
}
