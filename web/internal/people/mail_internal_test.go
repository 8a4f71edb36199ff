package people

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryLanguageHasTheLetters(t *testing.T) {
	t.Parallel()
	require.Empty(t, letters.Problems())
}
