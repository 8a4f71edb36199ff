package launch

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProgressCountsWhatGoReports(t *testing.T) {
	t.Parallel()
	var p progress
	steps := []struct {
		line, want string
	}{
		{"go: downloading go.temporal.io/server v1.32.1", "downloaded 1 modules"},
		{"internal/cpu", "compiled 1 of at most 1,750 packages"},
		{"# ringback/dev/shop", "compiled 1 of at most 1,750 packages"},
		{"shop/shop.go:1:1: undefined: x", "compiled 1 of at most 1,750 packages"},
		{"ringback/dev/shop", "compiled 2 of at most 1,750 packages"},
		{"ringback/dev/cmd/ringback-dev", "compiled 3 packages, linking the program"},
	}
	require.Equal(t, "comparing the sources with the cache, or linking", p.String())
	p.total = 1750
	for _, step := range steps {
		p.add(step.line)
		require.Equal(t, step.want, p.String(), step.line)
	}
	require.Equal(t, []string{"# ringback/dev/shop", "shop/shop.go:1:1: undefined: x"}, p.messages)
}

func TestProgressWithoutATotal(t *testing.T) {
	t.Parallel()
	p := progress{compiled: 1204}
	require.Equal(t, "compiled 1,204 packages", p.String())
}
