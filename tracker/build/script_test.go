package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuiltScriptMatchesItsSources(t *testing.T) {
	t.Parallel()
	built, err := script("..")
	require.NoError(t, err)
	checkedIn, err := os.ReadFile("../" + dist)
	require.NoError(t, err)
	require.Equal(t, string(built), string(checkedIn), "run: go run ./tracker/build")
}
