package rules_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRulesFindWhatBreaksThem checks the rules themselves: each reports what it
// forbids and accepts what it allows.
func TestRulesFindWhatBreaksThem(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\n", maxFile)
	body := strings.Repeat("\t_ = 0\n", maxFunction)
	for name, c := range map[string]struct {
		check  rule
		path   string
		source string
		want   string // empty if nothing is wrong
	}{
		"undocumented function":       {exportedNamesAreDocumented, "internal/ids/a.go", "package a\nfunc New() {}", "2: New has no doc comment"},
		"undocumented method":         {exportedNamesAreDocumented, "internal/ids/a.go", "package a\n// T is.\ntype T struct{}\nfunc (t *T) Go() {}", "4: Go has no doc comment"},
		"undocumented constant":       {exportedNamesAreDocumented, "internal/ids/a.go", "package a\nconst (\n\tA = 1\n)", "3: A has no doc comment"},
		"undocumented type":           {exportedNamesAreDocumented, "internal/ids/a.go", "package a\ntype T int", "2: T has no doc comment"},
		"documented group":            {exportedNamesAreDocumented, "internal/ids/a.go", "package a\n// The letters.\nconst (\n\tA = 1\n\tB = 2\n)", ""},
		"method of a hidden type":     {exportedNamesAreDocumented, "internal/ids/a.go", "package a\ntype t int\nfunc (t) Go() {}", ""},
		"workflows with GORM":         {importsKeepTheirDirections, "workflows/a.go", "package a\nimport _ \"gorm.io/gorm\"", "deterministic"},
		"workflows with models":       {importsKeepTheirDirections, "workflows/a.go", "package a\nimport _ \"ringback/models\"", "deterministic"},
		"rules with I/O":              {importsKeepTheirDirections, "conversion/a.go", "package a\nimport _ \"net/http/httptest\"", "pure"},
		"visits with I/O":             {importsKeepTheirDirections, "visits/a_test.go", "package a\nimport _ \"net/http\"", "pure"},
		"a check that fetches":        {importsKeepTheirDirections, "sitecheck/a.go", "package a\nimport _ \"net/http\"", "fetches nothing"},
		"forms with conversions":      {importsKeepTheirDirections, "forms/a.go", "package a\nimport _ \"ringback/conversion\"", "where its lead is sent"},
		"a destination with Temporal": {importsKeepTheirDirections, "destinations/x/a.go", "package a\nimport _ \"go.temporal.io/sdk/activity\"", "do not depend"},
		"outbound with destinations":  {importsKeepTheirDirections, "internal/outbound/a.go", "package a\nimport _ \"ringback/destinations\"", "what an answer means"},
		"delivery with destinations":  {importsKeepTheirDirections, "internal/delivery/a.go", "package a\nimport _ \"ringback/destinations\"", "depend on deliveries"},
		"GORM outside models":         {importsKeepTheirDirections, "web/a.go", "package a\nimport _ \"gorm.io/gorm\"", "only models"},
		"Echo outside web":            {importsKeepTheirDirections, "internal/app/a.go", "package a\nimport _ \"github.com/labstack/echo/v4\"", "only web"},
		"who imports web":             {importsKeepTheirDirections, "activities/a.go", "package a\nimport _ \"ringback/web\"", "import web"},
		"service may import web":      {importsKeepTheirDirections, "internal/app/a.go", "package a\nimport _ \"ringback/web\"", ""},
		"main may import service":     {importsKeepTheirDirections, "main.go", "package main\nimport _ \"ringback/service\"", ""},
		"assert":                      {importsKeepTheirDirections, "internal/ids/a_test.go", "package a\nimport _ \"github.com/stretchr/testify/assert\"", "use require"},
		"the old log":                 {importsKeepTheirDirections, "internal/ids/a.go", "package a\nimport _ \"log\"", "log/slog"},
		"the new log":                 {importsKeepTheirDirections, "internal/ids/a.go", "package a\nimport _ \"log/slog\"", ""},
		"a long file":                 {staysShort, "internal/ids/a.go", "package a\n" + long, "lines, at most 300"},
		"a long function":             {staysShort, "internal/ids/a.go", "package a\nfunc f() {\n" + body + "}", "f has 42 lines, at most 40"},
		"a long test":                 {staysShort, "internal/ids/a_test.go", "package a\nfunc f() {\n" + body + "}", ""},
		"the system's clock":          {keepsBans, "internal/relay/a.go", "package a\nvar t = time.Now()", "clockwork.Clock"},
		"the clock in a test":         {keepsBans, "internal/relay/a_test.go", "package a\nvar t = time.Now()", ""},
		"sleep in a test":             {keepsBans, "internal/relay/a_test.go", "package a\nfunc f() { time.Sleep(1) }", "not for a while"},
		"a client of one's own":       {keepsBans, "activities/a.go", "package a\nvar c = &http.Client{}", "outbound"},
		"the client's own place":      {keepsBans, "internal/outbound/client.go", "package a\nvar c = &http.Client{}", ""},
		"a serial test end to end":    {beginsInParallel, "test/e2e/a_test.go", "package a\nfunc TestA(t *testing.T) { t.Log() }", "must begin with t.Parallel()"},
		"a parallel test end to end":  {beginsInParallel, "test/e2e/a_test.go", "package a\nfunc TestA(t *testing.T) { t.Parallel() }", ""},
		"left for later":              {hasNoLeftOvers, "internal/ids/a.go", "package a\n// TO" + "DO: more", "do it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := parse(c.path, c.source)
			require.NoError(t, err)
			problems := strings.Join(c.check(f), "\n")
			if c.want == "" {
				require.Empty(t, problems)
			} else {
				require.Contains(t, problems, c.want)
			}
		})
	}
}
