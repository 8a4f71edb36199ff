package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFirstStepNeedsOnlyTheStandardLibrary checks that what has to be compiled before a
// person sees anything stays small.
func TestFirstStepNeedsOnlyTheStandardLibrary(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	packages, err := list.Output()
	require.NoError(t, err)
	require.Equal(t, []string{"ringback/dev/launch", "ringback/dev/options", "ringback/dev"}, strings.Fields(string(packages)))
}
