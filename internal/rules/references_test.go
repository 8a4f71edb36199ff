package rules_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReferencesResolve holds that what comments and documents refer to is in the
// repository: requirements, guarantees, pages, their headings, files, folders.
func TestReferencesResolve(t *testing.T) {
	t.Parallel()
	holdsForProse(t, refersToWhatIsHere)
}

func TestTestsAreNamedAfterRequirementsAndGuaranteesThatExist(t *testing.T) {
	t.Parallel()
	for name := range testsOfTheTree(t) {
		if id := regexp.MustCompile(`^Test([A-Z]\d+)_`).FindStringSubmatch(name); id != nil && !isRequirement(id[1]) {
			t.Errorf("%s: there is no %s in docs/requirements.md or ARCHITECTURE.md", name, id[1])
		}
	}
}

func refersToWhatIsHere(p passage) []string {
	p.Text = regexp.MustCompile(`https?://[^\s)>"]+`).ReplaceAllString(p.Text, "")
	var problems []string
	for _, check := range []proseRule{namesRequirements, namesPages, namesFiles, linksResolve, namesNothingElse} {
		problems = append(problems, check(p)...)
	}
	return problems
}

var (
	requirementID = regexp.MustCompile(`\b[RMDG]\d{1,2}\b`)
	guaranteeID   = regexp.MustCompile(`\b[Gg]uarantees? (\d+)`)
)

// requirements are the ids that docs/requirements.md and ARCHITECTURE.md define.
var requirements = sync.OnceValue(func() map[string]bool {
	ids := map[string]bool{}
	for _, page := range []string{"docs/requirements.md", "ARCHITECTURE.md"} {
		for _, anchor := range regexp.MustCompile(`<a id="([rmdg]\d+)"></a>`).FindAllStringSubmatch(readRoot(page), -1) {
			ids[strings.ToUpper(anchor[1])] = true
		}
	}
	return ids
})

func isRequirement(id string) bool { return requirements()[id] }

func namesRequirements(p passage) []string {
	var problems []string
	for _, id := range requirementID.FindAllString(p.Text, -1) {
		if !isRequirement(id) {
			problems = append(problems, fmt.Sprintf("there is no %s in docs/requirements.md or ARCHITECTURE.md", id))
		}
	}
	for _, n := range guaranteeID.FindAllStringSubmatch(p.Text, -1) {
		if !isRequirement("G" + n[1]) {
			problems = append(problems, fmt.Sprintf("there is no guarantee %s in ARCHITECTURE.md", n[1]))
		}
	}
	return problems
}

// namesPages checks pages that are named by their path from the root.
func namesPages(p passage) []string {
	var problems []string
	for _, named := range regexp.MustCompile(`\bdocs/[\w/.-]+\.md(#[\w-]+)?`).FindAllString(p.Text, -1) {
		if !hasAnchor(named) {
			problems = append(problems, named+" does not exist")
		}
	}
	return problems
}

// linksResolve checks the relative links of a Markdown page.
func linksResolve(p passage) []string {
	if !p.in(".md") {
		return nil
	}
	var problems []string
	for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(p.Text, -1) {
		target := link[1]
		switch {
		case strings.Contains(target, ":") || strings.HasPrefix(target, "/"):
			continue // another site, or an address of the service itself
		case strings.HasPrefix(target, "#"):
			target = p.Path + target
		default:
			target = path.Join(path.Dir(p.Path), target)
		}
		if !hasAnchor(target) {
			problems = append(problems, fmt.Sprintf("the link to %s leads nowhere", link[1]))
		}
	}
	return problems
}

// hasAnchor reports whether a file exists and, where it is named with one, has
// the anchor: a heading or <a id="...">.
func hasAnchor(target string) bool {
	name, anchor, _ := strings.Cut(target, "#")
	if !slices.Contains(everything(), name) {
		return false
	}
	return anchor == "" || slices.Contains(anchorsOf(readRoot(name)), anchor)
}

func anchorsOf(page string) []string {
	var found []string
	for _, id := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(page, -1) {
		found = append(found, id[1])
	}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		plain := regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		found = append(found, strings.ReplaceAll(plain, " ", "-"))
	}
	return found
}

