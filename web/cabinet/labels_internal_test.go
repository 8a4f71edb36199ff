package cabinet

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/locale"
)

func TestEveryLanguageHasEveryLabel(t *testing.T) {
	t.Parallel()
	require.Empty(t, labels.Problems())
}

// TestEveryLabelIsUsed also fails for a label that a page uses and that does not
// exist. The labels of codes are used by their group.
func TestEveryLabelIsUsed(t *testing.T) {
	t.Parallel()
	catalog := labels.Recording()
	page := allPages(t)
	for _, used := range regexp.MustCompile(`\b(t|plural) "([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if used[1] == "plural" {
			catalog.Plural(locale.English, used[2], 1, nil)
		} else {
			catalog.Text(locale.English, used[2], nil)
		}
	}
	text := functions(catalog, locale.English)["yesNo"].(func(*bool) string)
	require.Equal(t, []string{"not known", "yes", "no"}, []string{text(nil), text(new(true)), text(new(false))})
	unused, missing := catalog.Unused()
	require.Empty(t, missing)
	for _, id := range unused {
		group, _, _ := strings.Cut(strings.Replace(id, "_other", ".other", 1), ".")
		require.Contains(t, page, `code "`+group+`"`, id)
	}
}

// TestEveryErrorOfAPageHasALabel names the errors that a page can show.
func TestEveryErrorOfAPageHasALabel(t *testing.T) {
	t.Parallel()
	code := functions(labels, locale.Portuguese)["code"].(func(string, any) string)
	for _, c := range []fault.Code{fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Unavailable, fault.Internal} {
		for _, group := range []string{"error", "error_title"} {
			require.NotEqual(t, strings.ReplaceAll(string(c), "_", " "), code(group, c))
		}
	}
}

func TestCodesWithoutALabelAreShownPlainly(t *testing.T) {
	t.Parallel()
	code := functions(labels, locale.Russian)["code"].(func(string, any) string)
	require.Equal(t, []string{"платный поиск", "прочее", "a new one"}, []string{code("channel", "paid_search"), code("channel", "other"), code("channel", "a_new_one")})
}

// allPages returns the templates of all pages.
func allPages(t *testing.T) string {
	t.Helper()
	names, err := fs.Glob(pages, "pages/*.html")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var all strings.Builder
	for _, name := range names {
		page, err := pages.ReadFile(name)
		require.NoError(t, err)
		all.Write(page)
	}
	return all.String()
}
