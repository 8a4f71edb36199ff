package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuiltScriptsMatchTheirSources(t *testing.T) {
	t.Parallel()
	for _, b := range built {
		content, err := script("..", b.extended)
		require.NoError(t, err)
		checkedIn, err := os.ReadFile("../" + b.file)
		require.NoError(t, err)
		require.Equal(t, string(content), string(checkedIn), "run: go run ./tracker/build")
	}
}
