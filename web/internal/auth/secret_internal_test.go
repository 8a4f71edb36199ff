package auth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/ids"
)

// What cannot be a token's id is not looked up: PostgreSQL would refuse the text, and the
// caller would be answered 422 in place of 401.
func TestOnlyIdentifiersAreLookedUp(t *testing.T) {
	t.Parallel()
	id := ids.New(ids.Token)
	text, _ := NewSecret(id)
	found, ok := tokenID(text)
	require.True(t, ok)
	require.Equal(t, id, found)
	for _, other := range []string{strings.Repeat("\xff", 26), strings.Repeat("A", 26), strings.Repeat("0", 25), ""} {
		_, ok := tokenID("rbk_" + other + "_secret")
		require.False(t, ok, "%q", other)
	}
}
