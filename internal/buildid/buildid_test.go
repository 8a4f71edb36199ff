package buildid_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/buildid"
)

func TestOwnIsWhatGoReads(t *testing.T) {
	t.Parallel()
	path, err := os.Executable()
	require.NoError(t, err)
	whole, err := exec.CommandContext(t.Context(), "go", "tool", "buildid", path).Output()
	require.NoError(t, err)
	parts := strings.Split(strings.TrimSpace(string(whole)), "/")

	id, err := buildid.Own()
	require.NoError(t, err)
	require.NotEmpty(t, id)
	require.Equal(t, parts[len(parts)-1], id)
}
