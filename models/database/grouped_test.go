package database_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/database"
)

func TestRowsOfOneKeyAreInDifferentRounds(t *testing.T) {
	t.Parallel()
	key := func(row string) string { return strings.TrimRight(row, "0123456789") }
	require.Equal(t, [][]string{{"a1", "b1", "c1"}, {"a2", "c2"}, {"a3"}}, database.Rounds([]string{"a1", "a2", "b1", "c1", "a3", "c2"}, key))
	require.Empty(t, database.Rounds(nil, key))
}
