package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestModulesNeedAnAllowedLicence(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ components, problem string }{
		"allowed":          {`{"name":"example.com/a","version":"v1","licenses":[{"license":{"id":"MIT"}}]}`, ""},
		"reviewed":         {`{"name":"github.com/pressly/goose/v3","version":"v3"}`, ""},
		"another":          {`{"name":"example.com/a","version":"v1","licenses":[{"license":{"id":"AGPL-3.0-only"}}]}`, "example.com/a v1: the licence AGPL-3.0-only is not allowed"},
		"one of two":       {`{"name":"example.com/a","version":"v1","licenses":[{"license":{"id":"MIT"}},{"license":{"name":"Own"}}]}`, "example.com/a v1: the licence Own is not allowed"},
		"none is detected": {`{"name":"example.com/a","version":"v1"}`, "example.com/a v1: no licence was detected"},
	} {
		var out strings.Builder
		err := run(strings.NewReader(`{"components":[`+test.components+`]}`), &out)
		require.Equal(t, test.problem != "", err != nil, name)
		require.Contains(t, out.String(), test.problem, name)
	}
	require.Error(t, run(strings.NewReader(`{}`), &strings.Builder{}), "an empty bill is not one of the binary")
	require.Error(t, run(strings.NewReader(`no JSON`), &strings.Builder{}))
}
