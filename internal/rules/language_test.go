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
	{regexp.MustCompile(`(?i)\b(says?|tells?|knows) (whether|if)\b`), `"reports whether"`, false},
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
		"lookup returns the row of an id":                "",
		"isOpen says whether the session goes on":        "says whether",
		"isOpen tells if the session goes on":            "tells if",
		"isOpen reports whether the session is open":     "",
		"A comment says why.":                            "",
		"the site's own name, or empty if there is none": "",
		"One of: red, green":                             "",
		"Of the two the first counts":                    "",
		"Who has a number keeps it.":                     "Who has a number keeps it.",
		"Who calls? Nobody.":                             "",
	} {
		problems := strings.Join(isPlainEnglish(passage{Path: "a.go", Line: 1, Text: text}), "\n")
		if want == "" {
			require.Empty(t, problems, text)
		} else {
			require.Contains(t, problems, want, text)
		}
	}
}
