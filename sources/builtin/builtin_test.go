package builtin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sources"
	"ringback/sources/builtin"
	"ringback/sources/callrail"
)

func TestRegistryFindsSourcesByName(t *testing.T) {
	t.Parallel()
	r := builtin.Sources()
	require.Contains(t, r.Names(), "callrail")
	for i, name := range r.Names() {
		s, found := r.Get(name)
		require.True(t, found)
		require.Equal(t, name, s.Describe().Name)
		require.Equal(t, s.Describe(), r.Descriptions()[i])
	}
	_, found := r.Get("carrier pigeon")
	require.False(t, found)
}

func TestRegistryRejectsDuplicateNames(t *testing.T) {
	t.Parallel()
	require.Panics(t, func() { sources.NewRegistry(callrail.New(), callrail.New()) })
}
