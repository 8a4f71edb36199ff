package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// finding is a finding in the form of govulncheck's text output. Its exit status is 3 then.
const finding = `=== Symbol Results ===

Vulnerability #1: GO-2999-0001
    A sample vulnerability in example.com/parser
  More info: https://pkg.go.dev/vuln/GO-2999-0001
  Module: example.com/parser
    Found in: example.com/parser@v1.2.3
    Fixed in: example.com/parser@v1.2.4
    Example traces found:
      #1: web/intake/calls.go:40:12: intake.Handler.call calls parser.Parse

Your code is affected by 1 vulnerability from 1 module.`

// TestCheckFailsOnAKnownVulnerability runs the check of scripts/check with a stand-in
// for govulncheck.
func TestCheckFailsOnAKnownVulnerability(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		output string
		status int
		passes bool
		prints string
	}{
		"nothing is found": {"No vulnerabilities found.", 0, true, "1 passed, 0 failed"},
		"a finding":        {finding, 3, false, "Vulnerability #1: GO-2999-0001"},
		"no database": {"govulncheck: fetching vulnerabilities: Get \"https://vuln.example.com\": dial tcp: no such host", 1, true,
			"left out: the known vulnerabilities"},
		"the code cannot be loaded": {"govulncheck: loading packages: there are errors with the provided package patterns", 1, false,
			"failed: known vulnerabilities (govulncheck)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := exec.CommandContext(t.Context(), "../../scripts/check", "vulnerabilities")
			check.Env = append(os.Environ(), "RINGBACK_TOOLS="+govulncheckThat(t, tc.output, tc.status), "CI=true")
			printed, err := check.CombinedOutput()
			if tc.passes {
				require.NoErrorf(t, err, "%s", printed)
			} else {
				var exit *exec.ExitError
				require.ErrorAs(t, err, &exit)
				require.Equal(t, 1, exit.ExitCode())
				require.Contains(t, string(printed), "0 passed, 1 failed")
			}
			require.Contains(t, string(printed), tc.prints)
		})
	}
}

// govulncheckThat returns a folder of tools in which govulncheck prints this text and
// ends with this status.
func govulncheckThat(t *testing.T, output string, status int) string {
	t.Helper()
	script, err := os.ReadFile("../../scripts/check")
	require.NoError(t, err)
	version := regexp.MustCompile(`(?m)^govulncheck_version=(\S+)$`).FindSubmatch(script)
	require.NotNil(t, version)
	tools := t.TempDir()
	folder := filepath.Join(tools, "govulncheck-"+string(version[1]))
	require.NoError(t, os.Mkdir(folder, 0o750))
	body := fmt.Sprintf("#!/bin/sh\ncat <<'END'\n%s\nEND\nexit %d\n", output, status)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "govulncheck"), []byte(body), 0o750)) //nolint:gosec // it is run
	return tools
}