var (
	// fileName finds source files and pages, with or without their folders.
	fileName = regexp.MustCompile("(?:^|[\\s`(\"'])((?:[\\w.*-]+/)*[\\w*-]+\\.(?:go|ts|sql|txtar))\\b")
	// folderName finds folders in backticks, also as an argument of a command.
	folderName = regexp.MustCompile("(?:^|[\\s`])((?:[\\w.-]+/)+)(?:[\\s`]|$)")
	quoted     = regexp.MustCompile("`[^`]+`")
	argument   = regexp.MustCompile(`(?:^|\s)(\./[\w/.-]+)`)
)

// namesFiles checks files and folders: a name alone may be anywhere, one with a
// folder counts from the root or from where it is named.
func namesFiles(p passage) []string {
	var named []string
	for _, match := range fileName.FindAllStringSubmatch(p.Text, -1) {
		named = append(named, match[1])
	}
	for _, code := range quoted.FindAllString(p.Text, -1) {
		code = strings.Trim(code, "`")
		for _, match := range append(folderName.FindAllStringSubmatch(code, -1), argument.FindAllStringSubmatch(code, -1)...) {
			named = append(named, match[1])
		}
	}
	var problems []string
	for _, name := range named {
		if !exists(p, name) {
			problems = append(problems, name+" does not exist")
		}
	}
	return problems
}

// exists reports whether a file or folder is where the passage says. Its name
// may hold an asterisk, and end in "..." as packages do.
func exists(p passage, name string) bool {
	name = path.Clean(strings.TrimSuffix(name, "..."))
	return slices.ContainsFunc(everything(), func(there string) bool {
		for _, wanted := range []string{name, path.Join(path.Dir(p.Path), name)} {
			if fits, _ := path.Match(wanted, there); fits {
				return true
			}
		}
		if strings.Contains(name, "/") {
			return false
		}
		fits, _ := path.Match(name, path.Base(there))
		return fits
	})
}

// elsewhere are ways to refer to documents that are not in the repository.
var elsewhere = regexp.MustCompile(`(?i)\bdesign('s)? section|\bthe design's\b|\bfacts:? (on |about |of )?(RTB|Calltouch|Marketo|Salesforce|CallRail|Temporal)` +
	`|\(facts[:,]|\bthe facts (on|leave|name)\b|\bissue ["'“‘#]|(^|[^-\w])house(-review)?\.md\b`)

func namesNothingElse(p passage) []string {
	if found := elsewhere.FindString(p.Text); found != "" {
		return []string{fmt.Sprintf("%q refers to a document that is not here: name a requirement (R6), a guarantee (G5) or a page of docs", found)}
	}
	return nil
}

func TestReferenceRulesFindWhatBreaksThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"as (R6) and (G5) want":                                       "",
		"as (R12) wants":                                              "no R12",
		"see guarantee 5":                                             "",
		"see guarantee 77":                                            "no guarantee 77",
		"see docs/requirements.md":                                    "",
		"see docs/requirements.md#r6":                                 "",
		"see docs/facts/README.md#marks":                              "",
		"see docs/requirements.md#r66":                                "docs/requirements.md#r66 does not exist",
		"see docs/no-such-page.md":                                    "docs/no-such-page.md does not exist",
		"the [marks](docs/facts/README.md#marks)":                     "",
		"the [marks](docs/facts/README.md#remarks)":                   "leads nowhere",
		"the [other site](https://example.com/x.md)":                  "",
		"in `internal/rules/` and `go test ./internal/rules`":         "",
		"in `internal/rulez/`":                                        "internal/rulez/ does not exist",
		"run `go test ./internal/rulez`":                              "./internal/rulez does not exist",
		"run `go test ./internal/...`":                                "",
		"the table in internal/rules/imports_test.go and tree_*.go":   "",
		"the table in internal/rules/exports_test.go":                 "exports_test.go does not exist",
		"`https://example.com/a/` and `/api/v1/` and `a/<site>/`":     "",
		"as early as can be (design section 3)":                       "not here",
		"open for 30 minutes (facts on Marketo Measure, section 1.4)": "not here",
		"the header (facts: CallRail, 4.1)":                           "not here",
		`script there (issue "The site", part 6)`:                     "not here",
		"the facts of a call that ended":                              "",
	} {
		problems := strings.Join(refersToWhatIsHere(passage{Path: "README.md", Line: 1, Text: text}), "\n")
		if want == "" {
			require.Empty(t, problems, text)
		} else {
			require.Contains(t, problems, want, text)
		}
	}
}
