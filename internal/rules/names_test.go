package rules_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	word = regexp.MustCompile(`\w+`)
	// codeOnPage finds blocks of code and code in a line.
	codeOnPage = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
	// compound finds names of several words, such as talk_seconds.
	compound = regexp.MustCompile(`(?:^|[^\w$-])([a-z]+(?:_[a-z0-9]+)+)\b`)
)

// namesOfOthers are names on the pages that the code need not have, with the reason.
var namesOfOthers = map[string]string{
	"end_headers": "Python", "send_response": "Python", "serve_forever": "Python", "compare_digest": "Python",
	"default_query_exec_mode": "pgx", "cache_describe": "pgx", "pg_stat_activity": "a view of PostgreSQL", "default_transaction_isolation": "PostgreSQL", "halt_error": "jq",
	"erased_people": "a temporary table", "erased_visitors": "a temporary table",
	"f_12": "a field of an owner's form", "crm_uid": "an owner's cookie", "my_field": "an owner's field", "talk_ms": "a field of a provider", "set_attrs": "a function of Calltouch", "roistat_visit": "a cookie of Roistat",
	"revenue_first_touch": "a figure and a model", "revenue_w_shaped": "a figure and a model",
}

// TestPagesUseNamesThatExist compares the fields, codes and settings that the pages for
// owners name with the words in the texts of the code, and in its statements of SQL.
func TestPagesUseNamesThatExist(t *testing.T) {
	t.Parallel()
	known := knownWords(t)
	compared := 0
	for _, page := range ownersPages() {
		for _, name := range namesOn(readRoot(page)) {
			compared++
			if !known[name] && namesOfOthers[name] == "" {
				t.Errorf("%s: nothing is named %s", page, name)
			}
		}
	}
	require.Greater(t, compared, 700)
}

// knownWords returns the words of all texts in the code, tags of structs included.
func knownWords(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	add := func(text string) {
		for _, w := range word.FindAllString(text, -1) {
			known[w] = true
		}
	}
	for _, f := range allFiles(t) {
		if f.isTest() {
			continue
		}
		for _, text := range literals(f.AST) {
			add(text)
		}
	}
	for _, ending := range []string{".sql", ".json", ".yaml", ".yml", ".ts"} {
		for _, name := range paths(ending) {
			add(readRoot(name))
		}
	}
	return known
}

// namesOn returns the names of several words in the code of a page.
func namesOn(page string) []string {
	var names []string
	for _, code := range codeOnPage.FindAllString(page, -1) {
		for _, match := range compound.FindAllStringSubmatch(code, -1) {
			// Metrics have a test of their own, and _01 begins a sample id.
			if !strings.HasPrefix(match[1], "ringback_") && !strings.Contains(match[1], "_01") {
				names = append(names, match[1])
			}
		}
	}
	return names
}

func TestNamesOfPagesAreFound(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"talk_seconds", "visitor_ids"},
		namesOn("some_text, `talk_seconds` and `ringback_conversions`\n```json\n{\"visitor_ids\": {}, \"x\": \"$some_variable\"}\n```"))
}
