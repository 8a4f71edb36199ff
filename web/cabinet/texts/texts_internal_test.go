package texts

import (
	"os"
	"path/filepath"
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

// used is a label, or a group of labels, as templates and Go files of the cabinet name it.
var used = regexp.MustCompile(`\.(T|Plural|Code|\w*Or)\(([^"()]*(?:\([^()]*\))?[^"()]*)"([^"]+)"`)

// usedGroups is a group of labels that is passed to a template for choices.
var usedGroups = regexp.MustCompile(`@(?:views|selectOf)\(s, "[^"]+", "([^"]+)"`)

// pagesSource returns the templates and Go files of the cabinet, without tests and
// generated files.
func pagesSource(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"../*.go", "../pages/*.go", "../pages/*.templ", "../charts/*.templ", "../charts/*.go", "*.go"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
				continue
			}
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			all.Write(text)
		}
	}
	return all.String()
}

// TestEveryLabelIsUsed also fails for a label that a page uses and that does not exist.
// The labels of codes are used by their group.
func TestEveryLabelIsUsed(t *testing.T) {
	t.Parallel()
	catalog, groups := labels.Recording(), map[string]bool{}
	source := pagesSource(t)
	for _, found := range usedGroups.FindAllStringSubmatch(source, -1) {
		groups[found[1]] = true
	}
	for _, found := range used.FindAllStringSubmatch(source, -1) {
		switch found[1] {
		case "Code":
			groups[found[3]] = true
		case "Plural":
			catalog.Plural(locale.English, found[3], 1, nil)
		default:
			catalog.Text(locale.English, found[3], nil)
		}
	}
	require.NotEmpty(t, groups)
	unused, missing := catalog.Unused()
	require.Empty(t, missing)
	for _, id := range unused {
		group, _, _ := strings.Cut(strings.Replace(id, "_other", ".other", 1), ".")
		require.True(t, groups[group], id)
	}
}

// TestEveryErrorOfAPageHasALabel names the errors that a page can show.
func TestEveryErrorOfAPageHasALabel(t *testing.T) {
	t.Parallel()
	r := In(locale.Portuguese)
	for _, c := range []fault.Code{fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Unavailable, fault.Internal} {
		for _, group := range []string{"error", "error_title"} {
			require.NotEqual(t, strings.ReplaceAll(string(c), "_", " "), r.Code(group, c))
		}
	}
}

func TestCodesWithoutALabelAreShownPlainly(t *testing.T) {
	t.Parallel()
	r := In(locale.Russian)
	require.Equal(t, []string{"платный поиск", "прочее", "a new one"}, []string{r.Code("channel", "paid_search"), r.Code("channel", "other"), r.Code("channel", "a_new_one")})
}

func TestYesAndNo(t *testing.T) {
	t.Parallel()
	r := In(locale.English)
	require.Equal(t, []string{"not known", "yes", "no"}, []string{r.YesNo(nil), r.YesNo(new(true)), r.YesNo(new(false))})
}

// TestEveryLabelInsertsItsValue fails for a label that shows the place of its value instead.
func TestEveryLabelInsertsItsValue(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("messages/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NotRegexp(t, `(^|[^{.])\{\.?[A-Z]\w*\}`, string(text), name)
	}
}
