// Package settingstest compares the pages for owners with the settings that they
// describe. It knows neither destinations nor sources.
package settingstest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/settings"
)

// longDefault is the length in bytes above which a default is too long for a table.
const longDefault = 100

var (
	inCode      = regexp.MustCompile("`([^`]+)`")
	columnBreak = regexp.MustCompile(`\s*\|\s*`)
)

// PageDescribes requires that the tables of a page name every setting of a form,
// each with its default if it has one. The first column names settings, with or
// without "options." and "credentials.", and the second one has the defaults. The
// page may describe a long default in words.
func PageDescribes(t *testing.T, page string, form settings.Form) {
	t.Helper()
	text, err := os.ReadFile(page) //nolint:gosec // a test names the page
	require.NoError(t, err)
	shown := defaultsOf(string(text))
	for _, field := range form.Credentials {
		_, found := shown[field.Name]
		require.Truef(t, found, "%s does not describe the credential %s", page, field.Name)
	}
	for _, field := range form.Options {
		_, found := shown[field.Name]
		require.Truef(t, found, "%s does not describe the option %s", page, field.Name)
		if field.Default != "" && len(field.Default) <= longDefault {
			require.Containsf(t, shown[field.Name], "`"+field.Default+"`", "the default of %s in %s", field.Name, page)
		}
	}
}

// defaultsOf returns the second columns of a page's tables, by the names that the first ones hold.
func defaultsOf(page string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(page) {
		columns := columnBreak.Split(strings.TrimSpace(line), -1)
		if !strings.HasPrefix(line, "|") || len(columns) < 4 {
			continue
		}
		for _, name := range inCode.FindAllStringSubmatch(columns[1], -1) {
			found[name[1][strings.LastIndex(name[1], ".")+1:]] += columns[2]
		}
	}
	return found
}
