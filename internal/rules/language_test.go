package rules_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// phrasing is a way to write that this repository does not use. CONTRIBUTING.md
// says what it uses instead.
type phrasing struct {
	found   *regexp.Regexp
	instead string
	pages   bool // holds for Markdown too, not for comments and texts of the API alone
}

// phrasings are those that a machine can tell from good ones.
var phrasings = []phrasing{
	{regexp.MustCompile(`\bgives\b`), `"returns" or a verb that says what it does`, false},
	{regexp.MustCompile(`(?i)\b(says?|tells?|knows) (whether|if)\b`), `"reports whether"`, false},
	{regexp.MustCompile(`^\w+ (tells|says) (what|which|who|whom|whose|where|when|why|how|that)\b`), `"returns" or "is"`, false},
	{regexp.MustCompile(`(?i)(^|[;,.(] ?)(empty|nil|zero|null|none|unset|0): `), `"empty if", "nil if", "zero means"`, true},
	{regexp.MustCompile(`(?i)\b(whoever|whomever|whosoever|whence|thereof|therein|wherein)\b`), `"anybody who", "the caller", "where from"`, true},
	{regexp.MustCompile(`(?i)\b(learns|hears|thinks|believes)\b`), `what the code does: reads, receives, assumes`, false},
	{regexp.MustCompile(`(^|[.;] )Of (a|an|every|each) `), `the subject first`, false},
	{regexp.MustCompile(`(^|[.;] )Who [^?:]*(\.|$)`), `"somebody who" or the thing itself`, false},
}

func TestProseIsPlainEnglish(t *testing.T) {
	t.Parallel()
	holdsForProse(t, isPlainEnglish)
}

func isPlainEnglish(p passage) []string {
	var problems []string
	for _, phrase := range phrasings {
		if p.in(".md") && !phrase.pages {
			continue
		}
		if found := phrase.found.FindString(p.Text); found != "" {
			problems = append(problems, fmt.Sprintf("%q: write %s", strings.TrimSpace(found), phrase.instead))
		}
	}
	return problems
}

func TestLanguageRulesFindWhatBreaksThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"lookup gives the row of an id":                  `"gives"`,
		"lookup returns the row of an id":                "",
		"isOpen says whether the session goes on":        "says whether",
		"isOpen tells if the session goes on":            "tells if",
		"isOpen reports whether the session is open":     "",
		"kind tells which destination it is":             "kind tells which",
		"A comment says why.":                            "",
		"the site's own name; empty: none":               "empty:",
		"Nil: it was never seen.":                        "Nil:",
		"the site's own name, or empty if there is none": "",
		"One of: red, green":                             "",
		"whoever calls is another visitor":               "whoever",
		"Of a lead what was read of it":                  "Of a",
		"Of the two the first counts":                    "",
		"Who has a number keeps it.":                     "Who has a number keeps it.",
		"Who calls? Nobody.":                             "",
		"the client learns the limit with its answer":    "learns",
		"the client reads the limit in its answer":       "",
	} {
		problems := strings.Join(isPlainEnglish(passage{Path: "a.go", Line: 1, Text: text}), "\n")
		if want == "" {
			require.Empty(t, problems, text)
		} else {
			require.Contains(t, problems, want, text)
		}
	}
	require.Empty(t, isPlainEnglish(passage{Path: "a.md", Line: 1, Text: "it gives"}), "some rules are for code alone")
}
