package ids_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/ids"
)

func TestIsKnowsTheFormOfIdentifiers(t *testing.T) {
	t.Parallel()
	id := ids.New(ids.Token)
	require.True(t, ids.Is(id, ids.Token))
	for _, other := range []string{
		"", "tok_", ids.Bare(id), strings.ToUpper(id), id + "0", id[:len(id)-1], strings.Replace(id, "_", "-", 1),
		"tok_" + strings.Repeat("\xff", 26), "tok_" + strings.Repeat("\x00", 26), "tok_" + strings.Repeat("i", 26), ids.New(ids.Site),
	} {
		require.False(t, ids.Is(other, ids.Token), "%q", other)
	}
}
